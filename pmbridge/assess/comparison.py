"""What the throughput of past weeks alone would say of a milestone, for comparison and for counts by a date."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import SimulatedDates
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.simulation.history import TooLittleHistoryError, Weeks
from pmbridge.metrics.simulation.seed import Seed
from pmbridge.metrics.simulation.trials import TRIALS, Question, horizon

_NAME = "nb_ar"


def comparisons(stands: Standing, expected: Outlook, around: Surroundings) -> tuple[SimulatedDates, ...]:
    """Simulate the open items with the milestone's own weekly finishes."""
    from pmbridge.metrics.simulation.autoregressive import how_many, items_within, nb_ar

    today, days = around.reading.today, expected.snapshot.days_to_due
    seed = Seed(0, stands.milestone.key, today.toordinal())
    weeks = Weeks(tuple(map(float, expected.snapshot.weekly_finishes)))
    question = Question(expected.snapshot.remaining, horizon=horizon(None if days is None else days / 7))
    try:
        found = nb_ar(weeks, question, seed.generator())
        counts = items_within(weeks, round(days / 7), TRIALS, seed.generator()) if days and days >= 7 else None
    except TooLittleHistoryError as why:
        return (SimulatedDates(model=_NAME, trials=0, seed=seed.words, refusal=f"{why}"),)
    return (
        SimulatedDates(
            model=_NAME,
            trials=found.trials,
            seed=seed.words,
            p50=_day(found.quantile(0.5), today),
            p85=_day(found.quantile(0.85), today),
            p95=_day(found.quantile(0.95), today),
            on_time_probability=None if days is None else round(found.probability_within(max(0, days) / 7), 4),
            items_by_due=None if counts is None else (how_many(counts, 0.5), how_many(counts, 0.85)),
        ),
    )


def _day(weeks: float, today: date) -> date | None:
    return None if weeks == inf else today + timedelta(days=-int(-7 * weeks // 1))
