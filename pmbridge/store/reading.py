"""Reading the history of a product's projects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, Table, select

from pmbridge.collector import collector_paused
from pmbridge.model import FieldName, History, Item, Milestone, SourceState
from pmbridge.store import rows, schema
from pmbridge.store.bulk import key_of
from pmbridge.store.certificates import last_certificate, usual_interval
from pmbridge.store.changes import read_changes
from pmbridge.store.delivery import read_deployments, read_merge_requests
from pmbridge.store.evidence import read_executions, read_tests
from pmbridge.store.tombstones import alive, ids_of
from pmbridge.store.watermarks import read_watermark

if TYPE_CHECKING:
    from pmbridge.model.changes import Changes


def read_history(conn: Connection, projects: Mapping[str, Sequence[str]]) -> History:
    """Return all that is stored of some projects, given by source.

    Milestones are those of the projects, of the groups above them, and those an item is or was in. People and
    statuses are those of the sources. Edits of one instant stand in the order of their ids, read as numbers where
    they are numbers.
    """
    with collector_paused():
        return _read(conn, {source: sorted(set(names)) for source, names in sorted(projects.items())})


def _read(conn: Connection, projects: Mapping[str, Sequence[str]]) -> History:
    items = sorted(_items(conn, projects), key=lambda item: (item.source, item.key))
    changes = read_changes(conn, projects)
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
        sources=tuple(read_state(conn, source, names) for source, names in projects.items()),
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


def _milestones(
    conn: Connection, projects: Mapping[str, Sequence[str]], items: Iterable[Item], changes: Changes
) -> tuple[Milestone, ...]:
    used = {(item.source, id_) for item in items for id_ in item.milestones} | changes.ends(FieldName.MILESTONES)
    table = schema.milestones.c
    present = select(table.source, table.id, table.project, table.body)
    found = _fetched(conn, present.where(table.source.in_(projects), table.missing_since.is_(None)))
    kept = [row for row in found if (row[0], row[1]) in used or _covers(row[2], projects[row[0]])]
    return tuple(rows.milestones_from(row[3] for row in sorted(kept, key=lambda row: (row[0], row[1]))))


def _covers(place: str, names: Collection[str]) -> bool:
    """Say whether a place is one of the projects or a group above one."""
    return place in names or any(name.startswith(f"{place}/") for name in names)


def _observations(
    conn: Connection, projects: Mapping[str, Sequence[str]], milestones: Iterable[Milestone]
) -> tuple[Any, ...]:
    kept = {(m.source, m.id) for m in milestones}
    found = _of_sources(conn, schema.milestone_observations, projects)
    return tuple(rows.observations_from(row for row in found if (row[0], row[1]) in kept))


def _links(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Iterator[rows.Row]:
    table = schema.links
    for source, names in projects.items():
        found: dict[str, rows.Row] = {}
        for end in (table.c.item, table.c.target):
            own = select(table).where(table.c.source == source, end.in_(ids_of(source, names)))
            found |= {row.id: row for row in conn.execute(own)}
        yield from (found[id_] for id_ in sorted(found))


def _of_items(conn: Connection, table: Table, projects: Mapping[str, Sequence[str]]) -> Iterator[rows.Row]:
    # Sorted here: asked for in order, SQLite walks through the rows of all projects to spare itself the sorting.
    for source, names in projects.items():
        own = select(table).where(table.c.source == source, table.c.item.in_(ids_of(source, names)))
        yield from sorted(_fetched(conn, own), key=key_of(table))


def _of_sources(conn: Connection, table: Table, sources: Iterable[str]) -> Sequence[rows.Row]:
    chosen = select(table).where(table.c.source.in_(list(sources)))
    return _fetched(conn, chosen.order_by(*table.primary_key))


def read_state(conn: Connection, source: str, names: Sequence[str]) -> SourceState:
    """Return what is known of a source as far as some of its projects go."""
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
        interval=usual_interval(conn, source),
    )


def _fetched(conn: Connection, statement: Select[Any]) -> Sequence[rows.Row]:
    return conn.execute(statement).all()
