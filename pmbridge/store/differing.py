"""Writing only those rows that are not stored as they are, and telling which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, Table, select

from pmbridge.store.bulk import Row, Rows, key_of, portions, unique, upsert

_SOURCE, _ID = 0, 1


def write_differing(conn: Connection, table: Table, rows: Rows) -> list[Row]:
    """Upsert rows of a table with the key (source, id); return what is new or was otherwise, and what it was."""
    key, given = key_of(table), unique(table, rows)
    held = {key(row): row for row in _held(conn, table, given)}
    found = [row for row in given if held.get(key(row)) != tuple(row)]
    upsert(conn, table, found)
    return [*found, *(held[key(row)] for row in found if key(row) in held)]


def _held(conn: Connection, table: Table, given: Sequence[Row]) -> Iterator[Row]:
    for source, own in groupby(given, key=itemgetter(_SOURCE)):
        ids = [row[_ID] for row in own]
        for some in portions(ids):
            chosen = select(table).where(table.c.source == source, table.c.id.in_(some))
            yield from map(tuple, conn.execute(chosen))
