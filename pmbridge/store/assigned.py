"""The open work of some people, whatever else the projects hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, literal_column, or_, select

from pmbridge.model import Change, FieldName, History, Item, Person, SourceState, StatusCategory
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store import rows, schema
from pmbridge.store.bulk import portions
from pmbridge.store.tombstones import alive

#: Written out, so that the index of assignees answers.
_ASSIGNEES: ColumnElement[str] = literal_column(f"'{FieldName.ASSIGNEES.value}'")


def read_people(conn: Connection, sources: Collection[str]) -> tuple[Person, ...]:
    """Return everybody in some sources, by source and id."""
    table = schema.people
    chosen = select(table).where(table.c.source.in_(sorted(sources))).order_by(*table.primary_key)
    return tuple(rows.people_from(conn.execute(chosen).all()))


def read_assigned(
    conn: Connection, accounts: Collection[tuple[str, str]], projects: Mapping[str, Collection[str]], at: datetime
) -> History:
    """Return the work in some projects that any of some accounts, by source and id, held at an instant or later.

    What had ended by then in its tracker's eyes is left out. The history holds what belongs to that work: links,
    milestones with their dates as seen over time, statuses; changes only of what was touched later, to set it back.
    """
    own = {source: sorted(id_ for s, id_ in accounts if s == source) for source in sorted(projects)}
    held = {source: _held(conn, source, ids, projects[source], at) for source, ids in own.items() if ids}
    items = [item for source, ids in held.items() for item in _items(conn, source, ids)]
    if not items:
        return History()
    items.sort(key=lambda item: (item.source, item.key))
    places = {source: {id_ for i in items if i.source == source for id_ in i.milestones} for source in held}
    late = {source: [i.id for i in items if i.source == source and i.updated_at > at] for source in held}
    changed = [row for source, ids in late.items() for row in _of(conn, schema.changes, source, "item", ids)]
    for row in changed:
        if row[rows.FIELD] == FieldName.MILESTONES.value:
            places[row[0]] |= {end for end in (row[rows.BEFORE], row[rows.AFTER]) if end}
    return History(
        items=tuple(items),
        changes=tuple(_changes(changed)),
        milestones=tuple(rows.milestones_from(row.body for row in _there(conn, places))),
        links=tuple(rows.links_from(_all(conn, schema.links, "item", held))),
        statuses=tuple(rows.statuses_from(_statuses(conn, {item.source for item in items}))),
        observations=tuple(rows.observations_from(_all(conn, schema.milestone_observations, "milestone", places))),
        sources=tuple(_states(conn, {item.source for item in items})),
    )


def _held(conn: Connection, source: str, accounts: Sequence[str], projects: Collection[str], at: datetime) -> list[str]:
    item, stay, then = schema.items.c, schema.intervals.c, to_micros(at)
    of_one = (item.source == stay.source) & (item.id == stay.item)
    found: set[str] = set()
    for some in portions(accounts):
        chosen = select(item.id).join_from(schema.intervals, schema.items, of_one)
        lasting = or_(stay.until.is_(None), stay.until > then)
        theirs = (stay.source == source) & (stay.field == _ASSIGNEES) & stay.value.in_(some) & lasting
        here = item.project.in_(sorted(projects)) & or_(item.updated_at > then, ~_ended()) & alive()
        found.update(conn.execute(chosen.where(theirs, here)).scalars())
    return sorted(found)


def _ended() -> ColumnElement[bool]:
    """Tell an ended item by its body: a quote within a text has a backslash before it, so no title looks like this."""
    ends = (StatusCategory.DONE, StatusCategory.CANCELLED)
    return or_(*(schema.items.c.body.contains(f'"category":"{end.value}"', autoescape=True) for end in ends))


def _items(conn: Connection, source: str, ids: Iterable[str]) -> Iterator[Item]:
    return rows.items_from(_bodies(conn, schema.items, {source: ids}))


def _bodies(conn: Connection, table: Table, wanted: Mapping[str, Iterable[str]]) -> Iterator[str]:
    return (row.body for row in _all(conn, table, "id", wanted))


def _there(conn: Connection, wanted: Mapping[str, Iterable[str]]) -> Iterator[Any]:
    """Yield the milestones that are still in their tracker."""
    return (row for row in _all(conn, schema.milestones, "id", wanted) if row.missing_since is None)


def _all(conn: Connection, table: Table, column: str, wanted: Mapping[str, Iterable[str]]) -> Iterator[Any]:
    for source, ids in wanted.items():
        yield from _of(conn, table, source, column, ids)


def _of(conn: Connection, table: Table, source: str, column: str, ids: Iterable[str]) -> Iterator[Any]:
    key = list(table.primary_key)
    for some in portions(sorted(ids)):
        chosen = select(table).where(table.c.source == source, table.c[column].in_(some))
        yield from conn.execute(chosen.order_by(*key)).all()


def _statuses(conn: Connection, sources: Collection[str]) -> Iterable[Any]:
    table = schema.statuses
    return conn.execute(select(table).where(table.c.source.in_(sorted(sources))).order_by(*table.primary_key)).all()


def _states(conn: Connection, sources: Collection[str]) -> Iterator[SourceState]:
    table = schema.sources.c
    known = select(table.name, table.kind, table.url).where(table.name.in_(sorted(sources))).order_by(table.name)
    return (SourceState(name=name, kind=kind, url=url) for name, kind, url in conn.execute(known))


def _changes(found: Iterable[Any]) -> Iterator[Change]:
    """Put changes in the order in which a history holds them."""
    names = tuple(Change.model_fields)
    for row in sorted(found, key=lambda row: (*rows.in_order(row), row[0], row[rows.ITEM])):
        values = dict(zip(names, row, strict=True))
        yield Change(**values | {"at": from_micros(row[rows.AT]), "field": FieldName(row[rows.FIELD])})
