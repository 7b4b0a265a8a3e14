"""Reading changes by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from pmbridge.store import schema
from pmbridge.store.rows import Row
from pmbridge.store.tombstones import ids_of

if TYPE_CHECKING:
    from pmbridge.model.changes import Changes

#: How many rows of a long result are fetched in one go.
_AT_ONCE = 5000


def read_changes(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Changes:
    """Return the changes of some projects, given by source, by instant, history, position, source and item.

    They come as they lie, item by item, and are put in order here: by numbers first, which a database does no faster
    with whole rows to carry. Those of one instant stand in the order of their histories' ids, read as numbers.
    """
    from pmbridge.model.changes import Recorder

    recorder = Recorder()
    for rows in _parts(conn, projects):
        recorder.record(rows)
    return _ordered(recorder.changes())


def _parts(conn: Connection, projects: Mapping[str, Sequence[str]]) -> Iterator[Sequence[Row]]:
    table = schema.changes
    for source, names in projects.items():
        chosen = select(table).where(table.c.source == source, table.c.item.in_(ids_of(source, names)))
        yield from conn.execute(chosen, execution_options={"yield_per": _AT_ONCE}).partitions()


def _ordered(changes: Changes) -> Changes:
    import numpy

    rank = numpy.empty(len(changes.items), numpy.int64)
    rank[sorted(range(len(rank)), key=changes.items.__getitem__)] = numpy.arange(len(rank))
    return changes.taken(changes.sequence(rank[changes.item]))
