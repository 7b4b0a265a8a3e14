"""Bugs counted by local day: what came in, what went out, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy
from numpy.typing import NDArray

from pmbridge.history.chronicle import NEVER
from pmbridge.history.days import day_begins, local_day
from pmbridge.history.micros import Whole, all_micros
from pmbridge.metrics.bugflow.bug import Bug, Defect, Outcome
from pmbridge.metrics.bugflow.groups import Defects, Group

_DAY = timedelta(days=1)


class Days:
    """The local days from one to another, both included."""

    def __init__(self, first: date, last: date, zone: ZoneInfo) -> None:
        self.dates = tuple(first + n * _DAY for n in range((last - first).days + 1))
        self._begins = all_micros([day_begins(day, zone) for day in (*self.dates, last + _DAY)])

    @classmethod
    def between(cls, begin: datetime, end: datetime, zone: ZoneInfo) -> Days:
        """Take every local day that two instants touch."""
        return cls(local_day(begin, zone), local_day(end, zone), zone)

    def __len__(self) -> int:
        return len(self.dates)

    def place(self, t: datetime) -> int | None:
        """Return the place of the day an instant falls on; ``None`` outside."""
        place = int(self.places(all_micros([t]))[0])
        return None if place < 0 else place

    def places(self, instants: Whole) -> Whole:
        """Return the place of the day each instant falls on; -1 outside."""
        places = numpy.searchsorted(self._begins, instants, side="right") - 1
        return numpy.where(places == len(self.dates), -1, places)

    def count(self, instants: Whole) -> tuple[int, ...]:
        """Count instants by day; those outside are left out."""
        places = self.places(instants)
        return tuple(numpy.bincount(places[places >= 0], minlength=len(self.dates)).tolist())


@dataclass(frozen=True, slots=True)
class Series:
    """Bug flow by day; the balance holds: backlog = backlog of the day before + defects + reopens - closures.

    ``reports`` is what support felt, duplicates among them; ``closures`` are endings of any kind, ``fixed`` those
    that were repairs. ``by_severity`` splits the backlog by the severity of each day; ``None`` is its own class.
    """

    dates: tuple[date, ...]
    reports: tuple[int, ...]
    defects: tuple[int, ...]
    internal: tuple[int, ...]
    closures: tuple[int, ...]
    fixed: tuple[int, ...]
    reopens: tuple[int, ...]
    backlog: tuple[int, ...]
    by_severity: Mapping[str | None, tuple[int, ...]]

    @property
    def net(self) -> tuple[int, ...]:
        """What was added to the backlog on each day."""
        return tuple(a + r - c for a, r, c in zip(self.defects, self.reopens, self.closures, strict=True))

    def weekly(self, values: Sequence[int]) -> tuple[int, ...]:
        """Sum the seven days that end with each day; the first six have fewer."""
        total = [0, *accumulate(values)]
        return tuple(total[n + 1] - total[max(0, n - 6)] for n in range(len(values)))


def series(reports: Iterable[Bug], defects: Iterable[Defect], internal: Iterable[Bug], days: Days) -> Series:
    """Count the bugs of one launch by day; all of them arrived on these days."""
    known = Defects.of(defects)
    arrivals = days.count(known.arrived)
    whose, begin, until = known.stretches()
    ends, begun = days.count(until[until != NEVER]), days.count(begin)
    born_over = days.count(known.arrived[_born_over(known)])
    reopens = tuple(b - (a - o) for b, a, o in zip(begun, arrivals, born_over, strict=True))
    closures = tuple(c + o for c, o in zip(ends, born_over, strict=True))
    fixed = known.take(known.columns.ended)[known.take(known.columns.is_outcome(Outcome.FIXED))]
    return Series(
        dates=days.dates,
        reports=days.count(_created(reports)),
        defects=arrivals,
        internal=days.count(_created(internal)),
        closures=closures,
        fixed=days.count(fixed),
        reopens=reopens,
        backlog=tuple(accumulate(a + r - c for a, r, c in zip(arrivals, reopens, closures, strict=True))),
        by_severity=_by_severity(known, days, whose, begin, until),
    )


def _created(bugs: Iterable[Bug]) -> Whole:
    group = Group.of(bugs)
    return group.take(group.columns.created)


def _born_over(defects: Defects) -> NDArray[numpy.bool_]:
    """Tell which defects were closed at the very instant they were written down."""
    own = defects.columns.spells
    at_once = own.ended <= defects.columns.created[own.endings.owners]
    found: NDArray[numpy.bool_] = defects.take(numpy.bincount(own.endings.owners[at_once], minlength=len(own.is_open)))
    return found > 0


def _by_severity(
    defects: Defects, days: Days, whose: Whole, begin: Whole, until: Whole
) -> dict[str | None, tuple[int, ...]]:
    """Split the backlog: a stretch is in the class of its severity, and moves where that changed on the way."""
    columns, roots = defects.columns, defects.root[whose]
    nothing = len(columns.word.kinds)
    words, codes = (*columns.word.kinds, None), numpy.append(columns.word.codes, nothing)
    first = codes[columns.graded_at(roots, begin)]
    rows, stretch = columns.graded.rows(roots)
    inside = (columns.since[rows] > begin[stretch]) & (columns.since[rows] < until[stretch])
    rows, stretch = rows[inside], stretch[inside]
    starts = numpy.diff(stretch, prepend=-1) != 0
    left = numpy.where(starts, first[stretch], numpy.roll(codes[rows], 1))
    last = first.copy()
    last[stretch] = codes[rows]
    table = _Table(days, len(words))
    table.add(first, begin, 1)
    table.add(left, columns.since[rows], -1)
    table.add(codes[rows], columns.since[rows], 1)
    table.add(last, until, -1)
    return table.rows(words)


class _Table:
    """What enters and leaves each class by day."""

    def __init__(self, days: Days, classes: int) -> None:
        self._days, self._moves = days, numpy.zeros((classes, len(days)), numpy.int64)
        self._met = numpy.zeros(classes, numpy.bool_)

    def add(self, classes: Whole, instants: Whole, number: int) -> None:
        """Let as many enter, or leave, at these instants."""
        places = self._days.places(instants)
        self._met[classes] = True
        numpy.add.at(self._moves, (classes[places >= 0], places[places >= 0]), number)

    def rows(self, words: Sequence[str | None]) -> dict[str | None, tuple[int, ...]]:
        """Return how many are in each class by day, those without a word last."""
        met: dict[str | None, NDArray[numpy.int64]] = {}
        for word, row, is_met in zip(words, self._moves, self._met.tolist(), strict=True):
            if is_met:
                met[word] = met[word] + row if word in met else row
        ordered = sorted(met, key=lambda word: (word is None, word or ""))
        return {word: tuple(numpy.cumsum(met[word]).tolist()) for word in ordered}
