"""Each item with its own changes, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.history.columns import Columns
from pmbridge.history.order import ItemId
from pmbridge.model import Change, History, Item

__all__ = ["ItemId", "Record", "records"]


class Record:
    """An item as it is now, with everything known of what happened to it; its changes are gathered once asked for."""

    __slots__ = ("_changes", "columns", "id", "item", "place")

    def __init__(self, item: Item, columns: Columns, place: int) -> None:
        self.item = item
        #: The item's source and immutable id.
        self.id: ItemId = (item.source, item.id)
        #: The changes of the whole history, and where the item stands among those they are of.
        self.columns, self.place = columns, place
        self._changes: tuple[Change, ...] | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """What happened to it."""
        if self._changes is None:
            self._changes = self.columns.of_item(self.place)
        return self._changes

    def edits(self) -> Iterator[tuple[int, str | None]]:
        """Return when, in microseconds, and by whom it was changed, without making the changes."""
        columns, changes = self.columns, self.columns.changes
        own = columns.order[columns.first[self.place] : columns.first[self.place + 1]]
        return zip(changes.at[own].tolist(), map(changes.texts.__getitem__, changes.author[own].tolist()), strict=True)


def records(history: History, columns: Columns | None = None) -> tuple[Record, ...]:
    """Give every item its changes; ``columns`` are those of the history where they are known already."""
    known = Columns.of(history.items, history.changes) if columns is None else columns
    return tuple([Record(item, known, place) for place, item in enumerate(history.items)])
