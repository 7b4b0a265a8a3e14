"""How long open bugs have been open, and how their severity was changed on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy

from pmbridge.history.micros import DAY, Whole
from pmbridge.metrics.bugflow.bug import Bug, Defect
from pmbridge.metrics.bugflow.groups import Defects, Group
from pmbridge.metrics.bugflow.meter import Reals
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.model.instants import to_micros

#: The last whole day of each bucket of age; the last bucket has no end.
BOUNDS = (2, 7, 14, 30, 60)
#: So many lowered severities are no accident.
SYSTEMATIC = 5
BUCKETS = ("0-2", "3-7", "8-14", "15-30", "31-60", "over 60")


@dataclass(frozen=True, slots=True)
class Ageing:
    """Open defects by severity and bucket of age; ``oldest_days`` is ``None`` where nothing is open."""

    counts: Mapping[str | None, tuple[int, ...]]
    oldest_days: float | None

    @property
    def total(self) -> int:
        """How many are open."""
        return sum(sum(row) for row in self.counts.values())


def ageing(defects: Iterable[Defect], as_of: datetime) -> Ageing:
    """Sort the open defects by age since their first report."""
    known = Defects.of(defects)
    left = known.where(known.is_open)
    ages = (to_micros(as_of) - left.arrived) / DAY
    severity = left.columns.severity
    counts = numpy.zeros((len(severity.kinds), len(BUCKETS)), numpy.int64)
    numpy.add.at(counts, (left.take(severity.codes), buckets(ages)), 1)
    rows: dict[str | None, list[int]] = {}
    for word, row in zip(severity.kinds, counts.tolist(), strict=True):
        if any(row):
            rows[word] = row
    ordered = sorted(rows, key=lambda word: (word is None, word or ""))
    return Ageing({word: tuple(rows[word]) for word in ordered}, float(ages.max()) if len(left) else None)


def buckets(ages: Reals) -> Whole:
    """Return the place of the bucket for each age in days; a bug of two and a half days is two days old."""
    return numpy.searchsorted(BOUNDS, numpy.trunc(ages), side="left")


def retriage(bugs: Iterable[Bug]) -> dict[tuple[str | None, str | None], int]:
    """Count bugs by their severity at creation and now."""
    known = Group.of(bugs)
    columns, graded = known.columns, known.columns.graded
    own = known.places[graded.lengths[known.places] > 0]
    first, last = columns.word.codes[graded.first[own]], columns.word.codes[graded.last[own]]
    pairs, counts = numpy.unique(numpy.stack((first, last)), axis=1, return_counts=True)
    words = columns.word.kinds
    return {(words[a], words[b]): n for a, b, n in zip(*pairs.tolist(), counts.tolist(), strict=True)}


def moved(matrix: Mapping[tuple[str | None, str | None], int], ranks: Ranks) -> tuple[int, int]:
    """Return how many bugs are graver now than they were and how many less grave, as far as words have ranks."""
    raised = lowered = 0
    for (before, after), number in matrix.items():
        first, last = ranks.rank(before), ranks.rank(after)
        if first is not None and last is not None:
            raised += number * (last < first)
            lowered += number * (last > first)
    return raised, lowered


def is_systematic(raised: int, lowered: int) -> bool:
    """Tell whether severities are lowered so much oftener than raised that it is no accident."""
    return lowered >= SYSTEMATIC and lowered > 3 * raised
