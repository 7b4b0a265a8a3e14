"""When a milestone will finish, how often such words held, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pmbridge.assessment.figures import Contract, Figure


class Dates(Contract):
    """Percentiles of a finish date, and the chance to make the due date."""

    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    on_time_probability: float | None = None


class Forecast(Contract):
    """When the milestone will finish. The dates on top are those of the growing scope.

    ``status``: ``ok``, ``done`` (nothing is open), ``refused`` or ``unknown``. ``granularity`` is how finely a date may
    be read (day, week, month). ``past`` counts the earlier milestones it learned from; ``shift`` is how much longer
    than the general pattern this project usually takes, as a factor.
    """

    status: Literal["ok", "done", "refused", "unknown"]
    model: str | None
    trials: int | None = None
    seed: int | None = None
    window_weeks: int | None = None
    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    on_time_probability: float | None = None
    refusal: str | None = None
    frozen_scope: Dates = Dates()
    growing_scope: Dates = Dates()
    regime: str | None = None
    confidence: Literal["low", "medium", "high"] | None = None
    granularity: Literal["day", "week", "month"] | None = None
    past: int | None = None
    shift: float | None = None
    remaining: int | None = None
    reasons: tuple[str, ...] = ()


class Calibration(Contract):
    """How often earlier forecasts held."""

    status: Literal["calibrated", "uncalibrated", "unknown"]
    n: int | None
    p50_coverage: float | None
    p85_coverage: float | None
    reasons: tuple[str, ...] = ()


class EarnedValue(Contract):
    """Budget and schedule performance."""

    bac: Figure
    pv: Figure
    ev: Figure
    ac: Figure
    spi: Figure
    cpi: Figure
    eac: Figure
    earned_schedule: Figure
    spi_t: Figure
