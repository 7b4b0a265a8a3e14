"""How the items of a history are now, side by side in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import numpy
from numpy.typing import NDArray

from pmbridge.history.categories import Categories
from pmbridge.history.chronicle import CATEGORY_CODE, Flags, MilestoneSets, Reals, Small
from pmbridge.history.columns import Columns
from pmbridge.history.counting import Counting
from pmbridge.history.distinct import distinct
from pmbridge.history.micros import Whole
from pmbridge.model import StatusCategory
from pmbridge.model.coding import Codes

_READ = ("updated_at", "source", "status", "status_name", "resolution", "category", "points", "milestones")
_PLACED = ("level", "key")
_values = itemgetter(*_READ, *_PLACED)

_FALLBACKS: tuple[StatusCategory | None, ...] = (*StatusCategory, None)
#: What stands in a column of categories where the tracker's own does not speak for a status.
NO_FALLBACK = len(_FALLBACKS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The items of a history by their current fields, no label heard, in its order.

    Words are numbers of the texts of its columns, ``category`` is the tracker's own, ``points`` is not a number where
    there is no estimate, ``held`` is the number of the set of milestones.
    """

    updated_at: Sequence[datetime]
    source: Codes
    status: Codes
    status_name: Codes
    resolution: Codes
    category: Small
    counted: Flags
    points: Reals
    held: Whole
    milestones: MilestoneSets

    @classmethod
    def of(cls, columns: Columns, counting: Counting, milestones: MilestoneSets | None = None) -> Present:
        """Read the items of some columns; texts that no change has spoken of join theirs.

        Sets of milestones are numbered anew, or join ``milestones``.
        """
        items, code = columns.items, columns.texts.codes
        sets = MilestoneSets() if milestones is None else milestones
        read = list(zip(*map(_values, map(vars, items)), strict=True)) or [()] * (len(_READ) + len(_PLACED))
        updated_at, source, status, status_name, resolution, category, points, held, level, key = read
        count = len(items)
        return cls(
            updated_at=updated_at,
            source=code(source, count),
            status=code(status, count),
            status_name=code(status_name, count),
            resolution=code(resolution, count),
            category=numpy.fromiter(map(CATEGORY_CODE.__getitem__, category), numpy.int8, count),
            counted=numpy.fromiter(map(counting.admits, level, key), numpy.bool_, count),
            points=numpy.array(points, numpy.float64),
            held=numpy.fromiter(map(sets.of, source, held), numpy.int64, count),
            milestones=sets,
        )


def decided(columns: Columns, categories: Categories, *cases: NDArray[Any]) -> Small:
    """Decide categories without labels, each distinct case once.

    The cases are given as columns: source, id and name of the status, resolution, and the tracker's own category.
    """
    table, case = distinct(numpy.stack(cases).astype(numpy.int64))
    texts = list(columns.texts)
    found = [
        CATEGORY_CODE[categories.of(texts[s] or "", texts[i] or "", texts[n], texts[r], (), _FALLBACKS[f])]
        for s, i, n, r, f in table.T.tolist()
    ]
    return numpy.array(found, numpy.int8)[case]
