"""Which lists have to be read to know the whole history of an issue.

GitLab keeps events per issue and kind, and nothing cheaper is complete: the project's activity feed is pruned after
some years, and a reopening or a former milestone leaves no trace in the issue itself. An issue that was never touched
after its creation has no events and costs no request. Every other one costs four (states, milestones, labels, links),
and a fifth, weights, where the server has weights. So a sync costs what has changed, not what exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pmbridge.errors import NotFound, PermissionDenied
from pmbridge_gitlab import paths
from pmbridge_gitlab.rows import Row, instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient


@dataclass(frozen=True, slots=True)
class IssueHistory:
    """The lists of one issue as GitLab gave them; ``complete`` is false where one of them may not be read."""

    states: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    weights: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    complete: bool = True


_LISTS = {
    "states": "resource_state_events",
    "milestones": "resource_milestone_events",
    "labels": "resource_label_events",
    "weights": "resource_weight_events",
    "links": "links",
}


def lists_to_read(issue: Row) -> tuple[str, ...]:
    """Name the lists that an issue needs.

    A link made between two issues that were otherwise never touched is not seen; one touched end is enough.
    """
    if instant(issue["updated_at"]) <= instant(issue["created_at"]):
        return ()
    return tuple(name for name in _LISTS if name != "weights" or "weight" in issue)


def read_history(client: GitlabClient, project: str, issue: Row) -> IssueHistory:
    """Read what `lists_to_read` names; an issue that vanishes meanwhile has an incomplete history."""
    found: dict[str, list[Row]] = {}
    complete = True
    for name in lists_to_read(issue):
        address = f"{paths.issues(project)}/{issue['iid']}/{_LISTS[name]}"
        try:
            found[name] = list(client.every(address))
        except (NotFound, PermissionDenied):
            complete = False
    return IssueHistory(**found, complete=complete)
