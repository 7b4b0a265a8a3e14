"""Counting what the store holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from pmbridge.model.instants import to_micros
from pmbridge.store.schema import changes, items, memberships
from pmbridge.store.tombstones import alive, ids_of

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
    own = (changes.c.source == source) & changes.c.item.in_(ids_of(source, [project]))
    return conn.execute(select(func.count()).select_from(changes).where(own)).scalar_one()


def count_members(conn: Connection, source: str, project: str) -> dict[str, int]:
    """Return how many items of a project are in each milestone now."""
    # Counted here: asked for in groups, SQLite walks through the milestones of all projects.
    return Counter(conn.execute(select(memberships.c.milestone).where(_inside(source, project))).scalars())


def members_of(conn: Connection, source: str, project: str, milestone: str) -> frozenset[str]:
    """Return the ids of the items of a project that are in a milestone now."""
    inside = _inside(source, project) & (memberships.c.milestone == milestone)
    return frozenset(conn.execute(select(memberships.c.item).where(inside)).scalars())


def sound_keys(conn: Connection, source: str, ids: Collection[str]) -> tuple[str, ...]:
    """Return the keys of those of some items that are stored, and of which nothing is known to be wanting."""
    sound = (items.c.source == source) & items.c.id.in_(sorted(ids)) & items.c.gap.is_(None)
    return tuple(sorted(conn.execute(select(items.c.key).where(sound)).scalars()))


def _inside(source: str, project: str) -> ColumnElement[bool]:
    # By the ids of the project's items: a join is begun at the wrong end where no statistics are kept.
    own = (memberships.c.source == source) & memberships.c.item.in_(ids_of(source, [project]))
    return own & memberships.c.until.is_(None)


def _keys(conn: Connection, chosen: ColumnElement[bool], limit: int) -> Keys:
    count = conn.execute(select(func.count()).select_from(items).where(chosen)).scalar_one()
    if not count:
        return 0, ()
    # Not by the column itself: its index would be walked through all projects to spare the sorting of a few keys.
    found = conn.execute(select(items.c.key).where(chosen).order_by(items.c.key.concat("")).limit(limit))
    return count, tuple(found.scalars())
