"""The history of an issue as GitLab's event lists tell it, one request a list.

GitLab keeps events per issue and kind, and its activity feed of a project is pruned after some years. An issue that was
never touched after its creation has no events and costs no request. Every other one costs four (states, milestones,
labels, links), and one more each for weights and iterations, where the server has them. `Archive` has a cheaper road to
the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pmbridge.errors import NotFound, PermissionDenied
from pmbridge_gitlab import paths
from pmbridge_gitlab.rows import Row, instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient


@dataclass(frozen=True, slots=True)
class IssueHistory:
    """What is known of one issue's past; ``complete`` is false where a part of it may not be read.

    ``assignees``, ``types``, ``ticks`` (of boxes), ``texts`` (edits of the description) and ``logs`` (time) are known
    from the activity only: no event list has them. ``logs`` is ``None`` where nobody asked. ``parent`` is what the
    issue is a part of, as id and kind; ``epics`` are its moves between epics.
    """

    states: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    weights: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    assignees: list[Row] = field(default_factory=list)
    types: list[Row] = field(default_factory=list)
    ticks: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)
    logs: list[Row] | None = None
    iterations: list[Row] = field(default_factory=list)
    epics: list[Row] = field(default_factory=list)
    parent: Row | None = None
    complete: bool = True


_LISTS = {
    "states": "resource_state_events",
    "milestones": "resource_milestone_events",
    "labels": "resource_label_events",
    "weights": "resource_weight_events",
    "iterations": "resource_iteration_events",
    "links": "links",
}
#: Lists that only some tiers have, by the field of an issue that shows it.
_TIERED = {"weights": "weight", "iterations": "iteration"}


def lists_to_read(issue: Row) -> tuple[str, ...]:
    """Name the lists that an issue needs.

    A link made between two issues that were otherwise never touched is not seen; one touched end is enough.
    """
    if instant(issue["updated_at"]) <= instant(issue["created_at"]):
        return ()
    return tuple(name for name in _LISTS if name not in _TIERED or _TIERED[name] in issue)


def is_part(issue: Row) -> bool:
    """Tell whether an issue may have a parent that only the activity's answer names."""
    return str(issue.get("issue_type") or issue.get("type") or "").lower() == "task" or bool(issue.get("epic_iid"))


def read_history(client: GitlabClient, project: str, issue: Row) -> IssueHistory:
    """Read what `lists_to_read` names; an issue that vanishes meanwhile has an incomplete history."""
    found: dict[str, Any] = {}
    complete = True
    for name in lists_to_read(issue):
        try:
            found[name] = read_list(client, project, issue, name)
        except (NotFound, PermissionDenied):
            complete = False
    return IssueHistory(**found, complete=complete)


def read_list(client: GitlabClient, project: str, issue: Row, name: str) -> list[Row]:
    """Read one of the lists of an issue."""
    return list(client.every(f"{paths.issues(project)}/{issue['iid']}/{_LISTS[name]}"))
