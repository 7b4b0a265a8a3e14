"""The drivers by themselves, as the yardstick of the store: the same rows into the same tables, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Table, make_url, select

from pmbridge.store import schema
from pmbridge.store.bulk import upsert_sql

Rows = Sequence[tuple[Any, ...]]
#: The rows of one page, those that others refer to first.
Parts = Sequence[tuple[Table, Rows]]

#: What a page of items fills.
TABLES = (schema.items, schema.changes, schema.raw_payloads, schema.intervals, schema.memberships)


def parts_of(conn: Connection, ids: Sequence[str]) -> Parts:
    """Read what the store made of some items, for a driver to write as it is."""
    return [(table, _rows(conn, table, ids)) for table in TABLES]


def _rows(conn: Connection, table: Table, ids: Sequence[str]) -> Rows:
    item = table.c.id if table is schema.items else table.c.item
    return [tuple(row) for row in conn.execute(select(table).where(item.in_(ids)).order_by(*table.primary_key))]


class Driver(Protocol):
    """A connection of the bare driver to a store whose tables are there."""

    def load(self, parts: Parts) -> None:
        """Insert the rows of a page that is not there, and commit."""

    def update(self, parts: Parts) -> None:
        """Insert the rows of a page or overwrite them, and commit."""

    def read(self, project: str) -> int:
        """Fetch the items and changes of a project as tuples, and count them."""


_READ = (
    "SELECT body FROM items WHERE project = {0}",
    "SELECT c.* FROM items i JOIN changes c ON c.source = i.source AND c.item = i.id WHERE i.project = {0}",
)


class Sqlite:
    """``executemany`` of tuples."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def load(self, parts: Parts) -> None:
        """Insert a page in one transaction."""
        self._write((f"INSERT INTO {t.name} VALUES ({', '.join('?' for _ in t.columns)})", rows) for t, rows in parts)

    def update(self, parts: Parts) -> None:
        """Insert or overwrite a page in one transaction."""
        self._write((upsert_sql(table, "sqlite"), rows) for table, rows in parts)

    def read(self, project: str) -> int:
        """Fetch all rows at once."""
        found = (self._connection.execute(query.format("?"), (project,)).fetchall() for query in _READ)
        return sum(map(len, found))

    def _write(self, statements: Iterable[tuple[str, Rows]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")


class Postgresql:
    """``COPY``, straight into the tables, or beside them where rows may have to be overwritten."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def load(self, parts: Parts) -> None:
        """Copy a page in one transaction."""
        for table, rows in parts:
            self._copy(table, table.name, rows)
        self._connection.commit()

    def update(self, parts: Parts) -> None:
        """Copy a page into a table of its own, and from there over what is stored."""
        for table, rows in parts:
            beside = f"new_{table.name}"
            self._connection.execute(f"CREATE TEMP TABLE {beside} (LIKE {table.name}) ON COMMIT DROP")
            self._copy(table, beside, rows)
            head, _, conflict = upsert_sql(table, "postgresql").partition(" SELECT ")
            action = conflict[conflict.index("ON CONFLICT") :]
            self._connection.execute(f"{head} SELECT * FROM {beside} {action}")
        self._connection.commit()

    def read(self, project: str) -> int:
        """Fetch all rows at once."""
        found = (self._connection.execute(query.format("%s"), (project,)).fetchall() for query in _READ)
        return sum(map(len, found))

    def _copy(self, table: Table, name: str, rows: Rows) -> None:
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@contextmanager
def driver(url: str) -> Iterator[Driver]:
    """Connect to a store as its driver does by itself."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            yield Sqlite(connection)
    else:
        import psycopg

        with psycopg.connect(url) as server:
            yield Postgresql(server)
