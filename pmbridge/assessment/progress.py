"""Scope, its ledger, and how work moves through a milestone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pmbridge.assessment.figures import Contract, Figure, Moment


class Scope(Contract):
    """What is in a milestone, in items and points. Cancelled items have left and are counted beside it."""

    items: int
    done: int
    active: int
    todo: int
    waiting: int
    unmapped: int
    cancelled: int
    points: float | None
    points_done: float | None
    unestimated: int


class LedgerKind(StrEnum):
    """How an entry moves the balance."""

    ADDED = "added"
    REMOVED = "removed"
    REESTIMATED = "reestimated"


class LedgerEntry(Contract):
    """One event that moved the scope: when, which item, by how much, who, and the change's identity.

    ``delta`` is in items, ``points`` the same move in points (``None`` where the item has no estimate).
    ``cause`` tells created, moved in, moved out, cancelled, restored, re-levelled and re-estimated apart; ``origin``
    tells additions apart: split off, from defects, found on the way, newly asked for.
    """

    at: Moment
    item: str
    kind: LedgerKind
    delta: int
    by: str | None
    change: str
    points: float | None = None
    cause: str
    title: str | None = None
    url: str | None = None
    origin: str | None = None


class PointsLedger(Contract):
    """The scope's balance in points: baseline + added - removed + reestimated - now = residual."""

    baseline: float
    added: float
    removed: float
    reestimated: float
    now: float
    residual: float


class Movement(Contract):
    """How far a scope has moved from its baseline, as shares of it.

    ``creep`` is what was added, ``net`` the balance of both ways and of re-estimates, ``churn`` all movement whichever
    way, ``late`` what was added in the last quarter of the planned time, ``None`` without both dates.
    """

    creep: float
    net: float
    churn: float
    late: float | None = None


class SinceStart(Contract):
    """The balance in items from the declared start on, which a later freeze does not hide."""

    at: Moment
    baseline: int
    added: int
    removed: int


class Ledger(Contract):
    """The scope's balance in items: baseline + added - removed - now = residual, which is printed, never absorbed.

    ``since_start`` stands beside it where the baseline is a freeze that came after the start.
    """

    baseline_at: Moment | None
    baseline_reason: str
    baseline: int | None
    added: int
    removed: int
    now: int
    residual: int
    points: PointsLedger | None
    entries: tuple[LedgerEntry, ...] = ()
    movement: Movement | None = None
    movement_points: Movement | None = None
    since_start: SinceStart | None = None


class Burnup(Contract):
    """Scope and done items at the end of each local day."""

    dates: tuple[date, ...] = ()
    scope: tuple[int, ...] = ()
    done: tuple[int, ...] = ()


class StageCounts(Contract):
    """Work in one stage at the end of each day."""

    stage: str
    items: tuple[int, ...]


class CumulativeFlow(Contract):
    """Work by stage and local day; the stages together are the scope."""

    dates: tuple[date, ...] = ()
    stages: tuple[StageCounts, ...] = ()


class Flow(Contract):
    """How work moves: items a week, and business-free elapsed days.

    ``efficiency`` is the active part of cycle times, where waiting states are modelled. ``steady`` tells whether pace,
    cycle time and work in progress agree (Little's law); where not, ``diagnosis`` says how they differ.
    """

    throughput: Figure
    cycle_time_p50: Figure
    cycle_time_p85: Figure
    wip: Figure
    oldest_age: Figure
    weekly: tuple[int, ...] = ()
    lead_time_p50: Figure | None = None
    lead_time_p85: Figure | None = None
    efficiency: Figure | None = None
    aggregate_age: Figure | None = None
    steady: bool | None = None
    diagnosis: str | None = None
    cumulative: CumulativeFlow = CumulativeFlow()
