"""The sprints of projects, which Jira keeps with its boards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge.model import Milestone
from pmbridge_jira.client import AGILE, Client
from pmbridge_jira.normalize import Site, sprint
from pmbridge_jira.shape import Json

#: Of how many boards of a project the configuration is looked at.
_LOOKED_AT = 3


def sprints(client: Client, read: Sequence[str], configured: Collection[str], site: Site) -> Iterator[Milestone]:
    """Read the sprints of all boards of some projects, each once: boards that show its issues show it too.

    Whose a sprint is does not depend on which projects are read: it is its own board's project, or else the first by
    name of all ``configured`` ones that show it. Others than those that are read are asked only where that decides.
    """
    boards = _Boards(client, frozenset(read), sorted({*read, *configured}))
    found: dict[str, Json] = {}
    for project in read:
        found |= boards.sprints(project)
    yield from (sprint(payload, boards.owner(payload), site) for payload in found.values())


@dataclass(frozen=True, slots=True)
class _Boards:
    """The boards of projects and the sprints on them, each asked for once, when it is needed."""

    client: Client
    read: Set[str]
    projects: Sequence[str]
    _listed: dict[str, dict[str, Json]] = field(default_factory=dict)
    _shown: dict[str, dict[str, Json]] = field(default_factory=dict)

    def owner(self, payload: Json) -> str:
        """Return the project a sprint belongs to; one of those that are read shows it."""
        origin, number = payload.get("originBoardId"), str(payload["id"])
        home = None if origin is None else self._home(str(origin))
        return home or next(project for project in self.projects if number in self.sprints(project))

    def sprints(self, project: str) -> dict[str, Json]:
        """Return the sprints of a project's boards by id."""
        found: dict[str, Json] = {}
        for number, board in self._of(project).items():
            if number not in self._shown:
                rows = self._answer(project, partial(_of_board, self.client, board))
                self._shown[number] = {str(payload["id"]): payload for payload in rows}
            found |= self._shown[number]
        return found

    def _home(self, board: str) -> str | None:
        """Return the project a board is located in, if that is configured and shows the board itself."""
        nearest = sorted(self.projects, key=lambda project: project not in self.read)
        seen = next((self._of(project)[board] for project in nearest if board in self._of(project)), {})
        key = str((seen.get("location") or {}).get("projectKey"))
        return key if key in self.projects and board in self._of(key) else None

    def _of(self, project: str) -> dict[str, Json]:
        """Return the boards of a project by id."""
        if project not in self._listed:
            rows = self._answer(project, partial(self.client.rows, f"{AGILE}board", projectKeyOrId=project))
            self._listed[project] = {str(board["id"]): board for board in rows}
        return self._listed[project]

    def _answer(self, project: str, ask: Callable[[], Iterable[Json]]) -> list[Json]:
        """Ask about a project; one that is asked beside those to read may refuse, and shows nothing."""
        try:
            return list(ask())
        except (NotFound, PermissionDenied, Rejected):
            if project in self.read:
                raise
            return []


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
