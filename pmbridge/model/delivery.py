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
