"""Writing what was read from a tracker."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Table, delete, func, select, update

from pmbridge.model import (
    Change,
    Execution,
    Item,
    Link,
    Milestone,
    MilestoneObservation,
    Person,
    StatusDefinition,
    TestCase,
    Worklog,
)
from pmbridge.store import rows, schema
from pmbridge.store.bulk import append, upsert
from pmbridge.store.evidence import write_evidence
from pmbridge.store.instants import to_micros
from pmbridge.store.temporal import derive, derive_stored
from pmbridge.store.tombstones import raise_again

#: What `write_page` assumes where nobody has looked.
NO_GAPS: Mapping[str, str] = MappingProxyType({})


class ReadPage(Protocol):
    """What one page of a project brought; see the connector's contract for the meaning of each part."""

    @property
    def items(self) -> Sequence[Item]: ...  # noqa: D102
    @property
    def changes(self) -> Sequence[Change]: ...  # noqa: D102
    @property
    def links(self) -> Sequence[Link]: ...  # noqa: D102
    @property
    def worklogs(self) -> Sequence[Worklog]: ...  # noqa: D102
    @property
    def whole_worklogs(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def people(self) -> Sequence[Person]: ...  # noqa: D102
    @property
    def tests(self) -> Sequence[TestCase]: ...  # noqa: D102
    @property
    def executions(self) -> Sequence[Execution]: ...  # noqa: D102
    @property
    def raw(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def partial_history(self) -> Sequence[str]: ...  # noqa: D102


class ReadReference(Protocol):
    """The small collections of a source, read whole."""

    @property
    def statuses(self) -> Sequence[StatusDefinition]: ...  # noqa: D102
    @property
    def people(self) -> Sequence[Person]: ...  # noqa: D102
    @property
    def milestones(self) -> Sequence[Milestone]: ...  # noqa: D102


def write_page(
    conn: Connection,
    source: str,
    page: ReadPage,
    *,
    seen_at: datetime,
    gaps: Mapping[str, str] = NO_GAPS,
) -> None:
    """Store one page of a source; doing it twice is the same as doing it once.

    The history of an item takes the place of what was stored, unless the page calls it partial: then it is added.
    So do the links that start at it, unless nobody touched it since it was created: its links may then be read from
    their other ends only. Worklogs are added or corrected; those of items in ``whole_worklogs`` take the place of
    what was stored, so that time that was taken back is gone.
    ``seen_at`` is the start of the run, by the tracker's clock. ``gaps`` says of which items something is known to
    be wanting, by id; that stays with the item until it is read again.
    """
    now = to_micros(seen_at)
    partial = set(page.partial_history)
    whole = [item for item in page.items if item.id not in partial]
    upsert(conn, schema.items, [rows.item_row(item, now, gaps.get(item.id)) for item in page.items])
    raise_again(conn, source, [item.id for item in page.items])
    _delete_of(conn, schema.changes, source, [item.id for item in whole])
    _delete_of(conn, schema.links, source, [item.id for item in whole if item.updated_at > item.created_at])
    upsert(conn, schema.changes, [rows.change_row(change) for change in page.changes])
    upsert(conn, schema.links, [rows.link_row(link) for link in page.links])
    _delete_of(conn, schema.worklogs, source, page.whole_worklogs)
    upsert(conn, schema.worklogs, [rows.worklog_row(log) for log in page.worklogs])
    upsert(conn, schema.people, [rows.person_row(person) for person in page.people])
    write_evidence(conn, page.tests, page.executions)
    upsert(conn, schema.raw_payloads, [(source, item, _packed(raw)) for item, raw in page.raw.items()])
    derive(conn, source, whole, [change for change in page.changes if change.item not in partial])
    derive_stored(conn, source, sorted(partial))


def write_reference(
    conn: Connection, source: str, reference: ReadReference, *, seen_at: datetime, whole: bool = True
) -> None:
    """Store the small collections of a source, and note where a milestone's title or dates are new.

    A milestone that is not there any more is kept, and marked as missing since ``seen_at``, if the ``whole``
    reference was read.
    """
    upsert(conn, schema.statuses, [rows.status_row(status) for status in reference.statuses])
    upsert(conn, schema.people, [rows.person_row(person) for person in reference.people])
    if whole:
        _mark_missing(conn, source, {milestone.id for milestone in reference.milestones}, to_micros(seen_at))
    upsert(conn, schema.milestones, [rows.milestone_row(milestone) for milestone in reference.milestones])
    _observe(conn, source, reference.milestones, seen_at)


def write_source(conn: Connection, name: str, kind: str, url: str, mapping: str | None = None) -> None:
    """Store what kind of tracker a source is, and where; ``mapping`` is what its payloads are read by."""
    upsert(conn, schema.sources, [(name, kind, url, mapping)])


def read_raw(conn: Connection, source: str, item: str) -> Any | None:
    """Return the tracker's last payload of an item, or ``None``."""
    table = schema.raw_payloads.c
    packed = conn.execute(select(table.body).where(table.source == source, table.item == item)).scalar()
    return None if packed is None else json.loads(zlib.decompress(packed))


def _packed(raw: Any) -> bytes:
    return zlib.compress(orjson.dumps(raw, default=str), level=1)


def _delete_of(conn: Connection, table: Table, source: str, ids: Sequence[str]) -> None:
    if ids:
        conn.execute(delete(table).where(table.c.source == source, table.c.item.in_(ids)))


def _mark_missing(conn: Connection, source: str, present: set[str], now: int) -> None:
    table = schema.milestones
    known = conn.execute(select(table.c.id).where(table.c.source == source, table.c.missing_since.is_(None)))
    gone = [row.id for row in known if row.id not in present]
    for id_ in gone:
        here = (table.c.source == source) & (table.c.id == id_)
        conn.execute(update(table).where(here).values(missing_since=now))


def _observe(conn: Connection, source: str, milestones: Sequence[Milestone], seen_at: datetime) -> None:
    last = _last_observations(conn, source)
    seen = (
        rows.observation_row(MilestoneObservation(m.source, m.id, seen_at, m.title, m.start, m.due)) for m in milestones
    )
    append(conn, schema.milestone_observations, [row for row in seen if last.get(row[1]) != row[3:]])


def _last_observations(conn: Connection, source: str) -> dict[str, tuple[Any, ...]]:
    table = schema.milestone_observations.c
    newest = (
        select(table.milestone, func.max(table.seen_at).label("seen_at"))
        .where(table.source == source)
        .group_by(table.milestone)
        .subquery()
    )
    found = conn.execute(
        select(table.milestone, table.title, table.start, table.due)
        .where(table.source == source)
        .join(newest, (newest.c.milestone == table.milestone) & (newest.c.seen_at == table.seen_at))
    )
    return {milestone: tuple(rest) for milestone, *rest in found}
