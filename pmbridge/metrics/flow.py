"""How work moves through a milestone: pace, cycle time, work in progress and its age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy

from pmbridge.assessment import Figure, FigureStatus, Flow, missing
from pmbridge.history.chronicle import excerpt, latest
from pmbridge.history.micros import DAY
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.metrics.percentile import percentile
from pmbridge.model.instants import to_micros

#: Where more than this share of what was begun is open, finished work alone makes cycle times look short.
OPEN_SHARE = 0.2


def flow(lives: Sequence[Life], faces: frozenset[MilestoneId], weekly: Sequence[int], as_of: datetime) -> Flow:
    """Describe the flow of the work in scope at ``as_of``.

    ``weekly`` are its finishes in the seven-day blocks that end with ``as_of``, oldest first. Cycle time is elapsed
    days from the first entry into active to completion; work that never was active has none.
    """
    told, now, instant = excerpt(lives), latest(lives), to_micros(as_of)
    inside = told.life[told.inside(faces) & told.during(as_of)]
    done, begun, began = now.done[inside], now.begun[inside], now.began[inside]
    took = (now.ended[inside] - began)[done & begun]
    times = (took[took >= 0] / DAY).tolist()
    skipped = int(done.sum()) - len(times)
    running = now.in_progress[inside]
    open_ = ((instant - began)[running & begun & (began <= instant)] / DAY).tolist()
    ages = (instant - numpy.where(begun, began, now.since[inside]))[running] / DAY
    return Flow(
        throughput=_throughput(weekly),
        cycle_time_p50=_cycle_time(times, 0.5, skipped, open_),
        cycle_time_p85=_cycle_time(times, 0.85, skipped, open_),
        wip=Figure(value=len(ages), unit="items", n=len(inside)),
        oldest_age=_days(float(ages.max()), len(ages)) if len(ages) else _nothing("days", "nothing is in progress"),
        weekly=tuple(weekly),
    )


def _throughput(weekly: Sequence[int]) -> Figure:
    weeks = len(weekly)
    if not any(weekly):
        text = f"no item was finished in {weeks} week{'' if weeks == 1 else 's'}"
        return Figure(value=None, unit="items/week", status=FigureStatus.INSUFFICIENT, n=weeks, reasons=(text,))
    return Figure(value=round(sum(weekly) / weeks, 3), unit="items/week", n=weeks)


def _cycle_time(times: Sequence[float], q: float, skipped: int, open_ages: Sequence[float]) -> Figure:
    """Take the percentile of finished work; where much is open still, say what it is with that counted in."""
    value = percentile(times, q)
    never = f"{skipped} finished without ever being in progress and have no cycle time"
    if value is None:
        return missing("days", never if skipped else "no item is finished", FigureStatus.INSUFFICIENT)
    reasons = ([never] if skipped else []) + _counted_in(times, q, open_ages)
    return Figure(value=round(value, 3), unit="days", n=len(times), reasons=tuple(reasons))


def _counted_in(times: Sequence[float], q: float, open_ages: Sequence[float]) -> list[str]:
    """Estimate the percentile over open work too, which finished work alone makes too short (Kaplan and Meier 1958)."""
    begun = len(times) + len(open_ages)
    if len(open_ages) <= OPEN_SHARE * begun:
        return []
    from pmbridge.metrics.bugflow.survival import kaplan_meier

    curve = kaplan_meier([*times, *open_ages], [True] * len(times) + [False] * len(open_ages))
    days = curve.quantile(q)
    within = f"within {days:.1f} days" if days is not None else f"not yet known: more than {curve.last:.1f} days"
    return [f"{len(open_ages)} of {begun} are in progress still; counted in, {round(100 * q)} % are done {within}"]


def _days(value: float, n: int) -> Figure:
    return Figure(value=round(value, 3), unit="days", n=n)


def _nothing(unit: str, reason: str) -> Figure:
    return missing(unit, reason, FigureStatus.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class LittlesLaw:
    """Averages over a window: ``wip = throughput * cycle_time`` holds exactly where it begins and ends empty."""

    wip: float
    throughput: float
    cycle_time: float

    @property
    def ratio(self) -> float:
        """Measured work in progress over what pace and cycle time explain; far from 1 the flow is unstable."""
        return self.wip / (self.throughput * self.cycle_time)


def littles_law(starts: Sequence[float], finishes: Sequence[float], window: float) -> LittlesLaw | None:
    """Average the work between 0 and ``window`` (Little 1961); ``None`` where nothing was finished."""
    pairs = list(zip(starts, finishes, strict=True))
    times = [end - start for start, end in pairs if 0 <= end <= window]
    if not times or window <= 0 or sum(times) <= 0:
        return None
    occupied = sum(max(0.0, min(end, window) - max(start, 0.0)) for start, end in pairs)
    return LittlesLaw(occupied / window, len(times) / window, sum(times) / len(times))
