"""Many instants as whole microseconds since 1970, in one array."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy
from numpy.typing import NDArray

from pmbridge.model.instants import to_micros

Whole = NDArray[numpy.int64]

#: A day in microseconds.
DAY = 86_400_000_000

#: Up to here, in seconds around 1970, a float tells microseconds apart; beyond lies the year 2100.
_EXACT = 4_102_444_800


def all_micros(instants: Sequence[datetime]) -> Whole:
    """Return aware instants as whole microseconds since 1970."""
    seconds = numpy.fromiter(map(datetime.timestamp, instants), numpy.float64, len(instants))
    if seconds.size and numpy.abs(seconds).max() > _EXACT:
        return numpy.fromiter(map(to_micros, instants), numpy.int64, len(instants))
    return numpy.rint(seconds * 1e6).astype(numpy.int64)
