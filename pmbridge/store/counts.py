"""Counting a project once for all the time in which nothing of it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from pmbridge.store.holdings import count_changes, count_items
from pmbridge.store.revisions import revision_of
from pmbridge.store.schema import revisions
from pmbridge.store.tombstones import count_buried

_KEEP = text(
    "INSERT INTO revisions (source, project, revision, counted, items, changes, gone) "
    "VALUES (:source, :project, :revision, :revision, :items, :changes, :gone) "
    "ON CONFLICT (source, project) DO UPDATE SET counted = excluded.counted, items = excluded.items, "
    "changes = excluded.changes, gone = excluded.gone WHERE revisions.revision = excluded.revision"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What is stored of a project as of its ``revision``: items that are there, their changes, and items gone."""

    source: str
    project: str
    revision: int
    items: int
    changes: int
    gone: int


def kept_counts(conn: Connection, source: str, project: str) -> Counts | None:
    """Return the counts that were kept, if nothing has changed since."""
    here = (revisions.c.source == source) & (revisions.c.project == project)
    row = conn.execute(select(revisions).where(here)).one_or_none()
    return None if row is None or row.counted != row.revision else _counts(row)


def count(conn: Connection, source: str, project: str) -> Counts:
    """Count what is stored."""
    return Counts(
        source,
        project,
        revision_of(conn, source, project),
        count_items(conn, source, project),
        count_changes(conn, source, project),
        count_buried(conn, source, project),
    )


def keep_counts(conn: Connection, counted: Iterable[Counts]) -> None:
    """Keep counts for as long as they hold; those of a project that has changed meanwhile are not kept."""
    for one in sorted(counted, key=lambda one: (one.source, one.project)):
        conn.execute(_KEEP, {name: getattr(one, name) for name in Counts.__slots__})


def wrong_counts(conn: Connection) -> list[str]:
    """List the projects whose kept counts are not what a new count says."""
    held = map(_counts, conn.execute(select(revisions).where(revisions.c.counted == revisions.c.revision)).all())
    return [f"{one.source}/{one.project}" for one in held if count(conn, one.source, one.project) != one]


def _counts(row: Any) -> Counts:
    return Counts(row.source, row.project, row.revision, row.items, row.changes, row.gone)
