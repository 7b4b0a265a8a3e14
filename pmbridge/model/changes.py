"""The changes of a history side by side in columns: a change becomes a value once somebody asks for it."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import eq
from typing import Any, overload

import numpy
from numpy.typing import NDArray

from pmbridge.model.coding import Coder, Codes
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.model.items import Change, FieldName, trusted_change

#: What the numbers in a column of fields mean.
FIELDS = tuple(FieldName)
FIELD_CODE = {field: code for code, field in enumerate(FIELDS)}

#: Source, item, history, position, instant in microseconds, author, field, and the four values, as in `Change`.
Row = Sequence[Any]
Whole = NDArray[numpy.int64]
_WIDTH = 11
#: How many values are made in one go.
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Changes(Sequence[Change]):
    """A sequence of changes that cannot be altered, equal to the tuple of its values.

    ``item`` is the place in ``items``, which are named by source and id, ``field`` that in `FIELDS`; ``at`` is in
    microseconds. Author and values are places in ``texts``, nothing is 0.
    """

    texts: Sequence[str | None]
    items: Sequence[tuple[str, str]]
    item: Codes
    history: NDArray[numpy.str_]
    position: Whole
    at: Whole
    author: Codes
    field: NDArray[numpy.int8]
    before: Codes
    after: Codes
    before_name: Codes
    after_name: Codes

    def __post_init__(self) -> None:
        for column in self._columns:
            column.flags.writeable = False

    @classmethod
    def of(cls, changes: Sequence[Change]) -> Changes:
        """Return changes in columns, those that are already as they are."""
        if isinstance(changes, cls):
            return changes
        recorder = Recorder()
        recorder.record([_row(change) for change in changes])
        return recorder.changes()

    def __len__(self) -> int:
        return len(self.at)

    @overload
    def __getitem__(self, place: int) -> Change: ...

    @overload
    def __getitem__(self, place: slice) -> Changes: ...

    def __getitem__(self, place: int | slice) -> Change | Changes:
        if isinstance(place, slice):
            return self.taken(place)
        return self._value(*[column.item(place) for column in self._columns])

    def __iter__(self) -> Iterator[Change]:
        for begin in range(0, len(self), _AT_ONCE):
            yield from self.values(slice(begin, begin + _AT_ONCE))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __repr__(self) -> str:
        return f"Changes({list(self)})"

    def taken(self, places: NDArray[Any] | slice) -> Changes:
        """Return some of the changes, by their places or by a flag for each."""
        return Changes(self.texts, self.items, *[column[places] for column in self._columns])

    def of_items(self, wanted: Container[tuple[str, str]]) -> Changes:
        """Return the changes of some items, named by source and id."""
        flags = numpy.array([item in wanted for item in self.items], numpy.bool_)
        return self.taken(flags[self.item])

    def values(self, places: NDArray[Any] | slice) -> list[Change]:
        """Return some of the changes as values."""
        return list(map(self._value, *[column[places].tolist() for column in self._columns]))

    def sequence(self, *then_by: Whole) -> Whole:
        """Return the order in which they happened, as places; ``then_by`` decides among all that is alike.

        Trackers number their edits, so of two of one instant the one with the longer or greater number is the later.
        """
        rises = bool((self.at[1:] >= self.at[:-1]).all())
        order: Whole = numpy.arange(len(self)) if rises else numpy.argsort(self.at, kind="stable")
        follows = numpy.diff(self.at[order]) == 0
        together = (
            numpy.flatnonzero(numpy.append(follows, False) | numpy.append(False, follows)) if follows.any() else ()
        )
        if len(together):
            some = self.taken(order[together])
            length = numpy.char.str_len(some.history)
            keys = *[key[order[together]] for key in then_by], some.position, some.history, length, some.at
            order[together] = order[together][numpy.lexsort(keys)]
        return order

    def ends(self, field: FieldName) -> set[tuple[str, str]]:
        """Return, with its source, everything that a field ever came from or went to."""
        own = self.field == FIELD_CODE[field]
        sources: Coder[str] = Coder()
        source = sources.codes([source for source, _ in self.items], len(self.items))[self.item[own]]
        pairs = {
            pair for end in (self.before, self.after) for pair in zip(source.tolist(), end[own].tolist(), strict=True)
        }
        names, texts = list(sources), self.texts
        return {(names[source], text) for source, end in pairs if (text := texts[end]) is not None}

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return tuple([getattr(self, name) for name in _COLUMNS])

    def _value(self, item: int, history: str, position: int, at: int, author: int, field: int, *ends: int) -> Change:
        texts = self.texts
        return trusted_change(
            *self.items[item],
            history,
            position,
            from_micros(at),
            texts[author],
            FIELDS[field],
            *[texts[end] for end in ends],
        )


_COLUMNS = tuple([one.name for one in fields(Changes)])[2:]


class Recorder:
    """Writes changes down in columns, some rows at a time; of equal texts one is kept."""

    def __init__(self) -> None:
        self._texts: Coder[str | None] = Coder((None,))
        self._items: Coder[tuple[str, str]] = Coder()
        self._parts: list[list[NDArray[Any]]] = []

    def record(self, rows: Collection[Row]) -> None:
        """Write down some rows."""
        count, code = len(rows), self._texts.codes
        columns = list(zip(*rows, strict=True)) or [()] * _WIDTH
        source, item, history, position, at, author, field, *ends = columns
        self._parts.append(
            [
                self._items.codes(zip(source, item, strict=True), count),
                numpy.array(history, numpy.str_),
                numpy.array(position, numpy.int64),
                numpy.array(at, numpy.int64),
                code(author, count),
                numpy.fromiter(map(FIELD_CODE.__getitem__, field), numpy.int8, count),
                *[code(end, count) for end in ends],
            ]
        )

    def changes(self) -> Changes:
        """Return all that was written down, in that order."""
        if not self._parts:
            self.record(())
        columns = map(numpy.concatenate, zip(*self._parts, strict=True))
        return Changes(tuple(self._texts), tuple(self._items), *columns)


def _row(change: Change) -> Row:
    c = change
    names = c.before_name, c.after_name
    return c.source, c.item, c.history, c.position, to_micros(c.at), c.author, c.field, c.before, c.after, *names
