"""A sprint that several projects show belongs to one of them, whichever of them are read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.errors import PermissionDenied
from pmbridge_jira.boards import sprints
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.normalize import Site

SITE = Site("j", "https://j", FieldMap())
PROJECTS = ["A", "B", "C"]


class Boards:
    """A Jira of boards: where each is located, which projects it shows, and which sprints are on it."""

    def __init__(self) -> None:
        self.boards: dict[int, tuple[dict[str, Any], str]] = {}
        self.sprints: dict[int, list[dict[str, Any]]] = {}
        self.hidden: set[str] = set()
        self.asked: list[str] = []

    def add(self, number: int, shows: str, home: str | None, *on: tuple[int, int | None]) -> None:
        location = {} if home is None else {"location": {"projectKey": home}}
        self.boards[number] = {"id": number, **location}, shows
        self.sprints[number] = [{"id": id_, "name": f"S{id_}", "originBoardId": origin} for id_, origin in on]

    def rows(self, path: str, projectKeyOrId: str = "") -> Iterator[dict[str, Any]]:
        self.asked.append(projectKeyOrId or path.rsplit("/", 2)[1])
        if projectKeyOrId in self.hidden:
            raise PermissionDenied("hidden", source="j")
        if projectKeyOrId:
            return iter([board for board, shows in self.boards.values() if projectKeyOrId in shows])
        return iter(self.sprints[int(path.rsplit("/", 2)[1])])

    def owners(self, *read: str) -> dict[str, str]:
        found = sprints(self, read, PROJECTS, SITE)  # type: ignore[arg-type]
        return {one.native_id: one.project for one in found}


@pytest.fixture
def jira() -> Boards:
    return Boards()


def test_a_sprint_belongs_to_its_own_boards_project_while_that_rests(jira: Boards) -> None:
    jira.add(1, "AB", "B", (7, 1))
    assert jira.owners("A") == jira.owners("A", "B") == jira.owners("B") == {"7": "B"}


@pytest.mark.parametrize("home", [None, "ELSEWHERE", "C"])
def test_without_a_home_that_shows_it_the_first_by_name_has_it(jira: Boards, home: str | None) -> None:
    jira.add(1, "AB", home, (7, 1))
    assert jira.owners("B") == jira.owners("B", "A") == jira.owners("A", "C") == {"7": "A"}


def test_projects_that_are_not_read_are_asked_only_where_that_decides(jira: Boards) -> None:
    jira.add(1, "AB", "B", (7, 1), (8, 1))
    jira.owners("B")
    assert jira.asked == ["B", "1"]
    jira.owners("A")
    assert jira.asked[2:] == ["A", "1", "B"]


def test_a_project_beside_that_refuses_shows_nothing_and_one_that_is_read_says_so(jira: Boards) -> None:
    jira.add(1, "AB", None, (7, None))
    jira.hidden.add("A")
    assert jira.owners("B") == {"7": "B"}
    with pytest.raises(PermissionDenied):
        jira.owners("A", "B")


shown = st.sets(st.sampled_from(PROJECTS)).map("".join)
board = st.tuples(shown, st.sampled_from([None, *PROJECTS, "X"]), st.sets(st.integers(1, 4)))


@given(st.lists(board, max_size=4), st.lists(st.sampled_from([None, 0, 1, 2, 3, 9]), min_size=5, max_size=5))
def test_whichever_projects_are_read_a_sprint_belongs_to_the_same(
    boards: list[tuple[str, str | None, set[int]]], origins: list[int | None]
) -> None:
    jira = Boards()
    for number, (shows, home, on) in enumerate(boards):
        jira.add(number, shows, home, *((id_, origins[id_]) for id_ in on))
    whole = jira.owners(*PROJECTS)
    for size in (1, 2):
        for read in combinations(PROJECTS, size):
            assert jira.owners(*read).items() <= whole.items()
