"""The sprints of a project, which Jira keeps with its boards."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.errors import NotFound, Rejected
from pmbridge.model import Milestone
from pmbridge_jira.client import AGILE, Client
from pmbridge_jira.normalize import Site, sprint
from pmbridge_jira.shape import Json


def sprints(client: Client, project: str, site: Site) -> Iterator[Milestone]:
    """Read the sprints of all boards of a project, each once: a sprint shows on every board that shows its issues."""
    found: dict[str, Json] = {}
    for board in client.rows(f"{AGILE}board", projectKeyOrId=project):
        for payload in _of_board(client, board):
            found.setdefault(str(payload["id"]), payload)
    yield from (sprint(payload, project, site) for payload in found.values())


def _of_board(client: Client, board: Json) -> list[Json]:
    """Read one board's sprints; a board without sprints (Kanban) refuses the question."""
    try:
        return list(client.rows(f"{AGILE}board/{board['id']}/sprint"))
    except (NotFound, Rejected):
        return []
