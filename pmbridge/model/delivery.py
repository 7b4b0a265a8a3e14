"""What happens to the code behind the items: merge requests that carry it and deployments that bring it to users."""

from __future__ import annotations

from enum import StrEnum

from pmbridge.model.refs import Frozen, Instant


class DeploymentStatus(StrEnum):
    """How a deployment ended, or that it has not."""

    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Deployment(Frozen):
    """One build going to one environment; ``at`` is when it ended, or when it was last touched if it has not.

    ``production`` is true where the tracker says that users work in that environment. ``ref`` is the branch or tag it
    was made from, ``commit`` what it holds.
    """

    source: str
    id: str
    project: str
    environment: str
    production: bool = False
    status: DeploymentStatus
    at: Instant
    ref: str | None = None
    commit: str | None = None
    url: str | None = None


class MergeRequestState(StrEnum):
    """Where a merge request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class MergeRequest(Frozen):
    """A change of the code that waits for review, or has been through it.

    ``items`` are ids of items of the same source that the tracker itself relates to it; what its title and branch name
    of other trackers is read elsewhere. ``reviewed_at`` is when somebody else than the author last reviewed it.

    What keeps an open one from its merge is ``None`` where nobody told, or where it is not so: ``failing_since`` is
    when the first of its pipelines failed that no success has followed, ``approved_at`` when it got the approvals it
    needs. ``unresolved`` are the instants at which the threads were opened that are open still, none of them if empty.
    An instant may be later than the truth where only the newest remarks and pipelines were seen, never earlier.
    """

    source: str
    id: str
    key: str
    project: str
    url: str
    title: str
    branch: str
    state: MergeRequestState
    draft: bool = False
    author: str | None = None
    reviewers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    created_at: Instant
    updated_at: Instant
    reviewed_at: Instant | None = None
    merged_at: Instant | None = None
    closed_at: Instant | None = None
    commit: str | None = None
    failing_since: Instant | None = None
    approved_at: Instant | None = None
    unresolved: tuple[Instant, ...] | None = None
