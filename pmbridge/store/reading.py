"""Reading the history of a product's projects."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select, union_all

from pmbridge.model import Change, FieldName, History, Item, Milestone, SourceState
from pmbridge.store import rows, schema
from pmbridge.store.certificates import last_certificate
from pmbridge.store.delivery import read_deployments, read_merge_requests
from pmbridge.store.evidence import read_executions, read_tests
from pmbridge.store.tombstones import alive
from pmbridge.store.watermarks import read_watermark

#: How many rows of a long result are fetched in one go.
_AT_ONCE = 2000


def read_history(conn: Connection, projects: Mapping[str, Sequence[str]]) -> History:
    """Return all that is stored of some projects, given by source.

    Milestones are those of the projects, of the groups above them, and those an item is or was in. People and
    statuses are those of the sources. Edits of one instant stand in the order of their ids, read as numbers where
    they are numbers.
    """
    with _collector_paused():
        return _read(conn, {source: sorted(set(names)) for source, names in sorted(projects.items())})


def _read(conn: Connection, projects: Mapping[str, Sequence[str]]) -> History:
    items = sorted(_items(conn, projects), key=lambda item: (item.source, item.key))
    changes = tuple(_changes(conn, projects))
    milestones = _milestones(conn, projects, items, changes)
    return History(
        items=tuple(items),
        changes=changes,
        milestones=milestones,
        links=tuple(rows.links_from(_links(conn, projects))),
        worklogs=tuple(rows.worklogs_from(_of_items(conn, schema.worklogs, projects))),
        people=tuple(rows.people_from(_of_sources(conn, schema.people, projects))),
        statuses=tuple(rows.statuses_from(_of_sources(conn, schema.statuses, projects))),
        observations=_observations(conn, projects, milestones),
        sources=tuple(_state(conn, source, names) for source, names in projects.items()),
        tests=read_tests(conn, projects),
        executions=read_executions(conn, projects),
        deployments=read_deployments(conn, projects),
        merge_requests=read_merge_requests(conn, projects),
    )


def _items(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Iterator[Item]:
    for source, names in projects.items():
        table = schema.items.c
        chosen = select(table.body).where(table.source == source, table.project.in_(names), alive())
        yield from rows.items_from(body for (body,) in _fetched(conn, chosen))


def _changes(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Iterator[Change]:
    """Yield changes in their order; sorted by the database, since they are too many to be held twice."""
    if not projects:
        return iter(())
    found = union_all(*(_chosen(schema.changes, *project) for project in projects.items())).subquery().c
    order = found.at, func.length(found.history), found.history, found.position, found.source, found.item
    streamed = conn.execute(select(*found).order_by(*order), execution_options={"yield_per": _AT_ONCE})
    return rows.changes_from(streamed)


def _milestones(
    conn: Connection, projects: Mapping[str, Sequence[str]], items: Iterable[Item], changes: Iterable[Change]
) -> tuple[Milestone, ...]:
    used = {(item.source, id_) for item in items for id_ in item.milestones}
    for change in changes:
        if change.field is FieldName.MILESTONES:
            used.update((change.source, id_) for id_ in (change.before, change.after) if id_)
    table = schema.milestones.c
    present = select(table.body).where(table.source.in_(projects), table.missing_since.is_(None))
    found = rows.milestones_from(body for (body,) in _fetched(conn, present))
    kept = [m for m in found if (m.source, m.id) in used or _covers(m.project, projects[m.source])]
    return tuple(sorted(kept, key=lambda m: (m.source, m.id)))


def _covers(place: str, names: Collection[str]) -> bool:
    """Say whether a place is one of the projects or a group above one."""
    return place in names or any(name.startswith(f"{place}/") for name in names)


def _observations(
    conn: Connection, projects: Mapping[str, Sequence[str]], milestones: Iterable[Milestone]
) -> tuple[Any, ...]:
    kept = {(m.source, m.id) for m in milestones}
    found = _of_sources(conn, schema.milestone_observations, projects)
    return tuple(seen for seen in rows.observations_from(found) if (seen.source, seen.milestone) in kept)


def _links(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Iterator[rows.Row]:
    table = schema.links
    for source, names in projects.items():
        ids = _ids(source, names)
        either = or_(table.c.item.in_(ids), table.c.target.in_(ids))
        yield from _fetched(conn, select(table).where(table.c.source == source, either).order_by(table.c.id))


def _of_items(conn: Connection, table: Table, projects: Mapping[str, Sequence[str]]) -> Iterator[rows.Row]:
    for source, names in projects.items():
        yield from _fetched(conn, _chosen(table, source, names).order_by(*table.primary_key))


def _chosen(table: Table, source: str, names: Sequence[str]) -> Select[Any]:
    return select(table).where(table.c.source == source, table.c.item.in_(_ids(source, names)))


def _of_sources(conn: Connection, table: Table, sources: Iterable[str]) -> Sequence[rows.Row]:
    chosen = select(table).where(table.c.source.in_(list(sources)))
    return _fetched(conn, chosen.order_by(*table.primary_key))


def _ids(source: str, names: Sequence[str]) -> Select[tuple[str]]:
    table = schema.items.c
    here: ColumnElement[bool] = (table.source == source) & table.project.in_(names) & alive()
    return select(table.id).where(here)


def _state(conn: Connection, source: str, names: Sequence[str]) -> SourceState:
    table = schema.sources.c
    row = conn.execute(select(table.kind, table.url).where(table.name == source)).one_or_none()
    instants = [read_watermark(conn, source, name).instant for name in names]
    read = [instant for instant in instants if instant is not None]
    return SourceState(
        name=source,
        kind=row.kind if row else "",
        url=row.url if row else "",
        synced_at=min(read) if read and len(read) == len(instants) else None,
        certificate=last_certificate(conn, source),
    )


def _fetched(conn: Connection, statement: Select[Any]) -> Sequence[rows.Row]:
    return conn.execute(statement).all()


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Hundreds of thousands of young values, none of them garbage: collecting among them doubles the time.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
