"""Finish times from weekly rates that wander: the mean is uncertain, and good and bad weeks come in runs (`nb_ar`).

A Poisson process reaches N items when its summed rate reaches a Gamma(N) variable. So a trial draws that one goal and
follows the rates alone: the same distribution as counting every week's items, at a fraction of the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy
from numpy.random import Generator
from numpy.typing import NDArray

from pmbridge.metrics.simulation.closed_forms import moments
from pmbridge.metrics.simulation.finish import Finish
from pmbridge.metrics.simulation.history import Weeks
from pmbridge.metrics.simulation.trials import Question

_PRIOR_CORRELATION, _PRIOR_WEEKS = 0.25, 10
_MOST_CORRELATION, _MOST_PERSISTENCE = 0.7, 0.9


@dataclass(frozen=True, slots=True)
class WeeklyRates:
    """How the weekly rate behaves: its mean with the mean's uncertainty, its scatter, its persistence.

    ``deviation`` is that of the mean, ``scatter`` that of the log rate from week to week, ``persistence`` its
    correlation with the week before.
    """

    mean: float
    deviation: float
    scatter: float
    persistence: float

    @classmethod
    def of(cls, weekly: Sequence[float]) -> WeeklyRates:
        """Estimate them; the correlation is drawn towards .25 with the weight of ten weeks."""
        mean, spread = moments(weekly)
        rho = correlation(weekly)
        excess = spread - mean
        return cls(
            mean=mean,
            deviation=sqrt(spread / len(weekly) * (1 + rho) / (1 - rho)),
            scatter=sqrt(log(1 + excess / mean**2)),
            persistence=min(_MOST_PERSISTENCE, rho * spread / excess) if excess > 0 else 0.0,
        )

    def means(self, trials: int, rng: Generator) -> NDArray[Any]:
        """Draw what the mean may really be, a gamma variable, once for each trial."""
        shape = (self.mean / self.deviation) ** 2
        return rng.gamma(shape, self.mean / shape, trials)

    def deviates(self, last: NDArray[Any] | None, trials: int, rng: Generator) -> NDArray[Any]:
        """Draw the next week's standing in each trial, in deviations, given the last week's."""
        fresh = rng.standard_normal(trials)
        if last is None:
            return fresh
        return self.persistence * last + sqrt(1 - self.persistence**2) * fresh

    def factors(self, deviates: NDArray[Any]) -> NDArray[Any]:
        """Return by how much the week's rate differs from the mean; 1 on average."""
        return numpy.exp(self.scatter * deviates - self.scatter**2 / 2)


def correlation(weekly: Sequence[float]) -> float:
    """Return the correlation of a week with the one before, shrunk and kept within 0 and .7."""
    weeks = numpy.asarray(weekly, float)
    off = weeks - weeks.mean()
    total = float((off * off).sum())
    count = len(weeks)
    observed = float((off[1:] * off[:-1]).sum()) / total + 1 / count if total > 0 else 0.0
    shrunk = (count * observed + _PRIOR_WEEKS * _PRIOR_CORRELATION) / (count + _PRIOR_WEEKS)
    return min(_MOST_CORRELATION, max(0.0, shrunk))


def nb_ar(weeks: Weeks, question: Question, rng: Generator) -> Finish:
    """Simulate the finish; with growth known, the scope grows as in the past week that ranks like the drawn one."""
    weeks.require()
    rates = WeeklyRates.of(weeks.finished)
    took = _growing(weeks, rates, question, rng) if weeks.grown else _steady(rates, question, rng)
    return Finish.of("nb_ar", took + question.delay_weeks(rng), question.horizon)


def items_within(weeks: Weeks, periods: int, trials: int, rng: Generator) -> NDArray[Any]:
    """Return how many items are finished in so many whole weeks, one count for each trial, sorted."""
    weeks.require()
    rates = WeeklyRates.of(weeks.finished)
    means, last, total = rates.means(trials, rng), None, numpy.zeros(trials)
    for _ in range(periods):
        last = rates.deviates(last, trials, rng)
        total += rates.factors(last)
    return numpy.sort(rng.poisson(means * total))


def how_many(counts: NDArray[Any], q: float) -> int:
    """Return the largest number that at least the share ``q`` of sorted counts reach."""
    return int(counts[int(numpy.floor(round(len(counts) * (1 - q), 9)))])


def _steady(rates: WeeklyRates, question: Question, rng: Generator) -> NDArray[Any]:
    items = question.items(rng)
    took = numpy.where(items <= 0, 0.0, numpy.inf)
    alive = numpy.flatnonzero(items > 0)
    # The goal is in mean weeks: dividing by the mean once spares every week a multiplication.
    goal = rng.gamma(items[alive]) / rates.means(question.trials, rng)[alive]
    last: NDArray[Any] | None = None
    for week in range(question.horizon):
        if len(alive) == 0:
            break
        last = rates.deviates(last, len(alive), rng)
        pace = rates.factors(last) * question.share(week)
        ends = goal <= pace
        if ends.any():
            took[alive[ends]] = week + goal[ends] / pace[ends]
            stays = ~ends
            alive, goal, last, pace = alive[stays], goal[stays], last[stays], pace[stays]
        goal = goal - pace
    return took


def _growing(weeks: Weeks, rates: WeeklyRates, question: Question, rng: Generator) -> NDArray[Any]:
    """Count items week by week, since a scope that moves has no fixed goal."""
    from scipy.special import ndtr

    by_pace = sorted(zip(weeks.finished, weeks.grown, strict=True))
    grown = numpy.asarray([growth for _, growth in by_pace], float)
    items = question.items(rng)
    took = numpy.where(items <= 0, 0.0, numpy.inf)
    alive = numpy.flatnonzero(items > 0)
    left, means = items[alive], rates.means(question.trials, rng)[alive]
    last: NDArray[Any] | None = None
    for week in range(question.horizon):
        if len(alive) == 0:
            break
        last = rates.deviates(last, len(alive), rng)
        if question.freeze_weeks is None or week < question.freeze_weeks:
            rank = numpy.minimum((ndtr(last) * len(grown)).astype(int), len(grown) - 1)
            left = left + grown[rank]
        count = rng.poisson(means * rates.factors(last) * question.share(week))
        ends = left <= count
        took[alive[ends]] = week + numpy.maximum(left[ends], 0) / numpy.maximum(count[ends], 1)
        stays = ~ends
        alive, means, last, left = alive[stays], means[stays], last[stays], left[stays] - count[stays]
    return took
