"""Where calendar days begin in a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pmbridge.history.micros import Whole

_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
#: No zone has moved its clocks twice within so many seconds.
_STEP = 6 * 3600


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day an instant falls on."""
    return instant.astimezone(zone).date()


def local_days(micros: Whole, zone: ZoneInfo) -> Whole:
    """Return the calendar days, as `date.toordinal` counts them, on which many instants fall."""
    import numpy

    if not micros.size:
        return numpy.zeros(0, numpy.int64)
    first, last = ((_EPOCH + timedelta(microseconds=int(end))).year for end in (micros.min(), micros.max()))
    moves = [move for year in range(first, last + 1) for move in _clock_moves(zone, year)]
    begins, offsets = (numpy.array(column, numpy.int64) * 1_000_000 for column in zip(*moves, strict=True))
    there = micros + offsets[numpy.searchsorted(begins, micros, side="right") - 1]
    days: Whole = there // (_DAY * 1_000_000) + _EPOCH_DAY
    return days


def release_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day of a release; trackers that keep the day alone write it as midnight UTC anywhere."""
    return instant.date() if instant.astimezone(UTC).time() == time.min else local_day(instant, zone)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a local day begins; where midnight is skipped, the first instant of it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def day_ends(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a local day is over: the beginning of the next one."""
    return day_begins(day + timedelta(days=1), zone)


@lru_cache(maxsize=4096)
def _clock_moves(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """List the offsets from UTC in a year, each with the instant it begins at; both in seconds."""
    begin = (date(year, 1, 1).toordinal() - _EPOCH_DAY) * _DAY
    length = 366 * _DAY if year < date.max.year else 364 * _DAY
    found = [(begin, _offset(zone, begin))]
    for later in range(begin + _STEP, begin + length, _STEP):
        if _offset(zone, later) != found[-1][1]:
            found.append(_first_after(zone, later - _STEP, later))
    return tuple(found)


def _first_after(zone: ZoneInfo, before: int, after: int) -> tuple[int, int]:
    """Halve the stretch in which the clocks were moved until the second is known."""
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after, _offset(zone, after)


def _offset(zone: ZoneInfo, seconds: int) -> int:
    offset = (_EPOCH + timedelta(seconds=seconds)).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
