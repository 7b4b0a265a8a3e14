"""Reading of the small collections of a source: projects of groups, milestones with their releases, members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Reference
from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge.model import Milestone
from pmbridge_gitlab import paths
from pmbridge_gitlab.epics import read_epics
from pmbridge_gitlab.glance import Glance
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
    client: GitlabClient,
    source: str,
    projects: Sequence[str],
    *,
    glances: Mapping[str, Glance] | None = None,
    iterations: bool = False,
    epics: bool = False,
) -> Reference:
    """Read statuses, members, milestones and, if wanted, iterations and epics whole.

    What ``glances`` tell of a project is not asked for. Iterations are those of the groups above a project, and so the
    same for its neighbours.
    """
    timed: dict[int, Milestone] = {}
    rows: dict[int, tuple[str, Row]] = {}
    releases: list[Row] = []
    members: list[Row] = []
    refused: set[str] = set()
    answered: set[str] = set()
    for project in projects:
        seen = (glances or {}).get(project, Glance())
        found = milestones(client, project) if seen.milestones is None else seen.milestones
        rows |= {row["id"]: (owner_of(row, project), row) for row in found}
        releases += _told(seen.releases, client, f"{paths.project(project)}/releases")
        if iterations and (above := project.rpartition("/")[0]) not in answered:
            rows_of = _if_shown(client, f"{paths.project(project)}/iterations")
            (refused if rows_of is None else answered).add(above)
            timed |= {row["id"]: iteration(row, source, project) for row in rows_of or ()}
        members += _told(seen.members, client, f"{paths.project(project)}/members/all")
    grouped = read_epics(client, source, projects) if epics else []
    missing = [*(["iterations"] if refused - answered else []), *(["epics"] if grouped is None else [])]
    return Reference(
        statuses=statuses(source),
        people=people(members, source),
        milestones=(*_milestones(rows.values(), source, release_instants(releases)), *timed.values(), *(grouped or ())),
        missing_fields=tuple(missing),
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


def _told(rows: list[Row] | None, client: GitlabClient, address: str) -> list[Row]:
    return _optional(client, address) if rows is None else rows


def _optional(client: GitlabClient, address: str) -> list[Row]:
    """Read a listing that a project may have switched off or keep from us; then there is nothing to know."""
    return _if_shown(client, address) or []


def _if_shown(client: GitlabClient, address: str) -> list[Row] | None:
    try:
        return list(client.every(address))
    except (NotFound, PermissionDenied):
        return None
