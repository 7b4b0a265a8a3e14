"""Whether defects arrive faster or slower: Laplace's test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import sqrt

#: Below this many arrivals the test says nothing.
FEWEST = 5


def laplace(arrivals: Sequence[datetime], begin: datetime, end: datetime) -> float | None:
    """Return Laplace's u of arrivals within [begin, end): below 0 they grow rarer; ``None`` of fewer than five.

    u = (mean(t)/T - 1/2) * sqrt(12 n), standard normal under a constant rate (Cox and Lewis 1966).
    """
    whole = (end - begin).total_seconds()
    offsets = [(at - begin).total_seconds() for at in arrivals if begin <= at < end]
    if len(offsets) < FEWEST or whole <= 0:
        return None
    return (sum(offsets) / len(offsets) / whole - 0.5) * sqrt(12 * len(offsets))
