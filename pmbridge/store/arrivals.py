"""Storing items, and telling which of them the store did not have."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from pmbridge.store.bulk import Row, insert_absent, upsert
from pmbridge.store.schema import items

_SOURCE, _ID = 0, 1


def write_items(conn: Connection, rows: Sequence[Row]) -> frozenset[str]:
    """Store items of one source, and return the ids of those that are new: nothing else of theirs can be there.

    In PostgreSQL another writer may bring the same item at the same moment; one of the two finds it there.
    """
    if conn.dialect.name == "postgresql":
        new = frozenset(insert_absent(conn, items, rows, "id"))
        upsert(conn, items, [row for row in rows if row[_ID] not in new])
    else:
        new = frozenset(row[_ID] for row in rows) - _known(conn, rows)
        upsert(conn, items, rows)
    return new


def _known(conn: Connection, rows: Sequence[Row]) -> frozenset[str]:
    sources, ids = {row[_SOURCE] for row in rows}, [row[_ID] for row in rows]
    return frozenset(conn.execute(select(items.c.id).where(items.c.source.in_(sources), items.c.id.in_(ids))).scalars())
