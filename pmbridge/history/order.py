"""The order in which the changes of an item happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from pmbridge.model import Change

#: An item across trackers: its source and its immutable id.
ItemId = tuple[str, str]


def sequence(change: Change) -> tuple[datetime, int, str, int]:
    """Return what orders changes: trackers number their edits, so of two numbers the longer one is the later."""
    return change.at, len(change.history), change.history, change.position


def group(changes: Iterable[Change]) -> dict[ItemId, list[Change]]:
    """Sort changes by item and, within an item, by the order in which they happened."""
    grouped: defaultdict[ItemId, list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.source, change.item].append(change)
    for own in grouped.values():
        own.sort(key=sequence)
    return dict(grouped)
