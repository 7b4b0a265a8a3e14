"""When a milestone will finish, how often such words held, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from pmbridge.assessment.figures import Contract, Figure


class Dates(Contract):
    """Percentiles of a finish date, and the chance to make the due date."""

    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    on_time_probability: float | None = None


class SimulatedDates(Contract):
    """What past throughput alone would say, for comparison, with the items it expects by the due date.

    ``seed`` are the numbers that start its generator. ``items_by_due`` are the counts reached with 50 and 85 %.
    ``scope`` is whether what joins is counted in, ``risks`` how many written risks are. With ``teams`` the last of them
    ends the milestone: the dates hold if the luck of each says nothing of the others', ``p85_together`` if all rise and
    fall as one; the truth lies between.
    """

    model: str
    trials: int
    seed: tuple[int, ...]
    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    on_time_probability: float | None = None
    items_by_due: tuple[int, int] | None = None
    refusal: str | None = None
    scope: Literal["frozen", "growing"] = "frozen"
    risks: int = 0
    teams: tuple[str, ...] = ()
    p85_together: date | None = None


class NetworkDates(Contract):
    """What dependencies alone would say. ``criticality`` is how often an item was on the longest path."""

    p50: date
    p85: date
    critical: tuple[str, ...] = ()
    criticality: dict[str, float] = Field(default_factory=dict)


class Forecast(Contract):
    """When the milestone will finish. The dates on top are those of the growing scope.

    ``status``: ``ok``, ``done`` (nothing is open), ``refused`` or ``unknown``. ``granularity`` is how finely a date may
    be read (day, week, month). ``past`` counts the earlier milestones it learned from; ``shift`` is how much longer
    than the general pattern this project usually takes, as a factor. ``was_probability`` and ``was_on`` are the chance
    before it last changed visibly, and the day of the assessment that gave it.
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
    was_probability: float | None = None
    was_on: date | None = None
    reasons: tuple[str, ...] = ()
    binds: Literal["flow", "network"] | None = None
    network: NetworkDates | None = None
    simulations: tuple[SimulatedDates, ...] = ()


class DueMove(Contract):
    """A due date that was seen to have changed, on the day of the sync that saw it first."""

    on: date
    before: date | None
    after: date | None


class Slip(Contract):
    """What executives read as slip, in days; both kinds stand apart, since moving the due date is no recovery.

    ``promised`` is the due date of the first freeze, else the first one that was seen; ``moved`` is how far the present
    one lies from it. ``p50`` and ``p85`` are the forecast against the present due date, negative where it is early.
    """

    promised: date | None = None
    moved: int | None = None
    moves: tuple[DueMove, ...] = ()
    p50: int | None = None
    p85: int | None = None


class Calibration(Contract):
    """How often earlier forecasts held."""

    status: Literal["calibrated", "uncalibrated", "unknown"]
    n: int | None
    p50_coverage: float | None
    p85_coverage: float | None
    reasons: tuple[str, ...] = ()


class Estimate(Contract):
    """One estimate of the cost at completion and the assumption behind it."""

    assumption: str
    value: float


class EarnedValue(Contract):
    """Budget and schedule performance, against the baseline.

    Amounts are money only where money is planned; else they are in points, hours or items, and say so by their unit.
    ``eac`` has its range as its interval, ``estimates`` name what it rests on. ``to_complete`` are the indices that the
    rest needs: of cost within the budget, of schedule by the due date. ``exhausted_on`` is the day the money, of the
    milestone or, without its own, of the product, is gone at the present rate. ``spi_t_original`` is against the first
    baseline where there is a later one.
    """

    bac: Figure
    pv: Figure
    ev: Figure
    ac: Figure
    spi: Figure
    cpi: Figure
    eac: Figure
    earned_schedule: Figure
    spi_t: Figure
    estimates: tuple[Estimate, ...] = ()
    tcpi: Figure | None = None
    tspi: Figure | None = None
    exhausted_on: date | None = None
    exhausted_budget: Literal["milestone", "product"] | None = None
    spi_t_original: Figure | None = None
    reasons: tuple[str, ...] = ()
