"""Reading changes by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select

from pmbridge.model import Change
from pmbridge.store import schema
from pmbridge.store.rows import AT, Row, changes_from
from pmbridge.store.tombstones import ids_of

#: How many rows of a long result are fetched in one go.
_AT_ONCE = 5000


def read_changes(conn: Connection, projects: Mapping[str, Sequence[str]]) -> tuple[Change, ...]:
    """Return the changes of some projects, given by source, by instant, history, position, source and item.

    They come as they lie, item by item, and are put in order here: by numbers first, which a database does no faster
    with whole rows to carry. Those of one instant stand in the order of their histories' ids, read as numbers.
    """
    changes: list[Change] = []
    instants: list[int] = []
    texts: dict[str | None, str | None] = {}
    for rows in _parts(conn, projects):
        instants.extend(map(itemgetter(AT), rows))
        changes.extend(changes_from(rows, texts))
    order = sorted(range(len(changes)), key=instants.__getitem__)
    ordered = [changes[place] for place in order]
    for begin, end in _runs([instants[place] for place in order]):
        ordered[begin:end] = sorted(ordered[begin:end], key=_of_one_instant)
    return tuple(ordered)


def _parts(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Iterator[Sequence[Row]]:
    table = schema.changes
    for source, names in projects.items():
        chosen = select(table).where(table.c.source == source, table.c.item.in_(ids_of(source, names)))
        yield from conn.execute(chosen, execution_options={"yield_per": _AT_ONCE}).partitions()


def _runs(instants: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where several stand at one instant, from the first to behind the last."""
    same = [place for place, (one, next_) in enumerate(pairwise(instants)) if one == next_]
    end = 0
    for begin in same:
        if begin >= end:
            end = begin + 2
            while end < len(instants) and instants[end] == instants[begin]:
                end += 1
            yield begin, end


def _of_one_instant(change: Change) -> tuple[Any, ...]:
    return len(change.history), change.history, change.position, change.source, change.item
