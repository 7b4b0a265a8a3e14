"""How long open bugs have been open, and how their severity was changed on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pmbridge.metrics.bugflow.bug import Bug, Defect
from pmbridge.metrics.bugflow.severity import Ranks

_DAY = timedelta(days=1)

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
    rows: dict[str | None, list[int]] = {}
    oldest: float | None = None
    for defect in defects:
        if defect.root.is_open:
            age = (as_of - defect.arrived_at) / _DAY
            oldest = age if oldest is None else max(oldest, age)
            rows.setdefault(defect.root.severity, [0] * len(BUCKETS))[bucket(age)] += 1
    ordered = sorted(rows, key=lambda word: (word is None, word or ""))
    return Ageing({word: tuple(rows[word]) for word in ordered}, oldest)


def bucket(age_days: float) -> int:
    """Return the place of the bucket for an age in days; a bug of two and a half days is two days old."""
    return sum(int(age_days) > bound for bound in BOUNDS)


def retriage(bugs: Iterable[Bug]) -> dict[tuple[str | None, str | None], int]:
    """Count bugs by their severity at creation and now."""
    return dict(Counter((bug.severities[0].word, bug.severities[-1].word) for bug in bugs if bug.severities))


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
