from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from pmbridge.store import Store
from pmbridge.store.bulk import insert, unique, upsert
from pmbridge.store.schema import people

Row = tuple[Any, ...]


def person(number: int, name: str = "Ada") -> Row:
    return "jira", f"{number:05}", name, None, None, 0


def stored(store: Store) -> list[Row]:
    with store.read() as conn:
        return [tuple(row) for row in conn.execute(select(people).order_by(people.c.id))]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 1234])
def test_as_many_rows_arrive_as_were_given_however_many_go_together(store: Store, count: int) -> None:
    rows = [person(number) for number in range(count)]
    with store.write() as conn:
        insert(conn, people, rows)
    assert stored(store) == rows


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_rows_that_are_there_are_overwritten_and_of_two_the_last_counts(store: Store, count: int) -> None:
    with store.write() as conn:
        insert(conn, people, [person(number) for number in range(0, count, 2)])
        given = random.Random(count).sample([person(number, "Bo") for number in range(count)], count)
        upsert(conn, people, [*given, person(0, "Cy")])
    assert stored(store) == [person(0, "Cy"), *(person(number, "Bo") for number in range(1, count))]


def test_rows_come_in_the_order_of_their_keys_whether_they_were_in_it_or_not() -> None:
    rows = [person(number) for number in range(20)]
    shuffled = random.Random(1).sample(rows, len(rows))
    assert unique(people, rows) == unique(people, shuffled) == rows
    assert unique(people, [*rows, person(19, "Bo")]) == [*rows[:-1], person(19, "Bo")]
