"""Writing many rows at the speed of the database driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How a database takes rows as plain tuples."""

    insert: Callable[[Table], Any]
    dialect: Callable[..., Dialect]
    paramstyle: str


_TONGUES = {
    "sqlite": _Tongue(sqlite.insert, sqlite.dialect, "qmark"),
    "postgresql": _Tongue(postgresql.insert, postgresql.dialect, "format"),
}


def upsert(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, given in column order, and overwrite those whose primary key is there already."""
    if rows:
        conn.exec_driver_sql(upsert_sql(table, conn.dialect.name), list(rows))


def append(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert new rows, given in the order of the columns without a serial ``id``."""
    if rows:
        conn.exec_driver_sql(append_sql(table, conn.dialect.name), list(rows))


@cache
def upsert_sql(table: Table, database: str) -> str:
    """Return the statement of `upsert` for a kind of database."""
    tongue = _TONGUES[database]
    statement = tongue.insert(table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)
    return _compiled(statement, [c.name for c in table.columns], tongue)


@cache
def append_sql(table: Table, database: str) -> str:
    """Return the statement of `append` for a kind of database."""
    names = [c.name for c in table.columns if c.autoincrement is not True]
    return _compiled(insert(table), names, _TONGUES[database])


def _compiled(statement: Any, names: list[str], tongue: _Tongue) -> str:
    return str(statement.compile(dialect=tongue.dialect(paramstyle=tongue.paramstyle), column_keys=names))
