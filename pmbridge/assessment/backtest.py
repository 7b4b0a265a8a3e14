"""How a product's own forecasts would have done: the contract of `pmbridge calibrate`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pmbridge.assessment.figures import Contract, Moment


class PastForecast(Contract):
    """One forecast of an earlier milestone, made again from what was known on its day, with what happened."""

    milestone: str
    made_on: date
    p50: date
    p85: date
    p95: date
    due: date | None
    finished_on: date


class Coverage(Contract):
    """How often one percentile held, of independent cases, with Wilson's interval and the exact binomial test."""

    percentile: float
    held: float | None
    interval: tuple[float, float] | None
    p_value: float | None


class FinishRecord(Contract):
    """The record of milestones that end by one rule.

    ``milestones`` are the independent cases, one forecast halfway through each, on which ``status`` and ``coverage``
    rest; ``forecasts`` are those of every Monday, which ``past``, the scores and ``pit`` rest on, every milestone
    weighing the same: where outcomes fell in their forecasts, in tenths, flat if honest. ``crps`` and ``pinball`` (at
    50, 85 and 95 %) are in days, smaller is better; ``skill`` is the part of the loss of "remaining over mean rate"
    that the forecasts save.
    """

    name: str
    milestones: int
    forecasts: int
    status: Literal["calibrated", "suspicious", "broken", "uncalibrated"]
    coverage: tuple[Coverage, ...]
    pit: tuple[float, ...]
    crps: float | None
    pinball: tuple[float, float, float] | None
    skill: float | None
    widened: bool
    text: str
    past: tuple[PastForecast, ...] = ()


class ThroughputRecord(Contract):
    """How often "at least so many items within these weeks" held, looking back from every Monday."""

    weeks: int
    forecasts: int
    p50_held: float | None
    p85_held: float | None


class Backtest(Contract):
    """The record of one product at one instant."""

    product: str
    title: str
    as_of: Moment
    model: str
    finishes: tuple[FinishRecord, ...]
    throughput: tuple[ThroughputRecord, ...]
