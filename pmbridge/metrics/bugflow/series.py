"""Bugs counted by local day: what came in, what went out, what is open."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from pmbridge.history.days import day_begins, local_day
from pmbridge.metrics.bugflow.bug import Bug, Defect, Outcome

_DAY = timedelta(days=1)


class Days:
    """The local days from one to another, both included."""

    def __init__(self, first: date, last: date, zone: ZoneInfo) -> None:
        self.dates = tuple(first + n * _DAY for n in range((last - first).days + 1))
        self._begins = [day_begins(day, zone) for day in (*self.dates, last + _DAY)]

    @classmethod
    def between(cls, begin: datetime, end: datetime, zone: ZoneInfo) -> Days:
        """Take every local day that two instants touch."""
        return cls(local_day(begin, zone), local_day(end, zone), zone)

    def __len__(self) -> int:
        return len(self.dates)

    def place(self, t: datetime) -> int | None:
        """Return the place of the day an instant falls on; ``None`` outside."""
        place = bisect_right(self._begins, t) - 1
        return None if place < 0 or place == len(self.dates) else place

    def count(self, instants: Iterable[datetime]) -> tuple[int, ...]:
        """Count instants by day; those outside are left out."""
        found = [0] * (len(self.dates) + 2)
        edges = self._begins
        for t in instants:
            found[bisect_right(edges, t)] += 1
        return tuple(found[1:-1])


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


def series(reports: Sequence[Bug], defects: Sequence[Defect], internal: Sequence[Bug], days: Days) -> Series:
    """Count the bugs of one launch by day; all of them arrived on these days."""
    arrivals = days.count(defect.arrived_at for defect in defects)
    ends = days.count(end for defect in defects for _, end in defect.open_intervals if end is not None)
    begun = days.count(begin for defect in defects for begin, _ in defect.open_intervals)
    born_over = days.count(defect.arrived_at for defect in defects if _born_over(defect))
    reopens = tuple(b - (a - o) for b, a, o in zip(begun, arrivals, born_over, strict=True))
    closures = tuple(c + o for c, o in zip(ends, born_over, strict=True))
    return Series(
        dates=days.dates,
        reports=days.count(report.created_at for report in reports),
        defects=arrivals,
        internal=days.count(bug.created_at for bug in internal),
        closures=closures,
        fixed=days.count(d.root.endings[-1] for d in defects if d.root.outcome is Outcome.FIXED and d.root.endings),
        reopens=reopens,
        backlog=tuple(accumulate(a + r - c for a, r, c in zip(arrivals, reopens, closures, strict=True))),
        by_severity=_by_severity(defects, days),
    )


def _born_over(defect: Defect) -> bool:
    """Whether a defect was closed at the very instant it was written down."""
    endings = defect.root.endings
    return bool(endings) and endings[0] <= defect.root.created_at


def _by_severity(defects: Iterable[Defect], days: Days) -> dict[str | None, tuple[int, ...]]:
    moves: defaultdict[str | None, list[int]] = defaultdict(lambda: [0] * len(days))
    for defect in defects:
        for begin, end in defect.open_intervals:
            _enter(moves, defect.root, begin, end, days)
    words = sorted(moves, key=lambda word: (word is None, word or ""))
    return {word: tuple(accumulate(moves[word])) for word in words}


def _enter(moves: Mapping[str | None, list[int]], bug: Bug, begin: datetime, end: datetime | None, days: Days) -> None:
    """Enter one open interval into the classes that its severity went through."""
    since, word = begin, bug.severity_at(begin)
    if len(bug.severities) > 1:
        for graded in bug.severities:
            if graded.since > begin and (end is None or graded.since < end):
                _stay(moves[word], since, graded.since, days)
                since, word = graded.since, graded.word
    _stay(moves[word], since, end, days)


def _stay(row: list[int], begin: datetime, end: datetime | None, days: Days) -> None:
    first = days.place(begin)
    if first is not None:
        row[first] += 1
    last = None if end is None else days.place(end)
    if last is not None:
        row[last] -= 1
