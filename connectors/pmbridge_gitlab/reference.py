"""Reading of the small collections of a source: projects of groups, milestones with their releases, members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Reference
from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge.model import Milestone
from pmbridge_gitlab import paths
from pmbridge_gitlab.normalize import iteration, milestone, people, release_instants, statuses
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

_GROUP_PAGES, _MILESTONE_PAGES = "/groups/", "/-/milestones/"


def group_projects(client: GitlabClient, group: str) -> list[str]:
    """List the projects of a group and its subgroups that have issues, by path; archived ones are left out."""
    rows = client.every(
        f"{paths.group(group)}/projects", include_subgroups="true", with_shared="false", archived="false",
        with_issues_enabled="true", order_by="id", sort="asc", simple="true",
    )  # fmt: skip
    return sorted(row["path_with_namespace"] for row in rows)


def read_reference(
    client: GitlabClient, source: str, projects: Sequence[str], *, iterations: bool = False
) -> Reference:
    """Read statuses, members, milestones and, if wanted, iterations whole."""
    timed: dict[int, Milestone] = {}
    rows: dict[int, tuple[str, Row]] = {}
    releases: list[Row] = []
    members: list[Row] = []
    for project in projects:
        rows |= {row["id"]: (owner_of(row, project), row) for row in milestones(client, project)}
        releases += _optional(client, f"{paths.project(project)}/releases")
        if iterations:
            rows_of = _optional(client, f"{paths.project(project)}/iterations")
            timed |= {row["id"]: iteration(row, source, project) for row in rows_of}
        members += _optional(client, f"{paths.project(project)}/members/all")
    return Reference(
        statuses=statuses(source),
        people=people(members, source),
        milestones=(*_milestones(rows.values(), source, release_instants(releases)), *timed.values()),
    )


def milestones(client: GitlabClient, project: str) -> list[Row]:
    """Read a project's own milestones and those of the groups above it."""
    address = f"{paths.project(project)}/milestones"
    try:
        return list(client.every(address, include_ancestors="true"))
    except Rejected:
        return list(client.every(address))


def owner_of(row: Row, project: str) -> str:
    """Return where a milestone is defined; the path of a group stands in the address of the milestone's page."""
    if not row.get("group_id"):
        return project
    before, found, _ = (row.get("web_url") or "").partition(_MILESTONE_PAGES)
    return before.partition(_GROUP_PAGES)[2] if found else str(row["group_id"])


def _milestones(rows: Iterable[tuple[str, Row]], source: str, released: dict[str, datetime]) -> Iterator[Milestone]:
    for owner, row in rows:
        yield milestone(row, source, owner, released.get(str(row["id"])))


def _optional(client: GitlabClient, address: str) -> list[Row]:
    """Read a listing that a project may have switched off or keep from us; then there is nothing to know."""
    try:
        return list(client.every(address))
    except (NotFound, PermissionDenied):
        return []
