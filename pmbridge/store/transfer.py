"""Copying a whole store into an empty one, with proof that both hold the same."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select, text

from pmbridge.errors import StoreError
from pmbridge.store.bulk import upsert
from pmbridge.store.database import Store
from pmbridge.store.digests import Digest, digests
from pmbridge.store.schema import metadata

_AT_ONCE = 2000


def copy_store(source: Store, target: Store) -> tuple[Digest, ...]:
    """Copy every table in one transaction, and return the digests on which both stores agree.

    Raises `StoreError`, and leaves the target as it was, if it is not empty or does not come out equal.
    """
    with source.read() as old, target.write() as new:
        _require_empty(new, target.place)
        for table in metadata.sorted_tables:
            _copy(old, new, table)
            _renumber(new, table)
        before, after = digests(old), digests(new)
        if before != after:
            wrong = ", ".join(a.table for a, b in zip(before, after, strict=True) if a != b)
            raise StoreError(f"The copy in {target.place} is not equal in {wrong}; nothing was kept of it.")
    return after


def _require_empty(conn: Connection, place: str) -> None:
    for table in metadata.sorted_tables:
        if conn.execute(select(table).limit(1)).first() is not None:
            raise StoreError(f"{place} already holds {table.name}. Name an empty database, or a new file.")


def _copy(old: Connection, new: Connection, table: Table) -> None:
    streamed = old.execute(select(table), execution_options={"yield_per": _AT_ONCE})
    for rows in streamed.partitions():
        upsert(new, table, [tuple(row) for row in rows])


def _renumber(conn: Connection, table: Table) -> None:
    """Let new rows go on after the numbers that were copied."""
    if conn.dialect.name != "postgresql" or table.autoincrement_column is None or "id" not in table.c:
        return
    if table.c.id.type.python_type is int and (last := conn.execute(select(func.max(table.c.id))).scalar()):
        conn.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), :last)"), {"last": last})
