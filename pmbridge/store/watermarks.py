"""How far each project is known to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from pmbridge.model.instants import from_micros_or_none, to_micros_or_none
from pmbridge.store.bulk import upsert
from pmbridge.store.schema import watermarks

#: Stands between a project and what is read beside its items, in the name of a mark; no tracker names a project so.
BESIDE = "#"


@dataclass(frozen=True, slots=True)
class Watermark:
    """The progress of one project, in instants of its tracker's clock.

    Everything up to ``instant`` is stored. While a run is under way, ``started_at`` is its start, ``since`` what it
    asks for (``None`` for everything), and ``cursor`` where it goes on.
    """

    source: str
    project: str
    instant: datetime | None = None
    started_at: datetime | None = None
    since: datetime | None = None
    cursor: str | None = None


def read_watermark(conn: Connection, source: str, project: str) -> Watermark:
    """Return a project's progress; without an instant if it was never read."""
    table = watermarks.c
    row = conn.execute(select(watermarks).where(table.source == source, table.project == project)).one_or_none()
    if row is None:
        return Watermark(source, project)
    instant, started_at, since = map(from_micros_or_none, (row.watermark, row.started_at, row.since))
    return Watermark(source, project, instant, started_at, since, row.cursor)


def known_until(conn: Connection, projects: Mapping[str, Sequence[str]]) -> datetime | None:
    """Return up to when some projects, given by source, are known; ``None`` if no source of theirs was read whole."""
    read: list[int] = []
    for source, names in projects.items():
        table = watermarks.c
        chosen = select(table.watermark).where(table.source == source, table.project.in_(names))
        marks = [mark for mark in conn.execute(chosen).scalars() if mark is not None]
        if marks and len(marks) == len(set(names)):
            read.append(min(marks))
    return from_micros_or_none(max(read, default=None))


def write_watermark(conn: Connection, mark: Watermark) -> None:
    """Store a project's progress; do it in the transaction that stores the rows it speaks of."""
    instants = map(to_micros_or_none, (mark.instant, mark.started_at, mark.since))
    upsert(conn, watermarks, [(mark.source, mark.project, *instants, mark.cursor)])
