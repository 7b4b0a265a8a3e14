"""Instants as whole microseconds since 1970, so that arrays can hold them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy
from numpy.typing import NDArray

Whole = NDArray[numpy.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Up to here, in seconds around 1970, a float tells microseconds apart; beyond lies the year 2100.
_EXACT = 4_102_444_800


def to_micros(instants: Sequence[datetime]) -> Whole:
    """Return aware instants as whole microseconds since 1970."""
    seconds = numpy.fromiter(map(datetime.timestamp, instants), numpy.float64, len(instants))
    if seconds.size and numpy.abs(seconds).max() > _EXACT:
        return numpy.fromiter((micros(instant) for instant in instants), numpy.int64, len(instants))
    return numpy.rint(seconds * 1e6).astype(numpy.int64)


def micros(instant: datetime) -> int:
    """Return one aware instant as whole microseconds since 1970."""
    return (instant - EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """Return the instant, in UTC, of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)
