"""Which report each duplicate is a duplicate of, chains followed to their root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug


def roots(pairs: Iterable[tuple[ItemId, ItemId]], bugs: Mapping[ItemId, Bug]) -> dict[ItemId, ItemId]:
    """Return the root of every report that has another as its root.

    ``pairs`` are duplicate and original. Of several originals the oldest counts; an original nobody knows is none. A
    ring has no root of its own: its oldest open report is taken, else its oldest.
    """
    above = _originals(pairs, bugs)
    found: dict[ItemId, ItemId] = {}
    for start in above:
        if start not in found:
            _follow(start, above, found, bugs)
    return {report: root for report, root in found.items() if report != root}


def _originals(pairs: Iterable[tuple[ItemId, ItemId]], bugs: Mapping[ItemId, Bug]) -> dict[ItemId, ItemId]:
    above: dict[ItemId, ItemId] = {}
    for duplicate, original in sorted(pairs):
        if duplicate == original or duplicate not in bugs or original not in bugs:
            continue
        chosen = above.get(duplicate)
        if chosen is None or _age(bugs[original]) < _age(bugs[chosen]):
            above[duplicate] = original
    return above


def _follow(
    start: ItemId, above: Mapping[ItemId, ItemId], found: dict[ItemId, ItemId], bugs: Mapping[ItemId, Bug]
) -> None:
    """Walk up from a report and give everything on the way its root."""
    path: dict[ItemId, int] = {}
    here = start
    while here not in path and here not in found and here in above:
        path[here] = len(path)
        here = above[here]
    if here in path:
        ring = list(path)[path[here] :]
        root = min(ring, key=lambda one: (not bugs[one].is_open, *_age(bugs[one])))
    else:
        root = found.get(here, here)
    found.update(dict.fromkeys(path, root))


def _age(bug: Bug) -> tuple[object, ItemId]:
    return bug.created_at, bug.id
