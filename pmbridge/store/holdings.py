"""Counting what the store holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from pmbridge.store.instants import to_micros
from pmbridge.store.schema import changes, items
from pmbridge.store.tombstones import alive

#: How many items there are, and the keys of the first of them.
Keys = tuple[int, tuple[str, ...]]


def stored_projects(conn: Connection, source: str) -> tuple[str, ...]:
    """Return the projects of a source that have items in the store."""
    table = items.c
    found = conn.execute(select(table.project).where(table.source == source).distinct().order_by(table.project))
    return tuple(found.scalars())


def count_items(conn: Connection, source: str, project: str) -> int:
    """Return how many items of a project are stored."""
    here = (items.c.source == source) & (items.c.project == project) & alive()
    return conn.execute(select(func.count()).select_from(items).where(here)).scalar_one()


def count_seen(conn: Connection, source: str, project: str, since: datetime) -> int:
    """Return how many items of a project were met by the run that started at ``since``, or later."""
    here = (items.c.source == source) & (items.c.project == project) & alive()
    met = here & (items.c.seen_at >= to_micros(since))
    return conn.execute(select(func.count()).select_from(items).where(met)).scalar_one()


def keys_unseen(conn: Connection, source: str, project: str, since: datetime, *, limit: int) -> Keys:
    """Return how many items of a project no run met since ``since``, and keys of at most ``limit`` of them."""
    here = (items.c.source == source) & (items.c.project == project) & alive()
    return _keys(conn, here & (items.c.seen_at < to_micros(since)), limit)


def keys_with_gap(conn: Connection, source: str, project: str, gap: str, *, limit: int) -> Keys:
    """Return how many items of a project have a known gap of one kind, and keys of at most ``limit`` of them."""
    here = (items.c.source == source) & (items.c.project == project) & (items.c.gap == gap) & alive()
    return _keys(conn, here, limit)


def count_changes(conn: Connection, source: str, project: str) -> int:
    """Return how many changes of a project's items are stored."""
    joined = items.join(changes, (changes.c.source == items.c.source) & (changes.c.item == items.c.id))
    here = (items.c.source == source) & (items.c.project == project) & alive()
    return conn.execute(select(func.count()).select_from(joined).where(here)).scalar_one()


def _keys(conn: Connection, chosen: ColumnElement[bool], limit: int) -> Keys:
    count = conn.execute(select(func.count()).select_from(items).where(chosen)).scalar_one()
    found = conn.execute(select(items.c.key).where(chosen).order_by(items.c.key).limit(limit))
    return count, tuple(found.scalars())
