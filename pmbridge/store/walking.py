"""Going through all items of the store, some hundreds at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select, tuple_

from pmbridge.store.schema import items

#: How many items are looked at in one go.
AT_ONCE = 500


def walk(conn: Connection, source: str, at_once: int = AT_ONCE) -> Iterator[list[str]]:
    """Yield the ids of a source's items in their order; what is written meanwhile neither repeats nor skips one."""
    table, last = items.c, ""
    while True:
        chosen = select(table.id).where(table.source == source, table.id > last).order_by(table.id).limit(at_once)
        found = list(conn.execute(chosen).scalars())
        if found:
            yield found
        if len(found) < at_once:
            return
        last = found[-1]


def walk_project(
    conn: Connection, source: str, project: str, at_once: int = AT_ONCE
) -> Iterator[list[tuple[str, int, str | None]]]:
    """Yield the items of a project in the order in which they were seen: id, instant, gap."""
    table = items.c
    here = (table.source == source) & (table.project == project)
    last = -(2**62), ""
    while True:
        after = tuple_(table.seen_at, table.id) > last
        chosen = select(table.id, table.seen_at, table.gap).where(here, after).order_by(table.seen_at, table.id)
        found = [tuple(row) for row in conn.execute(chosen.limit(at_once))]
        if found:
            yield found
        if len(found) < at_once:
            return
        last = found[-1][1], found[-1][0]


def sources_of_items(conn: Connection) -> list[str]:
    """Return the sources that have items."""
    return list(conn.execute(select(items.c.source).distinct().order_by(items.c.source)).scalars())
