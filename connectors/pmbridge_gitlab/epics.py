"""The epics of a source's groups, read as work items and seen as milestones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pmbridge.errors import NotFound
from pmbridge.model import Milestone, MilestoneKind, MilestoneState
from pmbridge_gitlab.activity import number
from pmbridge_gitlab.roads import REFUSALS
from pmbridge_gitlab.rows import Row, epic_id, maybe_day, maybe_instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

_GROUP_PAGES, _PAGE = "/groups/", "/-/"

#: Asks for the epics of a group and the groups below it; only newer servers keep them as work items.
EPICS = """query epics($group: ID!, $after: String) {
  group(fullPath: $group) {
    workItems(types: [EPIC], includeDescendants: true, first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id iid title state updatedAt webUrl
        widgets {
          ... on WorkItemWidgetDescription { description }
          ... on WorkItemWidgetStartAndDueDate { startDate dueDate }
        }
      }
    }
  }
}"""


def read_epics(client: GitlabClient, source: str, projects: Sequence[str]) -> list[Milestone] | None:
    """Read the epics of the groups some projects stand in; ``None`` where the server has none to show."""
    found: dict[str, Milestone] = {}
    try:
        for group in sorted({project.partition("/")[0] for project in projects}):
            for node in _nodes(client, group):
                epic = _epic(node, source)
                if any(project.startswith(f"{epic.project}/") for project in projects):
                    found[epic.id] = epic
    except REFUSALS:
        return None
    return list(found.values())


def _nodes(client: GitlabClient, group: str) -> Iterator[Row]:
    after: str | None = None
    while True:
        shown = client.graphql(EPICS, {"group": group, "after": after}).get("group")
        if shown is None:
            raise NotFound(f"The GraphQL interface shows no group {group}.")
        listing = shown.get("workItems") or {"nodes": (), "pageInfo": {"hasNextPage": False}}
        yield from listing["nodes"]
        page = listing["pageInfo"]
        if not page["hasNextPage"] or page["endCursor"] == after:
            return
        after = page["endCursor"]


def _epic(node: Row, source: str) -> Milestone:
    """Turn an epic into a milestone; it is closed, never released."""
    said = {key: value for widget in node.get("widgets") or () for key, value in widget.items()}
    native = number(node["id"])
    url = node.get("webUrl") or ""
    return Milestone(
        source=source,
        id=epic_id(native),
        native_id=str(native),
        kind=MilestoneKind.EPIC,
        project=group_of(url),
        title=node.get("title") or f"&{node['iid']}",
        description=said.get("description") or None,
        state=MilestoneState.CLOSED if node.get("state") == "CLOSED" else MilestoneState.OPEN,
        start=maybe_day(said.get("startDate")),
        due=maybe_day(said.get("dueDate")),
        url=url or None,
        updated_at=maybe_instant(node.get("updatedAt")),
    )


def group_of(url: str) -> str:
    """Return the path of the group whose page an address is."""
    return urlsplit(url).path.partition(_PAGE)[0].partition(_GROUP_PAGES)[2]
