"""Bug flow after a launch."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pmbridge.assessment.figures import Contract, Figure, Moment


class BugSeries(Contract):
    """Bug flow by local day."""

    dates: tuple[date, ...] = ()
    arrivals: tuple[int, ...] = ()
    closures: tuple[int, ...] = ()
    reopens: tuple[int, ...] = ()
    backlog: tuple[int, ...] = ()


class Reliability(Contract):
    """How many defects are still to come, or why nobody can say."""

    status: Literal["ok", "refused", "unknown"]
    model: str | None
    residual: float | None
    interval: tuple[float, float] | None
    refusal: str | None


class Handoff(Contract):
    """One chain from a customer's report to a fix, and who owes the next step."""

    report: str
    defect: str | None
    step: str
    owner: str | None
    since: Moment | None
    text: str


class Alert(Contract):
    """One episode of unusual arrivals."""

    series: str
    since: Moment
    observed: float
    expected: float
    text: str


class Bugs(Contract):
    """Bug flow after the launch."""

    launched_at: Moment | None
    reports: int | None
    defects: int | None
    closed: int | None
    reopened: int | None
    backlog: int | None
    escaped_rate: float | None
    series: BugSeries = BugSeries()
    time_to_resolve_p50: Figure
    time_to_resolve_p85: Figure
    reopen_rate: Figure
    sla_attainment: Figure
    reliability: Reliability
    stabilised_on: date | None
    handoffs: tuple[Handoff, ...] = ()
    alerts: tuple[Alert, ...] = ()
    reasons: tuple[str, ...] = ()
