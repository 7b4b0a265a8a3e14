"""What the throughput of past weeks alone would say of a milestone, for comparison and for counts by a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from math import ceil, inf
from typing import Any

from pmbridge.assess.pace import TeamWork, open_shares, team_work, weeks_of
from pmbridge.assess.risk_register import register_of
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import SimulatedDates
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.simulation.finish import Finish
from pmbridge.metrics.simulation.history import TooLittleHistoryError, Weeks
from pmbridge.metrics.simulation.seed import Seed
from pmbridge.metrics.simulation.teams import Teams, quantile
from pmbridge.metrics.simulation.trials import TRIALS, Question, RiskEvent, horizon

_NAME = "nb_ar"
#: A scope that grows is counted week by week, and teams one by one: fewer trials, a probability known to two points.
_FEWER_TRIALS = 500
#: The part of the planned time at whose end no more joins.
_FROZEN_PART = 0.2


def comparisons(stands: Standing, expected: Outlook, around: Surroundings) -> tuple[SimulatedDates, ...]:
    """Simulate the open items with the milestone's own weekly finishes: as the scope is, as it grows, team by team.

    Written risks that name a probability and days happen or not in every trial.
    """
    return tuple(_simulated(stands, expected, around))


def _simulated(stands: Standing, expected: Outlook, around: Surroundings) -> Iterator[SimulatedDates]:
    seed = Seed(0, stands.milestone.key, around.reading.today.toordinal())
    days, weeks = expected.snapshot.days_to_due, weeks_of(stands, expected.snapshot.weekly_finishes, around)
    question = _question(stands, expected, around)
    yield _frozen(replace(weeks, grown=()), question, seed, days, around.reading.today)
    if any(weeks.grown):
        yield _growing(weeks, question, seed, stands, around)
    teams = team_work(stands, len(expected.snapshot.weekly_finishes), around)
    if teams:
        yield _by_team(teams, question, seed, days, around.reading.today)


def _question(stands: Standing, expected: Outlook, around: Surroundings) -> Question:
    days = expected.snapshot.days_to_due
    far = horizon(None if days is None else days / 7)
    book = register_of(stands.milestone, around.risks, around.who, None)
    risks = tuple(
        RiskEvent(one.probability, one.impact_days)
        for one in (book.entries if book is not None else ())
        if one.probability is not None and one.impact_days is not None
    )
    shares = open_shares(around, around.reading.today + timedelta(days=1), min(far, 52))
    return Question(expected.snapshot.remaining, horizon=far, risks=risks, open_share=shares)


def _frozen(weeks: Weeks, question: Question, seed: Seed, days: int | None, today: date) -> SimulatedDates:
    from pmbridge.metrics.simulation.autoregressive import how_many, items_within, nb_ar

    try:
        found = nb_ar(weeks, question, seed.generator())
        counts = items_within(weeks, round(days / 7), TRIALS, seed.generator()) if days and days >= 7 else None
    except TooLittleHistoryError as why:
        return SimulatedDates(model=_NAME, trials=0, seed=seed.words, refusal=f"{why}")
    by_due = None if counts is None else (how_many(counts, 0.5), how_many(counts, 0.85))
    return _dates(found, question, seed, days, today, items_by_due=by_due)


def _growing(weeks: Weeks, question: Question, seed: Seed, stands: Standing, around: Surroundings) -> SimulatedDates:
    """Let the scope grow as in past weeks until it freezes, a fifth of the planned time before the due date."""
    from pmbridge.metrics.simulation.autoregressive import nb_ar

    plan, days = stands.plan, None if stands.plan.due is None else (stands.plan.due - around.reading.today).days
    freeze = None
    if plan.due is not None and plan.start is not None and days is not None:
        freeze = max(0.0, (days - _FROZEN_PART * max(0, (plan.due - plan.start).days)) / 7)
    asked = replace(question, trials=_FEWER_TRIALS, freeze_weeks=freeze)
    try:
        found = nb_ar(weeks, asked, seed.generator())
    except TooLittleHistoryError as why:
        return SimulatedDates(model=_NAME, trials=0, seed=seed.words, refusal=f"{why}", scope="growing")
    return _dates(found, asked, seed, days, around.reading.today, scope="growing")


def _by_team(
    teams: tuple[TeamWork, ...], question: Question, seed: Seed, days: int | None, today: date
) -> SimulatedDates:
    """End with the last team: independent of each other, and all as one."""
    from pmbridge.metrics.simulation.autoregressive import nb_ar

    names, rng = tuple(one.team for one in teams), seed.generator()
    each = []
    for one in teams:
        try:
            found = nb_ar(one.weeks, replace(question, remaining=one.remaining, trials=_FEWER_TRIALS), rng)
        except TooLittleHistoryError as why:
            refusal = f"team {one.team}: {why}"
            return SimulatedDates(model=_NAME, trials=0, seed=seed.words, refusal=refusal, teams=names)
        each.append(found.probability_within)
    joint, grid = Teams(tuple(each)), [day / 7 for day in range(1, 7 * question.horizon + 1)]

    def day(q: float) -> date | None:
        return _day(quantile(joint.independent, q, grid) or inf, today)

    return SimulatedDates(
        model=_NAME,
        trials=_FEWER_TRIALS,
        seed=seed.words,
        p50=day(0.5),
        p85=day(0.85),
        p95=day(0.95),
        on_time_probability=None if days is None else round(joint.independent(max(0, days) / 7), 4),
        risks=len(question.risks),
        teams=names,
        p85_together=_day(quantile(joint.comonotonic, 0.85, grid) or inf, today),
    )


def _dates(found: Finish, question: Question, seed: Seed, days: int | None, today: date, **more: Any) -> SimulatedDates:
    return SimulatedDates(
        model=_NAME,
        trials=found.trials,
        seed=seed.words,
        p50=_day(found.quantile(0.5), today),
        p85=_day(found.quantile(0.85), today),
        p95=_day(found.quantile(0.95), today),
        on_time_probability=None if days is None else round(found.probability_within(max(0, days) / 7), 4),
        risks=len(question.risks),
        **more,
    )


def _day(weeks: float, today: date) -> date | None:
    """Turn weeks from now into a day; ``None`` lies beyond what trials were followed to."""
    return None if weeks == inf else today + timedelta(days=max(1, ceil(round(7 * weeks, 9))))
