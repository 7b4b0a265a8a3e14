"""Finding out which issues a server no longer shows, and where they went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pmbridge.connector import Finding, Whereabouts
from pmbridge.errors import NotFound, PermissionDenied
from pmbridge_gitlab import paths, queries
from pmbridge_gitlab.activity import number
from pmbridge_gitlab.roads import REFUSALS, Road, Roads

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.client_pool import ClientPool


def list_ids(client: GitlabClient, project: str, roads: Roads, numbers: dict[str, str]) -> Iterator[str]:
    """Yield the ids of a project's issues, without their content where the server allows it.

    ``numbers`` learns the number of each within its project, by which alone an issue can be looked for.
    """
    for native, iid in _listed(client, project, roads):
        numbers[native] = iid
        yield native


def _listed(client: GitlabClient, project: str, roads: Roads) -> Iterator[tuple[str, str]]:
    if roads.best > Road.EVENTS:
        try:
            yield from list(_bare_ids(client, project))
            return
        except REFUSALS:
            pass
    query = {"scope": "all", "state": "all", "order_by": "created_at", "sort": "asc"}
    yield from ((str(row["id"]), str(row["iid"])) for row in client.every(paths.issues(project), **query))


def _bare_ids(client: GitlabClient, project: str) -> Iterator[tuple[str, str]]:
    after: str | None = None
    while True:
        found = client.graphql(queries.IDS, {"project": project, "after": after}).get("project")
        if found is None:
            raise NotFound(f"The GraphQL interface shows no project {project}.")
        yield from ((str(number(node["id"])), str(node["iid"])) for node in found["workItems"]["nodes"])
        page = found["workItems"]["pageInfo"]
        if not page["hasNextPage"] or page["endCursor"] == after:
            return
        after = page["endCursor"]


def find(pool: ClientPool, project: str, items: Mapping[str, str], numbers: Mapping[str, str]) -> Iterator[Whereabouts]:
    """Ask for issues one by one, by the numbers in their keys, or those a listing has shown."""

    def look(client: GitlabClient, item: tuple[str, str]) -> Whereabouts:
        native, key = item
        iid = key.rpartition("#")[2] if "#" in key else numbers.get(native)
        if iid is None:
            return Whereabouts(item=native, finding=Finding.GONE)
        try:
            row = client.get(f"{paths.issues(project)}/{iid}")
        except (NotFound, PermissionDenied):
            return Whereabouts(item=native, finding=Finding.GONE)
        here = str(row.get("id")) == native
        finding = Finding.HERE if here else Finding.GONE
        return Whereabouts(item=native, finding=finding, key=f"{project}#{iid}" if here else None)

    yield from pool.each(look, list(items.items()))
