"""Items that their tracker no longer shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Select,
    Table,
    delete,
    exists,
    func,
    select,
)

from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store.bulk import upsert
from pmbridge.store.revisions import touch
from pmbridge.store.schema import TEXT, items, metadata


def _text(name: str) -> Column[str]:
    return Column(name, TEXT, nullable=False)


tombstones = Table(
    "tombstones",
    metadata,
    _text("source"),
    _text("item"),
    _text("project"),
    _text("key"),
    _text("reason"),
    Column("confirmed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "item", name="pk_tombstones"),
    ForeignKeyConstraint(
        ["source", "item"], ["items.source", "items.id"], name="fk_tombstones_item", ondelete="CASCADE"
    ),
    Index("ix_tombstones_project", "source", "project"),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    _text("source"),
    _text("project"),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "project", name="pk_reconciliations"),
)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An item confirmed gone from a project: what it was called, why it counts as gone, and since when."""

    source: str
    item: str
    project: str
    key: str
    reason: str
    confirmed_at: datetime


def alive() -> ColumnElement[bool]:
    """Select the items that are not gone; their history stays in the store, whatever becomes of them."""
    return ~exists().where(tombstones.c.source == items.c.source, tombstones.c.item == items.c.id)


def ids_of(source: str, projects: Sequence[str]) -> Select[tuple[str]]:
    """Select the ids of the items of some projects that are not gone."""
    here: ColumnElement[bool] = (items.c.source == source) & items.c.project.in_(projects) & alive()
    return select(items.c.id).where(here)


def bury(conn: Connection, stones: Sequence[Tombstone]) -> None:
    """Mark items as gone; a page that brings one of them again takes the mark away."""
    upsert(
        conn, tombstones, [(s.source, s.item, s.project, s.key, s.reason, to_micros(s.confirmed_at)) for s in stones]
    )
    for source in sorted({stone.source for stone in stones}):
        touch(conn, source, {stone.project for stone in stones if stone.source == source})


def raise_again(conn: Connection, source: str, ids: Sequence[str]) -> set[str]:
    """Take the mark from items that the tracker shows again; return the projects that change by it."""
    if not ids:
        return set()
    here = (tombstones.c.source == source) & tombstones.c.item.in_(ids)
    return set(conn.execute(delete(tombstones).where(here).returning(tombstones.c.project)).scalars())


def buried(conn: Connection, source: str, project: str | None = None) -> tuple[Tombstone, ...]:
    """Return what is gone from a source, or from one of its projects, by key."""
    table = tombstones.c
    chosen = select(tombstones).where(table.source == source).order_by(table.key)
    if project is not None:
        chosen = chosen.where(table.project == project)
    return tuple(
        Tombstone(row.source, row.item, row.project, row.key, row.reason, from_micros(row.confirmed_at))
        for row in conn.execute(chosen)
    )


def count_buried(conn: Connection, source: str, project: str) -> int:
    """Return how many items are gone from a project."""
    table = tombstones.c
    here = (table.source == source) & (table.project == project)
    return conn.execute(select(func.count()).select_from(tombstones).where(here)).scalar_one()


def standing(conn: Connection, source: str, project: str) -> dict[str, str]:
    """Return the keys of a project's items that are not gone, by id."""
    here = (items.c.source == source) & (items.c.project == project) & alive()
    return {row.id: row.key for row in conn.execute(select(items.c.id, items.c.key).where(here))}


def last_reconciled(conn: Connection, source: str, project: str) -> datetime | None:
    """Return when a project was last compared with its tracker item by item, by the tracker's clock."""
    table = reconciliations.c
    found = conn.execute(select(table.at).where(table.source == source, table.project == project)).scalar()
    return None if found is None else from_micros(found)


def write_reconciled(conn: Connection, source: str, project: str, at: datetime) -> None:
    """Note that a project was compared."""
    upsert(conn, reconciliations, [(source, project, to_micros(at))])
