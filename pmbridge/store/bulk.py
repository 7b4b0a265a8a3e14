"""Writing many rows at the speed of the database driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import Column

Rows = Sequence[tuple[Any, ...]]


def upsert(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, given in column order, and overwrite those whose primary key is there already.

    Of rows with one key the last counts. They are written in the order of their keys, so that two writers of the
    same rows wait for one another instead of locking each other out.
    """
    if not rows:
        return
    places = _key_places(table)
    unique = {tuple(row[place] for place in places): row for row in rows}
    ordered = [unique[key] for key in sorted(unique)]
    _write(conn, upsert_sql(table, conn.dialect.name), list(table.columns), ordered)


def append(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert new rows, given in the order of the columns without a serial ``id``."""
    if rows:
        _write(conn, append_sql(table, conn.dialect.name), _given(table), rows)


@cache
def upsert_sql(table: Table, database: str) -> str:
    """Return the statement of `upsert` for a kind of database."""
    conflict = ", ".join(_quoted(c) for c in table.primary_key)
    rest = ", ".join(f"{_quoted(c)} = excluded.{_quoted(c)}" for c in table.columns if not c.primary_key)
    action = f"DO UPDATE SET {rest}" if rest else "DO NOTHING"
    return f"{_insert_sql(table, list(table.columns), database)} ON CONFLICT ({conflict}) {action}"


@cache
def append_sql(table: Table, database: str) -> str:
    """Return the statement of `append` for a kind of database."""
    return _insert_sql(table, _given(table), database)


def _insert_sql(table: Table, columns: list[Column[Any]], database: str) -> str:
    names = ", ".join(map(_quoted, columns))
    return f"INSERT INTO {table.name} ({names}) {_SOURCES[database](columns)}"


def _values(columns: list[Column[Any]]) -> str:
    return f"VALUES ({', '.join('?' for _ in columns)})"


def _arrays(columns: list[Column[Any]]) -> str:
    # One statement with an array a column: a third of the time of a statement a row, and upserts, as COPY cannot.
    return f"SELECT * FROM unnest({', '.join(f'%s::{_array_type(c)}' for c in columns)})"


_SOURCES: dict[str, Callable[[list[Column[Any]]], str]] = {"sqlite": _values, "postgresql": _arrays}


def _write(conn: Connection, statement: str, columns: list[Column[Any]], rows: Iterable[tuple[Any, ...]]) -> None:
    if conn.dialect.name == "postgresql":
        arrays = tuple(_storable(list(values)) for values in zip(*rows, strict=True))
        conn.exec_driver_sql(statement, arrays)
    else:
        conn.exec_driver_sql(statement, list(rows))


def _storable(values: list[Any]) -> list[Any]:
    """Replace the one character that PostgreSQL's texts cannot hold."""
    if any(type(value) is str and "\0" in value for value in values):
        return [value.replace("\0", "\ufffd") if type(value) is str else value for value in values]
    return values


def _array_type(column: Column[Any]) -> str:
    return f"{column.type.compile(dialect=_POSTGRESQL).partition(' ')[0].lower()}[]"


def _given(table: Table) -> list[Column[Any]]:
    return [c for c in table.columns if c.autoincrement is not True]


@cache
def _key_places(table: Table) -> tuple[int, ...]:
    names = [c.name for c in table.columns]
    return tuple(names.index(c.name) for c in table.primary_key)


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'


_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
