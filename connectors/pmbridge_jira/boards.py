"""The sprints of a project, which Jira keeps with its boards."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge.model import Milestone
from pmbridge_jira.client import AGILE, Client
from pmbridge_jira.normalize import Site, sprint
from pmbridge_jira.shape import Json

#: Of how many boards of a project the configuration is looked at.
_LOOKED_AT = 3


def sprints(client: Client, project: str, site: Site) -> Iterator[Milestone]:
    """Read the sprints of all boards of a project, each once: a sprint shows on every board that shows its issues."""
    found: dict[str, Json] = {}
    for board in client.rows(f"{AGILE}board", projectKeyOrId=project):
        for payload in _of_board(client, board):
            found.setdefault(str(payload["id"]), payload)
    yield from (sprint(payload, project, site) for payload in found.values())


def estimates(client: Client, project: str) -> dict[str, str]:
    """Return the field in which each of the first boards of a project estimates, by the board's name."""
    found: dict[str, str] = {}
    try:
        boards = client.get(f"{AGILE}board", projectKeyOrId=project, maxResults=_LOOKED_AT).get("values") or []
        for board in boards[:_LOOKED_AT]:
            configured = client.get(f"{AGILE}board/{board['id']}/configuration").get("estimation") or {}
            found[str(board.get("name"))] = str((configured.get("field") or {}).get("fieldId") or "")
    except (NotFound, PermissionDenied, Rejected):
        return found
    return found


def _of_board(client: Client, board: Json) -> list[Json]:
    """Read one board's sprints; a board without sprints (Kanban) refuses the question."""
    try:
        return list(client.rows(f"{AGILE}board/{board['id']}/sprint"))
    except (NotFound, Rejected):
        return []
