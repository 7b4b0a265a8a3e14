"""Which report each duplicate is a duplicate of, chains followed to their root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug
from pmbridge.metrics.bugflow.columns import BugColumns


def roots(pairs: Iterable[tuple[ItemId, ItemId]], bugs: Iterable[Bug]) -> dict[ItemId, ItemId]:
    """Return the root of every report that has another as its root.

    ``pairs`` are duplicate and original. Of several originals the oldest counts; an original nobody knows is none. A
    ring has no root of its own: its oldest open report is taken, else its oldest.
    """
    known = _Known(BugColumns.of(bugs))
    above = _originals(pairs, known)
    found: dict[ItemId, ItemId] = {}
    for start in above:
        if start not in found:
            _follow(start, above, found, known)
    return {report: root for report, root in found.items() if report != root}


class _Known:
    """What of a bug decides who is whose original."""

    def __init__(self, columns: BugColumns) -> None:
        self._place_of = columns.place_of
        self._created, self._is_open = columns.created.tolist(), columns.is_open.tolist()

    def __contains__(self, id_: ItemId) -> bool:
        return id_ in self._place_of

    def age(self, id_: ItemId) -> tuple[int, ItemId]:
        """Return what the older of two has less of."""
        return self._created[self._place_of[id_]], id_

    def is_closed(self, id_: ItemId) -> bool:
        """Tell whether a bug is over."""
        return not self._is_open[self._place_of[id_]]


def _originals(pairs: Iterable[tuple[ItemId, ItemId]], bugs: _Known) -> dict[ItemId, ItemId]:
    above: dict[ItemId, ItemId] = {}
    for duplicate, original in sorted(pairs):
        if duplicate == original or duplicate not in bugs or original not in bugs:
            continue
        chosen = above.get(duplicate)
        if chosen is None or bugs.age(original) < bugs.age(chosen):
            above[duplicate] = original
    return above


def _follow(start: ItemId, above: Mapping[ItemId, ItemId], found: dict[ItemId, ItemId], bugs: _Known) -> None:
    """Walk up from a report and give everything on the way its root."""
    path: dict[ItemId, int] = {}
    here = start
    while here not in path and here not in found and here in above:
        path[here] = len(path)
        here = above[here]
    if here in path:
        ring = list(path)[path[here] :]
        root = min(ring, key=lambda one: (bugs.is_closed(one), *bugs.age(one)))
    else:
        root = found.get(here, here)
    found.update(dict.fromkeys(path, root))
