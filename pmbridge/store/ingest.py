"""Writing what was read from a tracker."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection, Table, delete, func, select, update

from pmbridge.model import (
    Execution,
    Item,
    Milestone,
    MilestoneObservation,
    Person,
    StatusDefinition,
    TestCase,
)
from pmbridge.model.instants import to_micros
from pmbridge.store import rows, schema
from pmbridge.store.arrivals import write_items
from pmbridge.store.bulk import insert, upsert
from pmbridge.store.differing import write_differing
from pmbridge.store.evidence import store_evidence
from pmbridge.store.noting import Hung, noting, reach
from pmbridge.store.payloads import packed
from pmbridge.store.replacing import replace
from pmbridge.store.revisions import SHARED, touch
from pmbridge.store.temporal import derive, derive_stored
from pmbridge.store.tombstones import raise_again

#: What `write_page` assumes where nobody has looked.
NO_GAPS: Mapping[str, str] = MappingProxyType({})


class ReadPage(Hung, Protocol):
    """What one page of a project brought; see the connector's contract for the meaning of each part."""

    @property
    def items(self) -> Sequence[Item]: ...  # noqa: D102
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
    what was stored, so that time that was taken back is gone; so are ``gone_worklogs``, by their ids.
    ``seen_at`` is the start of the run, by the tracker's clock. ``gaps`` says of which items something is known to
    be wanting, by id; that stays with the item until it is read again.
    """
    made = [rows.item_row(item, to_micros(seen_at), gaps.get(item.id)) for item in page.items]
    with noting(conn, source, page, made) as moved:
        new = write_items(conn, made)
        moved |= raise_again(conn, source, [item.id for item in page.items if item.id not in new])
        _write_histories(conn, source, page, new)
        upsert(conn, schema.links, [rows.link_row(link) for link in page.links])
        _delete_of(conn, schema.worklogs, source, [id_ for id_ in page.whole_worklogs if id_ not in new])
        _delete_worklogs(conn, source, page.gone_worklogs)
        upsert(conn, schema.worklogs, [rows.worklog_row(log) for log in page.worklogs])
        moved |= {project for _, project in store_evidence(conn, page.tests, page.executions)}
        if _write_people(conn, page.people):
            moved.add(SHARED)
    _write_payloads(conn, source, page, new)


def _write_histories(conn: Connection, source: str, page: ReadPage, new: frozenset[str]) -> None:
    partial = set(page.partial_history)
    whole = {item.id: item for item in page.items if item.id not in partial}
    _delete_of(conn, schema.links, source, [i.id for i in whole.values() if i.updated_at > i.created_at])
    changes = rows.change_rows(page.changes)
    complete = [row for row in changes if row[rows.ITEM] in whole]
    replace(conn, schema.changes, source, whole, complete, new=new)
    derive(conn, source, whole.values(), complete, new=new)
    upsert(conn, schema.changes, [row for row in changes if row[rows.ITEM] not in whole])
    derive_stored(conn, source, sorted(partial))


def _write_people(conn: Connection, people: Sequence[Person]) -> bool:
    return bool(write_differing(conn, schema.people, [rows.person_row(person) for person in people]))


def _write_payloads(conn: Connection, source: str, page: ReadPage, new: frozenset[str]) -> None:
    bodies = [(source, item, body) for item, body in packed(page.raw)]
    insert(conn, schema.raw_payloads, [row for row in bodies if row[1] in new])
    upsert(conn, schema.raw_payloads, [row for row in bodies if row[1] not in new])


def write_reference(
    conn: Connection,
    source: str,
    reference: ReadReference,
    *,
    seen_at: datetime,
    whole: bool = True,
    unread: Collection[str] = (),
) -> None:
    """Store the small collections of a source, and note where a milestone's title or dates are new.

    A milestone that is not there any more is kept, and marked as missing since ``seen_at``, if the ``whole``
    reference was read; those of ``unread`` projects stay as they are.
    """
    statuses = write_differing(conn, schema.statuses, [rows.status_row(status) for status in reference.statuses])
    shared = _write_people(conn, reference.people) or bool(statuses)
    present = {milestone.id for milestone in reference.milestones}
    gone = _mark_missing(conn, source, present, to_micros(seen_at), unread) if whole else []
    given = [rows.milestone_row(milestone) for milestone in reference.milestones]
    differing = write_differing(conn, schema.milestones, given)
    _observe(conn, source, reference.milestones, seen_at)
    reached = reach(conn, source, {*gone, *(row[1] for row in differing)}) | {row[2] for row in differing}
    touch(conn, source, reached | {SHARED} if shared else reached)


def write_source(conn: Connection, name: str, kind: str, url: str, mapping: str | None = None) -> None:
    """Store what kind of tracker a source is, and where; ``mapping`` is what its payloads are read by."""
    row = name, kind, url, mapping
    held = conn.execute(select(schema.sources).where(schema.sources.c.name == name)).one_or_none()
    if held is None or tuple(held) != row:
        upsert(conn, schema.sources, [row])
        touch(conn, name, [SHARED])


def _delete_of(conn: Connection, table: Table, source: str, ids: Sequence[str]) -> None:
    if ids:
        conn.execute(delete(table).where(table.c.source == source, table.c.item.in_(ids)))


def _delete_worklogs(conn: Connection, source: str, ids: Sequence[str]) -> None:
    if ids:
        table = schema.worklogs
        conn.execute(delete(table).where(table.c.source == source, table.c.id.in_(ids)))


def _mark_missing(conn: Connection, source: str, present: set[str], now: int, unread: Collection[str]) -> list[str]:
    table = schema.milestones
    there = (table.c.source == source) & table.c.missing_since.is_(None) & table.c.project.not_in(list(unread))
    known = conn.execute(select(table.c.id).where(there))
    gone = [row.id for row in known if row.id not in present]
    for id_ in gone:
        here = (table.c.source == source) & (table.c.id == id_)
        conn.execute(update(table).where(here).values(missing_since=now))
    return gone


def _observe(conn: Connection, source: str, milestones: Sequence[Milestone], seen_at: datetime) -> None:
    last = _last_observations(conn, source)
    seen = (
        rows.observation_row(MilestoneObservation(m.source, m.id, seen_at, m.title, m.start, m.due)) for m in milestones
    )
    # A clock that was set back may tell an instant twice.
    upsert(conn, schema.milestone_observations, [row for row in seen if last.get(row[1]) != row[3:]])


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
