"""What each day after a launch should bring, judged from the days before it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp, expm1, sqrt
from statistics import median

from pmbridge.metrics.bugflow.alerts import Watch, watch
from pmbridge.metrics.bugflow.cusum import FALSE_ALARM_DAYS, RISE

#: Days and defects before a launch's own data say what comes next.
LEARNING_DAYS = 14
LEARNING_EVENTS = 10
#: So many earlier launches make a curve to compare with.
MIN_LAUNCHES = 3
#: The longest stretch that says how many come lately; after so long, what comes is how things are.
STEADY_DAYS = 42
_WEEK = 7
#: How much of its standard error is added to the recent mean: in the first six weeks, and from then on.
ERROR_SHARES = (0.75, 0.5)
#: The smallest mean a day that an error is told for.
_LEAST = 0.05


def past_curve(launches: Sequence[Sequence[int]], days: int) -> tuple[float, ...] | None:
    """Return the usual daily mean after earlier launches: their median total, spread as all of them were by week.

    ``None`` with fewer than three launches that were watched so long, or without any defect after them.
    """
    whole = [counts[:days] for counts in launches if len(counts) >= days]
    total = sum(map(sum, whole))
    if len(whole) < MIN_LAUNCHES or not total:
        return None
    usual = median(sum(counts) for counts in whole)
    weeks = [sum(sum(counts[w : w + _WEEK]) for counts in whole) for w in range(0, days, _WEEK)]
    lengths = [min(_WEEK, days - w) for w in range(0, days, _WEEK)]
    return tuple(usual * weeks[day // _WEEK] / total / lengths[day // _WEEK] for day in range(days))


@dataclass(frozen=True, slots=True)
class Expectation:
    """The expected count of every day and the CUSUM against it; from day ``own_from`` on by a launch's own data.

    ``least`` is the smaller of the estimates of each day: with fewer arrivals than that something is amiss.
    """

    means: tuple[float | None, ...]
    watch: Watch
    own_from: int
    least: tuple[float | None, ...] = ()


def expect(
    counts: Sequence[int],
    past: Sequence[float] | None = None,
    *,
    rise: float = RISE,
    false_alarm_days: float = FALSE_ALARM_DAYS,
    shares: Sequence[float] | None = None,
) -> Expectation:
    """Return the expected count of every day and the CUSUM against it.

    ``shares`` is the exposure of each day in days of full use, by default 1: counts are judged per exposure.

    The curve is fitted anew each week to the days before that week: halfway between an exponential decay
    (Goel-Okumoto) and the recent mean with three quarters of its error; from the seventh week on no less than the
    recent mean with half its error. The decay alone falls short of the few finds of later weeks: on made data a false
    alarm came every 28 to 40 days instead of every 200. So it comes every 200 days over half a year of steady arrivals
    (`benchmarks/alarms.py`): oftener in the first weeks, when the mean is not known well, and seldomer after the
    twelfth and while arrivals fall. A bad week is noticed in under three days.

    Days of an alarm are learned as if they had brought what was expected, so that the limits never adapt to the
    trouble. Before there is enough to learn from, earlier launches speak.
    """
    exposed = [1.0] * len(counts) if shares is None else list(shares)
    learned: list[float] = []
    expected: list[float | None] = []
    least: list[float | None] = []
    watched = Watch((), (), ())
    own_from = len(counts)
    for begin in range(0, len(counts), _WEEK):
        end = min(begin + _WEEK, len(counts))
        if _is_enough(learned):
            own_from = min(own_from, begin)
        forecast = _forecast(learned, begin, end, past, exposed)
        expected += [mean for mean, _ in forecast]
        least += [low for _, low in forecast]
        watched = watch(counts[:end], expected, rise=rise, false_alarm_days=false_alarm_days)
        troubled = _troubled(watched)
        learned = [_learn(day, counts[day], expected[day], troubled) for day in range(end)]
    return Expectation(tuple(expected), watched, own_from, tuple(least))


def _troubled(watched: Watch) -> set[int]:
    """Return the days of alarms; what lasts longer than a fortnight is no trouble any more but how things are."""
    found: set[int] = set()
    first = last = -LEARNING_DAYS
    for onset, alarm in zip(watched.onsets, watched.alarms, strict=True):
        if onset > last + _WEEK:
            first = onset
        last = alarm
        found.update(range(min(onset, alarm), min(alarm + 1, first + LEARNING_DAYS)))
    return found


def _learn(day: int, count: int, mean: float | None, troubled: set[int]) -> float:
    """Return what a day teaches; the first fortnight, judged by earlier launches, teaches what it brought."""
    return mean if mean is not None and day in troubled and day >= LEARNING_DAYS else float(count)


def _is_enough(learned: Sequence[float]) -> bool:
    return len(learned) >= LEARNING_DAYS and sum(learned) >= LEARNING_EVENTS


def _forecast(
    learned: Sequence[float], begin: int, end: int, past: Sequence[float] | None, shares: Sequence[float]
) -> list[tuple[float | None, float | None]]:
    days = range(begin, end)
    recent = _recent(learned, shares[:begin]) if _is_enough(learned) else None
    if recent is None:
        known = [past[day] * shares[day] if past is not None and day < len(past) else None for day in days]
        return [(mean, mean) for mean in known]
    means = decay(learned, end, shares)
    found: list[tuple[float | None, float | None]] = []
    for day in days:
        lately = recent * shares[day]
        halfway = (means[day] + lately) / 2
        found.append((halfway if begin <= STEADY_DAYS else max(halfway, lately), min(means[day], lately)))
    return found


def _recent(learned: Sequence[float], shares: Sequence[float]) -> float | None:
    """Return the mean of the last weeks per day of full exposure, with a share of its standard error."""
    share = ERROR_SHARES[len(learned) > STEADY_DAYS]
    days = max(LEARNING_DAYS, min(STEADY_DAYS, len(learned) // 2))
    exposure = sum(shares[-days:])
    if exposure <= 0:
        return None
    mean = sum(learned[-days:]) / exposure
    return mean + share * sqrt(max(mean, _LEAST) / exposure)


def decay(counts: Sequence[float], until: int, shares: Sequence[float] | None = None) -> list[float]:
    """Return the daily means, up to day ``until``, of the exponential decay that fits the counts best.

    The maximum-likelihood rate solves 1/b - T / (e^(bT) - 1) = mean time; finds are taken at noon of their day. Time is
    exposure: ``shares`` is how much of it each day has.
    """
    edges = [0.0, *accumulate([1.0] * until if shares is None else shares[:until])]
    span, total = edges[len(counts)], sum(counts)
    mean = sum((a + b) / 2 * count for (a, b), count in zip(pairwise(edges), counts, strict=False)) / total
    if mean >= span / 2:
        return [total / span * (b - a) for a, b in pairwise(edges)]
    x = _rate(mean / span)
    whole = -expm1(-x)
    left = [exp(-x * edge / span) for edge in edges]
    return [total / whole * (a - b) for a, b in pairwise(left)]


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
