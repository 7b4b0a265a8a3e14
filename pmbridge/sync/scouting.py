"""Letting a connector look at all projects at once before any of them is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pmbridge.connector import Connector, Held, Scouting
from pmbridge.store import Store
from pmbridge.store.holdings import count_items
from pmbridge.store.watermarks import read_watermark
from pmbridge.sync.pull import OVERLAP


def scout(connector: Connector, store: Store, projects: Sequence[str]) -> None:
    """Tell a connector what is held of projects that are not half read; raises what it raises.

    Where there are no projects to look at, it forgets what it saw in an earlier run.
    """
    if isinstance(connector, Scouting):
        connector.scout(dict(_held(connector.name, store, projects)))


def _held(source: str, store: Store, projects: Sequence[str]) -> Iterator[tuple[str, Held | None]]:
    with store.read() as conn:
        for project in projects:
            mark = read_watermark(conn, source, project)
            if mark.cursor is None:
                yield project, _known(mark.instant, count_items(conn, source, project))


def _known(until: datetime | None, items: int) -> Held | None:
    return None if until is None else Held(until=until, since=until - OVERLAP, items=items)
