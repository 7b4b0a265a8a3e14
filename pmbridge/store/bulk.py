"""Writing many rows at the speed of the database driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter, lt
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import Column

Row = tuple[Any, ...]
Rows = Sequence[Row]

#: As many values go into SQLite with one statement: a statement a row takes a third as long again. Old builds take 999.
_VALUES_TOGETHER = 600
#: As many values are named in one question.
_AT_ONCE = 1000


def upsert(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, given in column order, and overwrite those whose primary key is there already.

    Of rows with one key the last counts. They are written in the order of their keys, so that two writers of the
    same rows wait for one another instead of locking each other out.
    """
    if rows:
        _write(conn, upsert_sql(table, conn.dialect.name), list(table.columns), unique(table, rows))


def insert(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, given in column order, whose primary keys are known to be neither there nor twice among them."""
    if rows and conn.dialect.name == "postgresql":
        _copy(conn, table, rows)
    elif rows:
        _write(conn, _insert_sql(table, list(table.columns), "sqlite"), list(table.columns), rows)


def insert_absent(conn: Connection, table: Table, rows: Rows, column: str) -> list[Any]:
    """Insert the rows whose keys are not there, in PostgreSQL, and return what these have in a column."""
    if not rows:
        return []
    statement = f'{_insert_sql(table, list(table.columns), "postgresql")} ON CONFLICT DO NOTHING RETURNING "{column}"'
    found = conn.exec_driver_sql(statement, tuple(map(list, _storable(unique(table, rows)))))
    return list(found.scalars())


def append(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert new rows, given in the order of the columns without a serial ``id``."""
    if rows:
        _write(conn, append_sql(table, conn.dialect.name), _given(table), rows)


def portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield so many values at a time as one question may name: every engine has a limit."""
    return (values[begin : begin + _AT_ONCE] for begin in range(0, len(values), _AT_ONCE))


def unique(table: Table, rows: Rows) -> list[tuple[Any, ...]]:
    """Return rows in the order of their keys; of rows with one key the last."""
    keys = list(map(key_of(table), rows))
    if all(map(lt, keys, keys[1:])):
        return list(rows)
    by_key = dict(zip(keys, rows, strict=True))
    return [by_key[key] for key in sorted(by_key)]


@cache
def key_of(table: Table) -> Callable[[Sequence[Any]], Any]:
    """Return what takes the primary key out of a row."""
    names = [c.name for c in table.columns]
    return itemgetter(*(names.index(c.name) for c in table.primary_key))


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
    return f"VALUES {_placeholders(columns)}"


def _placeholders(columns: list[Column[Any]]) -> str:
    return f"({', '.join('?' for _ in columns)})"


def _arrays(columns: list[Column[Any]]) -> str:
    # One statement with an array a column: a third of the time of a statement a row, and upserts, as COPY cannot.
    return f"SELECT * FROM unnest({', '.join(f'%s::{_array_type(c)}' for c in columns)})"


_SOURCES: dict[str, Callable[[list[Column[Any]]], str]] = {"sqlite": _values, "postgresql": _arrays}


def _write(conn: Connection, statement: str, columns: list[Column[Any]], rows: Rows) -> None:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(statement, tuple(map(list, _storable(rows))))
    else:
        _write_together(conn, statement, columns, rows)


def _write_together(conn: Connection, statement: str, columns: list[Column[Any]], rows: Rows) -> None:
    one, together = _placeholders(columns), _VALUES_TOGETHER // len(columns)
    whole = len(rows) - len(rows) % together
    if whole:
        several = statement.replace(one, ", ".join([one] * together))
        starts = range(0, whole, together)
        conn.exec_driver_sql(several, [tuple(chain.from_iterable(rows[at : at + together])) for at in starts])
    if whole < len(rows):
        conn.exec_driver_sql(statement, list(rows[whole:]))


def _copy(conn: Connection, table: Table, rows: Rows) -> None:
    names = ", ".join(map(_quoted, table.columns))
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in zip(*_storable(rows), strict=True):
            copy.write_row(row)


def _storable(rows: Rows) -> Iterator[Sequence[Any]]:
    """Yield the columns of rows, without the one character that PostgreSQL's texts cannot hold."""
    for values in zip(*rows, strict=True):
        texts = filter(_is_text, values)
        yield tuple(map(_cleaned, values)) if "\0" in "".join(texts) else values


def _is_text(value: Any) -> bool:
    return type(value) is str


def _cleaned(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if type(value) is str else value


def _array_type(column: Column[Any]) -> str:
    return f"{column.type.compile(dialect=_POSTGRESQL).partition(' ')[0].lower()}[]"


def _given(table: Table) -> list[Column[Any]]:
    return [c for c in table.columns if c.autoincrement is not True]


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'


_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
