"""What the names in GitLab's activity stand for, from what was read of the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge.model import Milestone, MilestoneKind, Person
from pmbridge_gitlab import paths
from pmbridge_gitlab.activity import Book
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

_PAGES = "/-/milestones/"


def make_book(client: GitlabClient, project: str, milestones: Sequence[Milestone], people: Iterable[Person]) -> Book:
    """Read the labels of a project and put them beside its milestones and members."""
    rows = {milestone.native_id: _row(milestone) for milestone in milestones}
    above = [milestone for milestone in milestones if project.startswith(f"{milestone.project}/")]
    return Book(
        milestones={(m.project, _number(m)): rows[m.native_id] for m in milestones if _number(m)},
        titles={m.title: rows[m.native_id] for m in above},
        epics={(m.project, number): int(m.native_id) for m in milestones if (number := _epic_number(m))},
        labels={str(label["id"]): label["name"] for label in _labels(client, project)},
        users={person.username: person.id for person in people if person.username},
        project=project,
    )


def _row(milestone: Milestone) -> Row:
    return {"id": int(milestone.native_id), "title": milestone.title}


def _number(milestone: Milestone) -> str:
    """Return the number of a milestone within its project or group, which stands in its address only."""
    return (milestone.url or "").rpartition(_PAGES)[2]


def _epic_number(milestone: Milestone) -> str:
    """Return the number of an epic within its group; epics have pages of their own, or those of work items."""
    return (milestone.url or "").rpartition("/")[2] if milestone.kind is MilestoneKind.EPIC else ""


def _labels(client: GitlabClient, project: str) -> list[Row]:
    address = f"{paths.project(project)}/labels"
    try:
        return list(client.every(address, include_ancestor_groups="true", with_counts="false"))
    except (NotFound, PermissionDenied, Rejected):
        return []
