"""Days and weeks that brought more or fewer defects than chance explains: a u-chart against the expected curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt

from pmbridge.metrics.bugflow.control_chart import MIN_POINTS, OVERDISPERSED, score
from pmbridge.metrics.bugflow.cusum import FALSE_ALARM_DAYS, rounded

#: The chart shares the designed rate of false alarms with a CUSUM: it takes one part in so many of it.
PART = 4
#: A silence is looked for in weeks, which have every weekday once.
_WEEK = 7
#: Where nearly nothing is expected, a mean of so little is taken.
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that each day may bring, the days above it, and the stretches that were too quiet.

    ``ceiling`` is ``None`` on days without an expectation. ``silences`` are first and last places of weeks in a row
    that brought fewer than chance explains: perhaps the way on which reports come in is broken.
    """

    ceiling: tuple[float | None, ...]
    above: tuple[int, ...]
    silences: tuple[tuple[int, int], ...]


def limits(
    counts: Sequence[int],
    expected: Sequence[float | None],
    false_alarm_days: float = FALSE_ALARM_DAYS,
    least: Sequence[float | None] | None = None,
) -> Limits:
    """Chart daily counts against what was expected of each day, silences against the ``least`` that was.

    The limit is three sigma above the expected count, widened by the scatter of the days before (Laney 2002), and no
    lower than the count that chance exceeds once in four times the spacing of false alarms: with few arrivals
    a day three sigma is passed far too often.
    """
    chance = 1 / (PART * false_alarm_days)
    wide = _widening(counts, expected)
    ceiling = tuple(
        None
        if mean is None
        else max(mean + 3 * wide[day] * sqrt(mean), float(_most(rounded(max(mean, _LEAST)), chance)))
        for day, mean in enumerate(expected)
    )
    above = tuple(day for day, top in enumerate(ceiling) if top is not None and counts[day] > top)
    return Limits(ceiling, above, tuple(_silences(counts, least or expected, chance)))


@lru_cache(maxsize=2048)
def _most(mean: float, chance: float) -> int:
    """Return the count that a Poisson mean exceeds with no more than this chance."""
    from scipy.special import pdtrc

    most = ceil(mean)
    while float(pdtrc(most, mean)) > chance:
        most += 1
    return most


def _silences(counts: Sequence[int], expected: Sequence[float | None], chance: float) -> Iterator[tuple[int, int]]:
    from scipy.special import pdtr

    found: list[tuple[int, int]] = []
    for last in range(_WEEK - 1, len(counts)):
        begin = last - _WEEK + 1
        means = [mean for mean in expected[begin : last + 1] if mean is not None]
        if len(means) == _WEEK and float(pdtr(sum(counts[begin : last + 1]), sum(means))) <= chance:
            if found and begin <= found[-1][1] + 1:
                found[-1] = found[-1][0], last
            else:
                found.append((begin, last))
    return iter(found)


def _widening(counts: Sequence[int], expected: Sequence[float | None]) -> list[float]:
    """Return, for each day, the sigma of the standardised counts of the days before, from their moving ranges."""
    wide, scores = [], list[float]()
    squares = ranges = 0.0
    for count, mean in zip(counts, expected, strict=True):
        enough = len(scores) >= MIN_POINTS and squares / (len(scores) - 1) > OVERDISPERSED
        wide.append(max(1.0, ranges / (len(scores) - 1) / 1.128) if enough else 1.0)
        if mean is not None and mean > 0:
            scores.append(score(count, mean))
            squares += scores[-1] ** 2
            ranges += abs(scores[-1] - scores[-2]) if len(scores) > 1 else 0.0
    return wide
