"""Sums that notice a small lasting rise: CUSUM charts, and how often they alarm for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log

#: One false alarm in so many days, and the rise to be noticed, unless configured.
FALSE_ALARM_DAYS = 200.0
RISE = 1.75

_PARTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 32, 40, 64, 100)
#: How far, as a share, the reference may lie from the best one to keep the lattice coarse.
_COARSE = 0.08


def tabular(values: Iterable[float], target: float, slack: float) -> tuple[list[float], list[float]]:
    """Return the upper and lower sums of a tabular CUSUM (Page 1954): how far values have drifted past the slack."""
    upper, lower = [0.0], [0.0]
    for x in values:
        upper.append(max(0.0, x - (target + slack) + upper[-1]))
        lower.append(max(0.0, (target - slack) - x + lower[-1]))
    return upper[1:], lower[1:]


@dataclass(frozen=True, slots=True)
class Design:
    """A Poisson CUSUM: S = max(0, S + x - reference), an alarm at S >= threshold.

    Both are whole multiples of 1 / ``parts``, so that S moves on a lattice and run lengths are exact.
    """

    reference: float
    threshold: float
    parts: int

    def run_length(self, mean: float, start: float = 0.0) -> float:
        """Return the mean number of periods until an alarm at a mean count, from a sum of ``start``."""
        return float(run_lengths(mean, self)[round(start * self.parts)])


def run_lengths(mean: float, design: Design) -> Sequence[float]:
    """Return the mean number of periods until an alarm from each lattice state, by its Markov chain.

    The states are the sums below the threshold; with Q the moves between them, the run lengths solve (I - Q) r = 1
    (Brook & Evans 1972).
    """
    import numpy
    from scipy.special import gammaln, pdtr

    size = round(design.threshold * design.parts)
    drop = round(design.reference * design.parts)
    here = numpy.arange(size)
    move = here[None, :] - here[:, None] + drop
    whole = (move >= 0) & (move % design.parts == 0)
    count = numpy.where(whole, move // design.parts, 0)
    chances = numpy.where(whole, numpy.exp(count * log(mean) - mean - gammaln(count + 1)), 0.0)
    to_zero = numpy.floor((drop - here) / design.parts)
    chances[:, 0] = numpy.where(to_zero >= 0, pdtr(numpy.maximum(to_zero, 0), mean), 0.0)
    try:
        return [float(x) for x in numpy.linalg.solve(numpy.eye(size) - chances, numpy.ones(size))]
    except numpy.linalg.LinAlgError:
        # No state is ever left: an alarm is so unlikely that its chance is no number any more.
        return [inf] * size


@lru_cache(maxsize=512)
def design(mean: float, rise: float = RISE, false_alarm_days: float = FALSE_ALARM_DAYS) -> Design:
    """Choose reference and threshold so that a false alarm comes no oftener than once in ``false_alarm_days``.

    The reference is the one that finds a rise from ``mean`` to ``rise * mean`` soonest, (m1 - m0) / (ln m1 - ln m0)
    (Lucas 1985), rounded to a lattice; the threshold is the smallest that keeps the promise.
    """
    if mean <= 0 or rise <= 1 or false_alarm_days < 2:
        raise ValueError("a CUSUM needs a mean above 0, a rise above 1 and a spacing of false alarms of 2 or more")
    wanted = mean * (rise - 1) / log(rise)
    parts = next((p for p in _PARTS if abs(round(wanted * p) / p - wanted) <= _COARSE * wanted), _PARTS[-1])
    reference = max(1, round(wanted * parts)) / parts
    low, high = 0, 1
    while _spacing(mean, reference, high, parts) < false_alarm_days:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _spacing(mean, reference, middle, parts) < false_alarm_days:
            low = middle
        else:
            high = middle
    return Design(reference, high / parts, parts)


def _spacing(mean: float, reference: float, states: int, parts: int) -> float:
    return Design(reference, states / parts, parts).run_length(mean)


def rounded(mean: float) -> float:
    """Round a mean to two digits, so that charts of days with nearly one mean share one design."""
    return float(f"{mean:.1e}")
