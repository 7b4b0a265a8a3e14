"""The changes of a history as arrays: each is looked at once, however much is computed from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import attrgetter, itemgetter

import numpy
from numpy.typing import NDArray

from pmbridge.history.micros import Whole, all_micros
from pmbridge.history.order import sequence
from pmbridge.model import Change, FieldName, Item

#: The fields whose history figures are computed from.
HEARD = (
    FieldName.STATUS,
    FieldName.MILESTONES,
    FieldName.POINTS,
    FieldName.RESOLUTION,
    FieldName.LABELS,
    FieldName.TYPE,
    FieldName.ASSIGNEES,
    FieldName.FLAGGED,
)
CODE_OF = {field: code for code, field in enumerate(HEARD)}
_ID, _AT, _FIELD = attrgetter("source", "item"), attrgetter("at"), attrgetter("field")
_VALUES = attrgetter("__dict__")
_KEPT = itemgetter("before", "after", "before_name", "after_name", "history", "position")

Codes = NDArray[numpy.int32]


class Coder(dict[str | None, int]):
    """Numbers texts as they come up, which differs from run to run; nothing is 0."""

    def __init__(self) -> None:
        super().__init__({None: 0})

    def __missing__(self, text: str | None) -> int:
        self[text] = code = len(self)
        return code

    def codes(self, texts: Iterable[str | None], count: int) -> Codes:
        """Return the numbers of so many texts."""
        return numpy.fromiter(map(self.__getitem__, texts), numpy.int32, count)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The changes of the items of a history.

    ``instants`` are those of all changes, in microseconds; ``born`` and ``newest`` those at which each item
    was created and last changed.
    ``order`` lists all changes by item and, within an item, as they happened; those of item ``n`` stand in it from
    ``first[n]`` to before ``first[n + 1]``. The other columns hold the heard changes alone, in the history's order:
    their place in ``changes``, the place of their item, the instant in microseconds, the field as in `HEARD`,
    what they went from and to, as numbers of ``texts``. ``arranged`` lists them in the order of ``order``.
    """

    items: Sequence[Item]
    changes: Sequence[Change]
    instants: Whole
    born: Whole
    newest: Whole
    order: Whole
    first: Whole
    place: Whole
    item: Whole
    at: Whole
    field: NDArray[numpy.int8]
    before: Codes
    after: Codes
    before_name: Codes
    after_name: Codes
    history: NDArray[numpy.str_]
    position: Whole
    arranged: Whole
    texts: Coder

    @classmethod
    def of(cls, items: Sequence[Item], changes: Sequence[Change]) -> Columns:
        """Read the changes of these items; those of others are left out."""
        lie, near = _nearby(changes)
        places = {(item.source, item.id): place for place, item in enumerate(items)}
        owner = _placed(lie, numpy.fromiter(map(places.get, map(_ID, near), repeat(-1)), numpy.int64, len(near)))
        at = _placed(lie, all_micros(list(map(_AT, near))))
        field = numpy.fromiter(map(CODE_OF.get, map(_FIELD, near), repeat(-1)), numpy.int64, len(near))
        is_heard = (field >= 0) & (owner[lie] >= 0)
        rows = list(map(_KEPT, map(_VALUES, compress(near, is_heard.tolist()))))
        kept, texts = list(zip(*rows, strict=True)) or [()] * 6, Coder()
        found = lie[is_heard]
        back = numpy.argsort(found)
        before, after, before_name, after_name = (texts.codes(column, len(rows))[back] for column in kept[:4])
        place, order = found[back], _ordered(changes, owner, at)
        first = numpy.searchsorted(owner[order], numpy.arange(len(items) + 1))
        born = all_micros([item.created_at for item in items])
        return cls(
            items=items,
            changes=changes,
            instants=at,
            born=born,
            newest=numpy.where(first[1:] > first[:-1], numpy.append(at[order], 0)[first[1:] - 1], born),
            order=order,
            first=first,
            place=place,
            item=owner[place],
            at=at[place],
            field=field[is_heard][back].astype(numpy.int8),
            before=before,
            after=after,
            before_name=before_name,
            after_name=after_name,
            history=numpy.array(kept[4], numpy.str_)[back],
            position=numpy.array(kept[5], numpy.int64)[back],
            arranged=_among(place, order, len(changes)),
            texts=texts,
        )

    def of_item(self, place: int) -> tuple[Change, ...]:
        """Return the changes of one item, as they happened."""
        return tuple(map(self.changes.__getitem__, self.order[self.first[place] : self.first[place + 1]].tolist()))


def _nearby(changes: Sequence[Change]) -> tuple[Whole, list[Change]]:
    """List changes as they lie in memory, with the place of each: going there and back costs far more than reading."""
    lie = numpy.argsort(numpy.fromiter(map(id, changes), numpy.int64, len(changes)))
    return lie, list(map(changes.__getitem__, lie.tolist()))


def _placed(lie: Whole, column: Whole) -> Whole:
    """Put a column back into the history's order."""
    placed = numpy.empty_like(column)
    placed[lie] = column
    return placed


def _among(place: Whole, order: Whole, count: int) -> Whole:
    """Return where those that stand in ``place`` stand in it, by ``order``."""
    rank = numpy.full(count, -1)
    rank[place] = numpy.arange(len(place))
    ordered = rank[order]
    found: Whole = ordered[ordered >= 0]
    return found


def _ordered(changes: Sequence[Change], owner: Whole, at: Whole) -> Whole:
    """Order changes by owner, then by instant; those of one instant as the tracker numbered them."""
    rises = bool((at[1:] >= at[:-1]).all())
    narrow = owner.astype(numpy.min_scalar_type(-max(1, len(changes)))) if rises else owner
    order = numpy.argsort(narrow, kind="stable") if rises else numpy.lexsort((at, owner))
    order = order[owner[order] >= 0]
    same = (owner[order][1:] == owner[order][:-1]) & (at[order][1:] == at[order][:-1])
    runs = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], same.view(numpy.int8), [0]))))
    for begin, last in zip(runs[::2].tolist(), runs[1::2].tolist(), strict=True):
        together = order[begin : last + 1].tolist()
        keys = [sequence(changes[place]) for place in together]
        if keys != sorted(keys):
            order[begin : last + 1] = [place for _, place in sorted(zip(keys, together, strict=True))]
    return order
