"""Whether defects arrive faster or slower while a launch draws near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pmbridge.metrics.bugflow.growth import Finds
from pmbridge.metrics.bugflow.trend import laplace

#: Below this many arrivals the test says nothing.
FEWEST = 5


def arrival_trend(arrivals: Sequence[datetime], begin: datetime, end: datetime) -> float | None:
    """Return Laplace's factor of arrivals within [begin, end); ``None`` of fewer than five.

    Below 0 they grow rarer; under a constant rate it is standard normal.
    """
    whole = (end - begin).total_seconds()
    offsets = [(at - begin).total_seconds() for at in arrivals if begin <= at < end]
    if len(offsets) < FEWEST or whole <= 0:
        return None
    import numpy

    return laplace(Finds(whole, times=numpy.array(offsets)))
