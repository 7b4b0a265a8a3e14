"""Each item with its own changes, in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

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
    grouped: defaultdict[ItemId, list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.source, change.item].append(change)
    for own in grouped.values():
        in_order(own)
    return grouped


def in_order(changes: list[Change]) -> None:
    """Sort changes in place by instant, then edit, then place within the edit; a sorted list costs one look."""
    if any(a.at >= b.at for a, b in pairwise(changes)):
        changes.sort(key=sequence)


def sequence(change: Change) -> tuple[datetime, int, str, int]:
    """Return what orders changes: trackers number their edits, so of two numbers the longer one is the later."""
    return change.at, len(change.history), change.history, change.position
