"""Earned schedule: when the value earned by now had been planned to be earned (Lipke 2003).

Unlike the schedule index in money, it still tells a late project late on its last day. Times are in periods counted
from the start of the baseline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class EarnedSchedule:
    """The planned time of what is earned, beside the time it took; ``planned`` is the planned duration."""

    earned: float
    actual: float
    planned: float

    @property
    def variance(self) -> float:
        """Periods ahead of the plan; negative is late."""
        return self.earned - self.actual

    @property
    def index(self) -> float | None:
        """SPI(t): time earned over time taken, ``None`` before any time has passed."""
        return self.earned / self.actual if self.actual > 0 else None

    @property
    def duration(self) -> float | None:
        """The independent estimate of the whole duration, planned over SPI(t); ``None`` where nothing is earned."""
        return self.planned / self.index if self.index else None

    def duration_at(self, factor: float = 1.0) -> float:
        """Return the whole duration if the rest goes at ``factor`` times the planned speed."""
        return self.actual + (self.planned - self.earned) / factor

    def to_complete_index(self, deadline: float) -> float | None:
        """Return the SPI(t) the rest needs to end by ``deadline``; ``None`` once that has passed."""
        left = deadline - self.actual
        return (self.planned - self.earned) / left if left > 0 else None


def earned_time(planned: Sequence[float], earned: float) -> float:
    """Return the first time at which the planned value reaches ``earned``, interpolated within a period.

    ``planned`` are cumulative planned values at the end of each period from 1 on, never falling. Nothing earned is
    time 0; a plan that is fully earned is the first time it says so, however long its flat end.
    """
    if any(later < before for before, later in pairwise(planned)):
        raise ValueError("a cumulative plan never falls; check the planned values")
    if earned <= 0 or not planned:
        return 0.0
    before = 0.0
    for period, value in enumerate(planned):
        if value >= earned:
            return period + (earned - before) / (value - before)
        before = value
    return earned_time(planned, planned[-1])


def earned_schedule(planned: Sequence[float], earned: float, actual: float) -> EarnedSchedule:
    """Measure a project against its plan after ``actual`` periods of work, stops left out."""
    return EarnedSchedule(earned_time(planned, earned), actual, earned_time(planned, planned[-1] if planned else 0.0))
