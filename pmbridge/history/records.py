"""Each item with its own changes, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pmbridge.model import Change, History, Item

#: An item across trackers: its source and its immutable id.
ItemId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """An item as it is now, with everything known of what happened to it."""

    item: Item
    changes: tuple[Change, ...] = ()

    @property
    def id(self) -> ItemId:
        """The item's source and immutable id."""
        return self.item.source, self.item.id


def records(history: History) -> tuple[Record, ...]:
    """Give every item its changes. Changes of items that are not in the history are left out."""
    grouped = group(history.changes)
    return tuple(Record(item, tuple(grouped.get((item.source, item.id), ()))) for item in history.items)


def group(changes: Iterable[Change]) -> dict[ItemId, list[Change]]:
    """Sort changes by item and, within an item, by the order in which they happened."""
    grouped: dict[ItemId, list[Change]] = {}
    mixed: set[ItemId] = set()
    for change in changes:
        id_ = change.source, change.item
        own = grouped.get(id_)
        if own is None:
            grouped[id_] = [change]
            continue
        if own[-1].at >= change.at:
            mixed.add(id_)
        own.append(change)
    for id_ in mixed:
        grouped[id_].sort(key=sequence)
    return grouped


def sequence(change: Change) -> tuple[datetime, int, str, int]:
    """Return what orders changes: trackers number their edits, so of two numbers the longer one is the later."""
    return change.at, len(change.history), change.history, change.position
