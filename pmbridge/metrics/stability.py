"""Whether the flow is steady enough for forecasts that assume it: Little's law as a diagnosis, never as a forecast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pmbridge.history.phases import Life
from pmbridge.metrics.flow import LittlesLaw, littles_law

#: Work in progress over what pace and cycle time explain; outside of this the flow is unstable.
STEADY = (0.8, 1.25)
WEEKS = 12
_DAY = timedelta(days=1)
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Stability:
    """The averages of the window and what they say; ``None`` where too little was finished to tell."""

    law: LittlesLaw | None
    arrivals: int
    departures: int

    @property
    def is_steady(self) -> bool | None:
        """Whether the three averages agree."""
        return None if self.law is None else STEADY[0] <= self.law.ratio <= STEADY[1]

    @property
    def text(self) -> str | None:
        """Say what is wrong, or nothing where the flow is steady or unknown."""
        if self.law is None or self.is_steady:
            return None
        more = self.law.ratio > STEADY[1]
        why = "more is begun than finished" if more else "work is finished that was begun long before"
        return (
            f"Flow is unstable over {WEEKS} weeks: {self.law.wip:.1f} items in progress where pace and cycle time "
            f"explain {self.law.throughput * self.law.cycle_time:.1f} ({why})."
        )


def stability(lives: Iterable[Life], as_of: datetime, weeks: int = WEEKS) -> Stability:
    """Measure the last weeks of all counted work."""
    begin = as_of - timedelta(weeks=weeks)
    starts: list[float] = []
    finishes: list[float] = []
    arrivals = departures = 0
    for life in lives:
        started, last = life.first_active_at, life.last
        if started is None or not last.counted or not (last.done or last.begun):
            continue
        ended = life.completed_at
        if ended is not None and ended < begin:
            continue
        starts.append((started - begin) / _DAY)
        finishes.append((ended - begin) / _DAY if ended is not None else float("inf"))
        arrivals += started >= begin
        departures += ended is not None
    law = littles_law(starts, finishes, 7.0 * weeks) if departures >= _FEWEST else None
    return Stability(law, arrivals, departures)
