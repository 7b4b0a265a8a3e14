"""Writing many rows at the speed of the database driver."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, given in column order, and overwrite those whose primary key is there already."""
    if rows:
        conn.exec_driver_sql(_upsert_sql(table, conn.dialect), list(rows))


def append(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert new rows, given in the order of the columns without a serial ``id``."""
    if rows:
        conn.exec_driver_sql(_append_sql(table, conn.dialect), list(rows))


@cache
def _upsert_sql(table: Table, dialect: Dialect) -> str:
    statement = _INSERTS[dialect.name](table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)
    return str(statement.compile(dialect=dialect, column_keys=[c.name for c in table.columns]))


@cache
def _append_sql(table: Table, dialect: Dialect) -> str:
    names = [c.name for c in table.columns if c.autoincrement is not True]
    return str(insert(table).compile(dialect=dialect, column_keys=names))
