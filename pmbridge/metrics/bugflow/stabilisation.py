"""The day from which a launched product has been stable, and whether hypercare may end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import sqrt

from pmbridge.metrics.bugflow.series import Series
from pmbridge.metrics.bugflow.severity import Ranks

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What must hold over a window of days: few arrivals a week, nothing grave open, no growing backlog, no alarm."""

    weekly_arrivals: float
    open_second: int = 2
    window: int = 14


@dataclass(frozen=True, slots=True)
class Stability:
    """Stable since ``on``, or not yet: ``earliest`` is the first day of the present calm, else tomorrow.

    It is confirmed when the whole window has passed. ``missing`` says what is not fulfilled today.
    """

    on: date | None
    confirmed_on: date | None
    earliest: date | None
    missing: tuple[str, ...] = ()


def steady_limit(weekly: Sequence[int], configured: float) -> float:
    """Return the weekly arrivals that count as calm: mean and one sigma of a steady time, at least the configured."""
    if not weekly:
        return configured
    mean = sum(weekly) / len(weekly)
    spread = sqrt(sum((x - mean) ** 2 for x in weekly) / (len(weekly) - 1)) if len(weekly) > 1 else 0.0
    return max(configured, mean + spread)


def stability(
    series: Series, criteria: Criteria, ranks: Ranks, alarms: Collection[int], over: int | None = None
) -> Stability:
    """Find the first day from which everything held for a whole window.

    ``over`` is how many of the days have ended, by default all: a window must have passed before it counts.
    """
    weekly = series.weekly(series.defects)
    gravest, second = (_of_rank(series.by_severity, rank, len(series.dates), ranks) for rank in (1, 2))
    calm = [
        weekly[day] <= criteria.weekly_arrivals
        and not gravest[day]
        and second[day] <= criteria.open_second
        and day not in alarms
        for day in range(len(series.dates))
    ]
    total = [0, *accumulate(series.net)]
    window = criteria.window
    for day in range((len(calm) if over is None else over) - window + 1):
        if all(calm[day : day + window]) and total[day + window] <= total[day]:
            return Stability(series.dates[day], series.dates[day] + window * _DAY, None)
    missing = _missing(series, criteria, weekly[-1], gravest[-1], second[-1], (len(calm) - 1) in alarms)
    return Stability(None, None, _earliest(series, calm, total), missing)


def _of_rank(by_severity: Mapping[str | None, Sequence[int]], rank: int, days: int, ranks: Ranks) -> list[int]:
    rows = [row for word, row in by_severity.items() if ranks.is_rank(word, rank)]
    return [sum(row[day] for row in rows) for day in range(days)]


def _earliest(series: Series, calm: Sequence[bool], total: Sequence[int]) -> date:
    """Return the first day of the present calm from which the backlog has not grown; else tomorrow."""
    first = len(calm)
    while first and calm[first - 1]:
        first -= 1
    place = next((day for day in range(first, len(calm)) if total[-1] <= total[day]), len(calm))
    return series.dates[0] + place * _DAY


def _missing(
    series: Series, criteria: Criteria, weekly: int, gravest: int, second: int, alarm: bool
) -> tuple[str, ...]:
    found = []
    if weekly > criteria.weekly_arrivals:
        found.append(f"{weekly} defects arrived in the last 7 days; at most {criteria.weekly_arrivals:.1f} are calm")
    if gravest:
        found.append(f"{gravest} of the gravest severity open; none may be")
    if second > criteria.open_second:
        found.append(f"{second} of the second severity open; at most {criteria.open_second} may be")
    growth = sum(series.net[-criteria.window :])
    if growth > 0:
        found.append(f"the backlog grew by {growth} in the last {criteria.window} days")
    if alarm:
        found.append("an alarm on arrivals is raised")
    return tuple(found) or (f"calm, but not yet for {criteria.window} days",)


@dataclass(frozen=True, slots=True)
class Exit:
    """Whether hypercare may end, and what is still missing."""

    allowed: bool
    missing: tuple[str, ...] = ()


def hypercare_exit(
    stable: Stability, attainment: float | None, wanted: float, knowledge_transferred: bool | None
) -> Exit:
    """Ask for stability, kept promises and the transfer of knowledge; what is not known is missing."""
    missing = []
    if stable.on is None:
        missing.append("the product is not stable yet")
    if attainment is None:
        missing.append("no promise of service can be judged yet")
    elif attainment < wanted:
        missing.append(f"{100 * attainment:.0f} % of promises were kept where {100 * wanted:.0f} % are wanted")
    if not knowledge_transferred:
        missing.append(
            "knowledge has not been transferred"
            if knowledge_transferred is False
            else "nobody says that knowledge was transferred"
        )
    return Exit(not missing, tuple(missing))
