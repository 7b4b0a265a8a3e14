"""The burn-up of a milestone with the fan of its forecast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pmbridge.assessment import MilestoneAssessment
from pmbridge.reports import phrases
from pmbridge.reports.charts import Band, Layer, Limit, Line, Plot, Role
from pmbridge.reports.sections import days_told


def burnup(milestone: MilestoneAssessment) -> Iterator[Plot]:
    """Draw scope and done items, and between which dates the work will probably be through."""
    b = milestone.burnup
    if not b.dates:
        return
    told = days_told(milestone)
    layers: list[Layer] = [
        *_fan(milestone),
        Line("scope", b.dates[:told], [float(n) for n in b.scope[:told]], Role.EXPECTED, step=True),
        Line("done", b.dates[:told], [float(n) for n in b.done[:told]], Role.WENT, step=True),
    ]
    if milestone.due is not None:
        layers.append(Limit("due", milestone.due, Role.ALARM, upright=True))
    yield Plot(
        name="burnup",
        title="Scope and done",
        text=f"{b.done[-1]} of {b.scope[-1]} items done; {_outlook(milestone)}.",
        layers=tuple(layers),
        up="items",
    )


def _fan(milestone: MilestoneAssessment) -> Iterator[Layer]:
    """Lead from what is done today to all that is in scope, by the early and by the late date."""
    f, b = milestone.forecast, milestone.burnup
    if f.status != "ok" or f.p50 is None or f.p95 is None or f.p50 <= b.dates[-1]:
        return
    today, done, scope = b.dates[-1], float(b.done[-1]), float(b.scope[-1])
    late = _height(today, f.p95, f.p50, done, scope)
    yield Band("50 to 95 %", [today, f.p50, f.p95], [done, late, scope], [done, scope, scope], Role.OPEN)
    if f.p85 is not None:
        yield Line("likely (85 %)", [today, f.p85], [done, scope], Role.OPEN, dashed=True)


def _height(begin: date, end: date, at: date, low: float, high: float) -> float:
    return low + (high - low) * (at - begin).days / max(1, (end - begin).days)


def _outlook(milestone: MilestoneAssessment) -> str:
    f = milestone.forecast
    if f.status == "ok":
        return f"likely (85 %) by {phrases.coarse_day(f.p85, f.granularity)}"
    return "nothing is open" if f.status == "done" else "no forecast"
