"""The trackers' own payloads of the items, to be mapped again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from pmbridge.store import schema
from pmbridge.store.instants import from_micros

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """Payloads by item, of one project and one run; ``gaps`` says of which items something is known to be wanting."""

    project: str
    seen_at: datetime
    raw: dict[str, Any]
    gaps: dict[str, str]


def batches(conn: Connection, source: str) -> Iterator[Batch]:
    """Yield every payload of a source, some hundreds at a time."""
    items, payloads = schema.items, schema.raw_payloads
    both = (payloads.c.source == items.c.source) & (payloads.c.item == items.c.id)
    rows = conn.execute(
        select(items.c.project, items.c.seen_at, items.c.id, items.c.gap)
        .select_from(items.join(payloads, both))
        .where(items.c.source == source)
        .order_by(items.c.project, items.c.seen_at, items.c.id)
    ).all()
    for (project, seen_at), group in groupby(rows, key=lambda row: (row.project, row.seen_at)):
        own = list(group)
        for start in range(0, len(own), _AT_ONCE):
            some = own[start : start + _AT_ONCE]
            raw = _raw(conn, source, [row.id for row in some])
            yield Batch(project, from_micros(seen_at), raw, {row.id: row.gap for row in some if row.gap})


def learned(conn: Connection, source: str) -> str | None:
    """Return what the last sync learned of a source that its payloads are read by."""
    return conn.execute(select(schema.sources.c.mapping).where(schema.sources.c.name == source)).scalar()


def count_without(conn: Connection, source: str) -> int:
    """Return how many items of a source have no payload."""
    items, payloads = schema.items.c, schema.raw_payloads.c
    held = select(payloads.item).where(payloads.source == source)
    bare = select(func.count()).where(items.source == source, items.id.not_in(held))
    return conn.execute(bare).scalar_one()


def _raw(conn: Connection, source: str, ids: Sequence[str]) -> dict[str, Any]:
    table = schema.raw_payloads.c
    found = conn.execute(select(table.item, table.body).where(table.source == source, table.item.in_(ids)))
    return {item: json.loads(zlib.decompress(body)) for item, body in found}
