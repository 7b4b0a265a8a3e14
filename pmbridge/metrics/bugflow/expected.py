"""What each day after a launch should bring, judged from the days before it alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, expm1
from statistics import median

from pmbridge.metrics.bugflow.alerts import Watch, watch
from pmbridge.metrics.bugflow.cusum import FALSE_ALARM_DAYS, RISE

#: Days and defects before a launch's own data say what comes next.
LEARNING_DAYS = 14
LEARNING_EVENTS = 10
#: So many earlier launches make a curve to compare with.
MIN_LAUNCHES = 3
_WEEK = 7


def past_curve(launches: Sequence[Sequence[int]], days: int) -> tuple[float, ...] | None:
    """Return the usual daily mean after earlier launches: the median of their weekly counts, by week since launch.

    ``None`` with fewer than three launches that were watched so long.
    """
    whole = [counts for counts in launches if len(counts) >= days]
    if len(whole) < MIN_LAUNCHES:
        return None
    weeks = range(0, days, _WEEK)
    usual = [median(sum(counts[w : w + _WEEK]) / len(counts[w : w + _WEEK]) for counts in whole) for w in weeks]
    return tuple(usual[day // _WEEK] for day in range(days))


def expect(
    counts: Sequence[int],
    past: Sequence[float] | None = None,
    *,
    rise: float = RISE,
    false_alarm_days: float = FALSE_ALARM_DAYS,
) -> tuple[tuple[float | None, ...], Watch]:
    """Return the expected count of every day and the CUSUM against it.

    The curve is fitted anew each week to the days before that week: exponential decay (Goel-Okumoto), or a steady
    rate where finds do not slow down. Days of an alarm are learned as if they had brought what was expected, so that
    the limits never adapt to the trouble. Before there is enough to learn from, earlier launches speak.
    """
    learned: list[float] = []
    expected: list[float | None] = []
    watched = Watch((), (), ())
    for begin in range(0, len(counts), _WEEK):
        end = min(begin + _WEEK, len(counts))
        expected += _forecast(learned, begin, end, past)
        watched = watch(counts[:end], expected, rise=rise, false_alarm_days=false_alarm_days)
        troubled = {
            day for onset, alarm in zip(watched.onsets, watched.alarms, strict=True) for day in _span(onset, alarm)
        }
        learned = [_learn(counts[day], expected[day], day in troubled) for day in range(end)]
    return tuple(expected), watched


def _span(onset: int, alarm: int) -> range:
    return range(min(onset, alarm), alarm + 1)


def _learn(count: int, mean: float | None, troubled: bool) -> float:
    return mean if troubled and mean is not None else float(count)


def _forecast(learned: Sequence[float], begin: int, end: int, past: Sequence[float] | None) -> list[float | None]:
    total = sum(learned)
    if begin >= LEARNING_DAYS and total >= LEARNING_EVENTS:
        return list(decay(learned, end)[begin:end])
    return [past[day] if past is not None and day < len(past) else None for day in range(begin, end)]


def decay(counts: Sequence[float], until: int) -> list[float]:
    """Return the daily means, up to day ``until``, of the exponential decay that fits the counts best.

    The maximum-likelihood rate solves 1/b - T / (e^(bT) - 1) = mean time; finds are taken at noon of their day.
    """
    span, total = len(counts), sum(counts)
    mean = sum((day + 0.5) * count for day, count in enumerate(counts)) / total
    if mean >= span / 2:
        return [total / span] * until
    x = _rate(mean / span)
    whole = -expm1(-x)
    edges = [exp(-x * day / span) for day in range(until + 1)]
    return [total / whole * (a - b) for a, b in pairwise(edges)]


def _rate(mean: float) -> float:
    """Solve 1/x - 1/(e^x - 1) = mean for x by halving; the left side falls from 1/2 to 0."""
    low, high = 1e-6, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        if 1 / middle - 1 / expm1(middle) > mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2
