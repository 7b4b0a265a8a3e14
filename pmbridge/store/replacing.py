"""Making the rows of some items be exactly the given ones, at the price of what differs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select

from pmbridge.store.bulk import Rows, insert, key_of, unique, upsert

Row = tuple[Any, ...]

#: The place of the item's id in the rows of every table of an item's own.
_ITEM = 1


def replace(
    conn: Connection,
    table: Table,
    source: str,
    items: Collection[str],
    rows: Rows,
    *,
    new: frozenset[str] = frozenset(),
) -> None:
    """Let ``rows`` be all that a table holds of ``items``; of the ``new`` ones among them it holds nothing yet.

    Rows that are there already are read and left alone: most of an item's history is what it was.
    """
    held = [id_ for id_ in items if id_ not in new]
    given = unique(table, rows)
    if not held:
        insert(conn, table, given)
        return
    insert(conn, table, [row for row in given if row[_ITEM] in new])
    _correct(conn, table, source, held, [row for row in given if row[_ITEM] not in new])


def _correct(conn: Connection, table: Table, source: str, items: Sequence[str], given: Sequence[Row]) -> None:
    here = table.c.source == source
    before = {tuple(row) for row in conn.execute(select(table).where(here, table.c.item.in_(items)))}
    key = key_of(table)
    kept = set(map(key, given))
    stale = {row[_ITEM] for row in before if key(row) not in kept}
    if stale:
        conn.execute(delete(table).where(here, table.c.item.in_(sorted(stale))))
    upsert(conn, table, [row for row in given if row[_ITEM] in stale or row not in before])
