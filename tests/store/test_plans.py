"""No query of one project walks through a whole source, also where the database keeps no statistics."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from pmbridge.store import Store, holdings, read_history
from pmbridge.store.assigned import read_assigned
from pmbridge.store.walking import walk, walk_project

#: Small collections that are read whole: a source's people, statuses, milestones and what was seen of them.
_SMALL = re.compile(r"people|statuses|milestones|milestone_observations|sources|watermarks|certificates")
#: An index used for its order only: nothing but the source is compared.
_WALK = re.compile(r"SCAN (?P<scanned>\w+)|SEARCH (?P<searched>\w+) USING .*\(source=\?\)$")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

QUERIES: dict[str, Callable[[Connection], Any]] = {
    "history": lambda conn: read_history(conn, {"jira": ["SHOP"]}),
    "count of items": lambda conn: holdings.count_items(conn, "jira", "SHOP"),
    "count of items seen": lambda conn: holdings.count_seen(conn, "jira", "SHOP", LONG_AGO),
    "count of changes": lambda conn: holdings.count_changes(conn, "jira", "SHOP"),
    "keys unseen": lambda conn: holdings.keys_unseen(conn, "jira", "SHOP", LONG_AGO, limit=5),
    "keys with a gap": lambda conn: holdings.keys_with_gap(conn, "jira", "SHOP", "partial_history", limit=5),
    "members": lambda conn: holdings.count_members(conn, "jira", "SHOP"),
    "members of one milestone": lambda conn: holdings.members_of(conn, "jira", "SHOP", "version:1"),
    "work of some people": lambda conn: read_assigned(conn, [("jira", "ada")], {"jira": ["SHOP"]}, LONG_AGO),
    "walk through a project": lambda conn: list(walk_project(conn, "jira", "SHOP")),
}


def plans(conn: Connection, work: Callable[[Connection], Any]) -> list[str]:
    """Let some work run, and return the steps that the planner takes for each of its statements."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(conn, "before_cursor_execute", note)
    work(conn)
    event.remove(conn, "before_cursor_execute", note)
    driver: Any = conn.connection.driver_connection
    return [row[3] for text, given in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {text}", given)]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_of_one_project_does_not_walk_through_the_others(file_store: Store, name: str) -> None:
    with file_store.read() as conn:
        steps = plans(conn, QUERIES[name])
    walks = [found for found in map(_WALK.search, steps) if found]
    tables = {found["scanned"] or found["searched"] for found in walks}
    assert steps
    assert {table for table in tables if not _SMALL.fullmatch(table)} == set()


def test_a_walk_through_a_source_is_a_walk(file_store: Store) -> None:
    with file_store.read() as conn:
        assert any("items" in step for step in plans(conn, lambda conn: list(walk(conn, "jira"))))


def test_the_work_of_some_people_is_found_by_the_index_of_assignees(file_store: Store) -> None:
    with file_store.read() as conn:
        assert any("ix_intervals_assignee" in step for step in plans(conn, QUERIES["work of some people"]))
