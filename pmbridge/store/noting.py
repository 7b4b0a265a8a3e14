"""Noticing in which projects something changes through what a tracker brought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Table, or_, select

from pmbridge.model import Change, Link, Worklog
from pmbridge.store.bulk import Row, Rows, portions
from pmbridge.store.revisions import touch
from pmbridge.store.schema import changes, items, links, memberships, milestones, worklogs

#: How the rows that hang on some items are told apart from one another: the table, and the row itself.
Hanging = frozenset[tuple[str, Row]]

_ID, _PROJECT, _GAP, _BODY = 1, 3, 6, 7
_ITEM, _TARGET = 2, 3


class Hung(Protocol):
    """The parts of a page that hang on items."""

    @property
    def changes(self) -> Sequence[Change]: ...  # noqa: D102
    @property
    def links(self) -> Sequence[Link]: ...  # noqa: D102
    @property
    def worklogs(self) -> Sequence[Worklog]: ...  # noqa: D102
    @property
    def gone_worklogs(self) -> Sequence[str]: ...  # noqa: D102


@contextmanager
def noting(conn: Connection, source: str, page: Hung, made: Rows) -> Iterator[set[str]]:
    """Touch every project in which the writing of a page changes something: of what moves both, of links both ends.

    ``made`` are the rows of the page's items. A page that brings what is stored already, as the overlap of two runs
    does, touches nothing. Projects that change by anything else are put into the set that is handed over: all are
    touched together, so that two writers never wait for each other.
    """
    moved: set[str] = set()
    ids = {row[_ID] for row in made} | _hanging_on(conn, source, page)
    stored = _stored(conn, source, ids)
    # Where an item is new or another, only links lead to further projects; else anything may have come to it.
    differ = any(stored.get(row[_ID]) != (row[_PROJECT], row[_GAP], row[_BODY]) for row in made)
    tables = (links,) if differ else (links, changes, worklogs)
    before = _hanging(conn, tables, source, stored)
    yield moved
    after = _hanging(conn, tables, source, ids) if stored or page.links else before
    if differ or before != after:
        ends = {row[end] for table, row in before ^ after if table == links.name for end in (_ITEM, _TARGET)}
        beyond = _stored(conn, source, ends - ids)
        moved |= {row[_PROJECT] for row in made} | _projects(stored) | _projects(beyond)
    touch(conn, source, moved)


def reach(conn: Connection, source: str, ids: Collection[str]) -> set[str]:
    """Return the projects of some milestones, and those whose items are or were in one of them."""
    found: set[str] = set()
    joined = memberships.join(items, (items.c.source == memberships.c.source) & (items.c.id == memberships.c.item))
    for some in portions(sorted(ids)):
        own = select(milestones.c.project).where(milestones.c.source == source, milestones.c.id.in_(some))
        inside = (memberships.c.source == source) & memberships.c.milestone.in_(some)
        used = select(items.c.project).select_from(joined).where(inside).distinct()
        found |= {*conn.execute(own).scalars(), *conn.execute(used).scalars()}
    return found


def _hanging_on(conn: Connection, source: str, page: Hung) -> set[str]:
    """Return the items on which something of a page hangs, or hung: they need not be on the page themselves."""
    found = {change.item for change in page.changes} | {log.item for log in page.worklogs}
    found.update(link.item for link in page.links)
    if page.gone_worklogs:
        here = (worklogs.c.source == source) & worklogs.c.id.in_(page.gone_worklogs)
        found.update(conn.execute(select(worklogs.c.item).where(here)).scalars())
    return found


def _stored(conn: Connection, source: str, ids: Collection[str]) -> Mapping[str, Row]:
    """Return project, gap and body of those of some items that are stored, by id."""
    if not ids:
        return {}
    table = items.c
    here = (table.source == source) & table.id.in_(sorted(ids))
    return {
        id_: tuple(rest)
        for id_, *rest in conn.execute(select(table.id, table.project, table.gap, table.body).where(here))
    }


def _projects(stored: Mapping[str, Row]) -> set[str]:
    return {project for project, *_ in stored.values()}


def _hanging(conn: Connection, tables: Iterable[Table], source: str, ids: Collection[str]) -> Hanging:
    if not ids:
        return frozenset()
    return frozenset((table.name, tuple(row)) for table in tables for row in _of(conn, table, source, sorted(ids)))


def _of(conn: Connection, table: Table, source: str, ids: Sequence[str]) -> Any:
    ends = [table.c.item.in_(ids)] + ([table.c.target.in_(ids)] if table is links else [])
    return conn.execute(select(table).where(table.c.source == source, or_(*ends)))
