"""Verifying that what a store holds hangs together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Table, func, select

from pmbridge.model import Item
from pmbridge.model.instants import to_micros
from pmbridge.store import schema, temporal
from pmbridge.store.counts import wrong_counts
from pmbridge.store.digests import Digest, digests
from pmbridge.store.payloads import UNREADABLE, unpack
from pmbridge.store.walking import sources_of_items, walk

#: How many places of a finding are named.
NAMED = 5
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold, and the first places where."""

    table: str
    text: str
    count: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to; no finding means that every invariant holds."""

    digests: tuple[Digest, ...]
    findings: tuple[Finding, ...]


def check(conn: Connection) -> Checked:
    """Read everything once: the file itself, references, bodies against their columns and digests, derived tables."""
    whole = (_file, _orphans, _items, _payloads, _assessments, _derived, _watermarks, _counts)
    return Checked(digests(conn), tuple(finding for look in whole for finding in look(conn)))


def _finding(table: str, text: str, places: Sequence[str]) -> Iterator[Finding]:
    if places:
        yield Finding(table, text, len(places), tuple(places[:NAMED]))


def _file(conn: Connection) -> Iterator[Finding]:
    if conn.dialect.name == "sqlite":
        told = [row[0] for row in conn.exec_driver_sql("PRAGMA integrity_check")]
        yield from _finding("file", "is damaged", [] if told == ["ok"] else told)


def _orphans(conn: Connection) -> Iterator[Finding]:
    """Find rows of items that are not there; PostgreSQL and SQLite both refuse them, unless told not to."""
    items = schema.items.c
    for table in (schema.changes, schema.worklogs, schema.raw_payloads, schema.intervals, schema.memberships):
        joined = table.outerjoin(schema.items, (items.source == table.c.source) & (items.id == table.c.item))
        lost = select(table.c.source, table.c.item).select_from(joined).where(items.id.is_(None)).distinct()
        yield from _finding(table.name, "belong to no item", [f"{s}:{i}" for s, i in conn.execute(lost)])


def _items(conn: Connection) -> Iterator[Finding]:
    wrong = [f"{row.source}:{row.id}" for row in _streamed(conn, schema.items) if not _agrees(row)]
    yield from _finding("items", "have a body that cannot be read or says otherwise than its columns", wrong)


def _agrees(row: Any) -> bool:
    try:
        item = Item.model_validate_json(row.body)
    except ValidationError:
        return False
    stands = item.source, item.id, item.key, item.project, to_micros(item.updated_at)
    return stands == (row.source, row.id, row.key, row.project, row.updated_at)


def _payloads(conn: Connection) -> Iterator[Finding]:
    wrong = [f"{row.source}:{row.item}" for row in _streamed(conn, schema.raw_payloads) if not _opens(row.body)]
    yield from _finding("raw_payloads", "cannot be unpacked", wrong)


def _opens(body: bytes) -> bool:
    try:
        unpack(body)
    except UNREADABLE:
        return False
    return True


def _assessments(conn: Connection) -> Iterator[Finding]:
    """Compare what an assessment says it was computed from with the digest it is stored under."""
    wrong = [f"{row.product}:{row.id}" for row in _streamed(conn, schema.assessments) if not _rests(row)]
    yield from _finding("assessments", "cannot be read or were made from other inputs than their digest says", wrong)


def _rests(row: Any) -> bool:
    try:
        body = json.loads(row.body)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("inputs_digest", row.digest) == row.digest


def _derived(conn: Connection) -> Iterator[Finding]:
    """Compare intervals and memberships with what the changes say, some items at a time."""
    wrong: list[str] = []
    for source in sources_of_items(conn):
        for ids in walk(conn, source):
            wrong += _differing(conn, source, ids)
    yield from _finding("intervals", "differ from what the changes say: run `pmbridge normalize`", wrong)


def _differing(conn: Connection, source: str, ids: Sequence[str]) -> list[str]:
    table, history = schema.items.c, schema.changes.c
    bodies = conn.execute(select(table.body).where(table.source == source, table.id.in_(ids))).scalars()
    try:
        items = [Item.model_validate_json(body) for body in bodies]
    except ValidationError:
        return []
    changes = conn.execute(select(schema.changes).where(history.source == source, history.item.in_(ids)))
    due = temporal.derived(items, changes)
    held = [_rows_of(conn, t, source, ids) for t in (schema.intervals, schema.memberships)]
    odd = set(due.intervals) ^ held[0] | set(due.memberships) ^ held[1]
    return sorted({f"{row[0]}:{row[1]}" for row in odd})


def _rows_of(conn: Connection, table: Table, source: str, ids: Sequence[str]) -> set[tuple[Any, ...]]:
    found = conn.execute(select(table).where(table.c.source == source, table.c.item.in_(ids)))
    return {tuple(row) for row in found}


def _watermarks(conn: Connection) -> Iterator[Finding]:
    table = schema.watermarks.c
    adrift = select(table.source, table.project).where(table.cursor.is_not(None), table.started_at.is_(None))
    rows = [f"{source}/{project}" for source, project in conn.execute(adrift)]
    yield from _finding("watermarks", "have a cursor and no start: run `pmbridge sync --full`", rows)
    ahead = select(schema.items.c.source, schema.items.c.id).where(schema.items.c.seen_at > _newest_start(conn))
    rows = [f"{source}:{id_}" for source, id_ in conn.execute(ahead)]
    yield from _finding("items", "were seen after every run that is known", rows)


def _counts(conn: Connection) -> Iterator[Finding]:
    yield from _finding("revisions", "count what is not there: run `pmbridge sync --full`", wrong_counts(conn))


def _newest_start(conn: Connection) -> int:
    table = schema.watermarks.c
    known = conn.execute(select(func.max(table.watermark), func.max(table.started_at))).one()
    return max((instant for instant in known if instant is not None), default=2**62)


def _streamed(conn: Connection, table: Table) -> Any:
    return conn.execute(select(table), execution_options={"yield_per": _AT_ONCE})
