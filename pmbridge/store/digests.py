"""Counts and digests of tables, by which two stores are known to hold the same."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, Table, select

from pmbridge.store.schema import metadata

_AT_ONCE = 2000
_WIDTH = 2**128


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and a number that depends on every value but not on the order of the rows."""

    table: str
    rows: int
    sum: str


def digest(conn: Connection, table: Table) -> Digest:
    """Read a table row by row; equal contents give equal digests on every engine."""
    rows, total = 0, 0
    for row in conn.execute(select(table), execution_options={"yield_per": _AT_ONCE}):
        # PostgreSQL cannot hold the zero character; it is replaced on its way there, so it counts as replaced here.
        text = repr(tuple(v.replace("\0", "\ufffd") if type(v) is str and "\0" in v else v for v in row))
        rows, total = rows + 1, total + int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")
    return Digest(table.name, rows, f"{total % _WIDTH:032x}")


def digests(conn: Connection) -> tuple[Digest, ...]:
    """Digest every table, those that others refer to first."""
    return tuple(digest(conn, table) for table in metadata.sorted_tables)
