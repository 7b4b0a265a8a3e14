"""The changes of a history's items as arrays, arranged for what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy
from numpy.typing import NDArray

from pmbridge.history.micros import Whole, all_micros
from pmbridge.model import Change, FieldName, Item
from pmbridge.model.changes import FIELDS, Changes
from pmbridge.model.coding import Coder, Codes

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
_UNHEARD = -1


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The changes of the items of a history.

    ``born`` and ``newest`` are the instants, in microseconds, at which each item was created and last changed.
    ``order`` lists all changes by item and, within an item, as they happened; those of item ``n`` stand in it from
    ``first[n]`` to before ``first[n + 1]``. The other columns hold the heard changes alone, in the history's order:
    their place in ``changes``, the place of their item, the instant in microseconds, the field as in `HEARD`,
    what they went from and to, as numbers of ``texts``. ``arranged`` lists them in the order of ``order``.
    """

    items: Sequence[Item]
    changes: Changes
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
    texts: Coder[str | None]

    @classmethod
    def of(cls, items: Sequence[Item], changes: Sequence[Change]) -> Columns:
        """Read the changes of these items; those of others are left out."""
        told = Changes.of(changes)
        places = {(item.source, item.id): place for place, item in enumerate(items)}
        owner = numpy.array([places.get(id_, -1) for id_ in told.items], numpy.int64)[told.item]
        field = numpy.array([CODE_OF.get(one, _UNHEARD) for one in FIELDS], numpy.int8)[told.field]
        place = numpy.flatnonzero((field != _UNHEARD) & (owner >= 0))
        texts, (before, after, before_name, after_name) = _recoded(
            told.texts, [column[place] for column in (told.before, told.after, told.before_name, told.after_name)]
        )
        order = _ordered(told, owner, len(items))
        first = numpy.searchsorted(owner[order], numpy.arange(len(items) + 1))
        born = all_micros([item.created_at for item in items])
        return cls(
            items=items,
            changes=told,
            born=born,
            newest=numpy.where(first[1:] > first[:-1], numpy.append(told.at[order], 0)[first[1:] - 1], born),
            order=order,
            first=first,
            place=place,
            item=owner[place],
            at=told.at[place],
            field=field[place],
            before=before,
            after=after,
            before_name=before_name,
            after_name=after_name,
            history=_narrowed(told.history[place]),
            position=told.position[place],
            arranged=_among(place, order, len(told)),
            texts=texts,
        )

    def of_item(self, place: int) -> tuple[Change, ...]:
        """Return the changes of one item, as they happened."""
        return tuple(self.changes.values(self.order[self.first[place] : self.first[place + 1]]))


def _recoded(texts: Sequence[str | None], columns: Sequence[Codes]) -> tuple[Coder[str | None], list[Codes]]:
    """Give the texts of some columns new numbers, so that there is none no row speaks of; nothing stays 0."""
    used = numpy.zeros(len(texts), numpy.bool_)
    used[0] = True
    for column in columns:
        used[column] = True
    number = numpy.cumsum(used, dtype=numpy.int32) - 1
    return Coder(compress(texts, used.tolist())), [number[column] for column in columns]


def _narrowed(texts: NDArray[numpy.str_]) -> NDArray[numpy.str_]:
    """Give a column of texts just the room they need, so that others which once stood there leave no trace."""
    letters = texts.view(numpy.uint32).reshape(len(texts), -1) if texts.size else numpy.zeros((0, 1), numpy.uint32)
    longest = numpy.flatnonzero(letters.any(axis=0)).max(initial=0) + 1
    return texts.astype(f"U{longest}")


def _among(place: Whole, order: Whole, count: int) -> Whole:
    """Return where those that stand in ``place`` stand in it, by ``order``."""
    rank = numpy.full(count, -1)
    rank[place] = numpy.arange(len(place))
    ordered = rank[order]
    found: Whole = ordered[ordered >= 0]
    return found


def _ordered(changes: Changes, owner: Whole, owners: int) -> Whole:
    """Order changes by owner and, of one owner, as they happened."""
    happened = changes.sequence()
    narrow = owner[happened].astype(numpy.min_scalar_type(-max(1, owners)))
    order = happened[numpy.argsort(narrow, kind="stable")]
    found: Whole = order[owner[order] >= 0]
    return found
