"""Whether the forecasts of a project held: its own record, from its earlier milestones replayed.

A forecast of whole days is scored by its randomised probability integral transform (Czado, Gneiting and Held 2009),
in expectation, so that no chance enters: where the outcome's day straddles a percentile it counts as the part hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb

from pmbridge.metrics.forecast import Prediction, Target, forecast
from pmbridge.metrics.replay import ReplayedMilestone, known_before
from pmbridge.metrics.wilson import wilson_interval

#: A record is shown from this many milestones on, and tested from that many on.
SHOWN_FROM = 8
TESTED_FROM = 20

_FRACTION = 0.5  # one forecast a milestone: they are independent cases


@dataclass(frozen=True, slots=True)
class ScoredForecast:
    """Where an outcome fell in its forecast: probability of an earlier day, and of that day or an earlier one."""

    before: float
    upto: float

    def hit(self, q: float) -> float:
        """Part of the outcome, 0 to 1, that percentile ``q`` covers."""
        if self.upto <= self.before:
            return float(self.upto <= q)
        return min(1.0, max(0.0, (q - self.before) / (self.upto - self.before)))


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How often a project's percentiles held: one forecast for each of ``n`` milestones, halfway.

    Coverages are ``None`` where ``n`` is 0. ``p85_hits`` counts outcomes on or before the P85 day.
    ``p85_interval`` is Wilson's at 95 %, ``p85_p_value`` the exact binomial test, from 20 milestones on.
    """

    n: int
    p50_coverage: float | None
    p85_coverage: float | None
    p85_hits: int
    p85_interval: tuple[float, float] | None
    p85_p_value: float | None
    p95_coverage: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there are enough milestones to say anything."""
        return self.n >= SHOWN_FROM


def score(prediction: Prediction, true_days: int) -> ScoredForecast:
    """Compare a forecast with what happened, in whole days."""
    return ScoredForecast(prediction.probability_within(true_days - 1), prediction.probability_within(true_days))


def coverage(scored: Iterable[ScoredForecast], q: float) -> float | None:
    """Return the share of outcomes that percentile ``q`` covered, or ``None`` without outcomes."""
    hits = [one.hit(q) for one in scored]
    return sum(hits) / len(hits) if hits else None


def track_record(replayed: Sequence[ReplayedMilestone], target: Target = Target.GROWING) -> TrackRecord:
    """Forecast every earlier milestone of a project halfway, from what was known then, and count what held.

    ``replayed`` must have been made for the same ``target``.
    """
    scored: list[ScoredForecast] = []
    hits = 0
    for state in (s for milestone in replayed for s in milestone.states if s.fraction == _FRACTION):
        prediction = forecast(state.snapshot, known_before(replayed, state.day), target)
        scored.append(score(prediction, state.true_days))
        hits += state.true_days <= prediction.quantile_days(0.85)
    n = len(scored)
    return TrackRecord(
        n=n,
        p50_coverage=coverage(scored, 0.5),
        p85_coverage=coverage(scored, 0.85),
        p85_hits=hits,
        p85_interval=wilson_interval(hits, n),
        p85_p_value=binomial_p_value(hits, n, 0.85) if n >= TESTED_FROM else None,
        p95_coverage=coverage(scored, 0.95),
    )


def binomial_p_value(hits: int, trials: int, probability: float) -> float:
    """Return the exact two-sided probability of a count at least as unlikely as ``hits``."""
    chances = [comb(trials, k) * probability**k * (1 - probability) ** (trials - k) for k in range(trials + 1)]
    ceiling = chances[hits] * (1 + 1e-7)
    return min(1.0, sum(chance for chance in chances if chance <= ceiling))
