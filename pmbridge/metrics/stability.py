"""Whether the flow is steady enough for forecasts that assume it: Little's law as a diagnosis, never as a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy

from pmbridge.history.chronicle import latest
from pmbridge.history.micros import DAY
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.metrics.flow import LittlesLaw, littles_law
from pmbridge.model.instants import to_micros

#: Work in progress over what pace and cycle time explain; outside of this the flow is unstable.
STEADY = (0.8, 1.25)
WEEKS = 12
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Stability:
    """The averages of the window and what they say; ``None`` where too little was finished to tell.

    ``weeks`` is how long the window was.
    """

    law: LittlesLaw | None
    arrivals: int
    departures: int
    weeks: int = WEEKS

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
            f"Flow is unstable over {wording.count(self.weeks, 'week')}: {self.law.wip:.1f} items in progress where "
            f"pace and cycle time explain {self.law.throughput * self.law.cycle_time:.1f} ({why})."
        )


def stability(lives: Sequence[Life], as_of: datetime, weeks: int = WEEKS) -> Stability:
    """Measure the last weeks of all counted work, or the time since the first of it was begun where that is shorter.

    Averages over a time in which nothing was going on yet would all be too low, though their ratio would be the same.
    """
    now, begin = latest(lives), to_micros(as_of - timedelta(weeks=weeks))
    seen = now.begun & now.counted & (now.in_progress | (now.done & (now.ended >= begin)))
    departed = seen & now.done
    starts = (now.began[seen] - begin) / DAY
    finishes = numpy.where(departed, (now.ended - begin) / DAY, numpy.inf)[seen]
    arrivals, departures = int((starts >= 0).sum()), int(departed.sum())
    if departures < _FEWEST:
        return Stability(None, arrivals, departures, weeks)
    idle = max(0.0, float(starts.min()))
    length = 7.0 * weeks - idle
    law = littles_law((starts - idle).tolist(), (finishes - idle).tolist(), length)
    return Stability(law, arrivals, departures, max(1, round(length / 7)))
