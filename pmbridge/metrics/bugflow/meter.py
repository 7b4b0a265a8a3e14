"""Working time measured many times over one calendar: each reading is two look-ups, however long the span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy
from numpy.typing import NDArray

from pmbridge.history.calendar import WorkingCalendar
from pmbridge.history.micros import Whole, all_micros

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HOUR_MICROS = 3_600_000_000

Reals = NDArray[numpy.float64]


class Meter:
    """Hours or days worked between any two instants of a span.

    With ``in_days``, a working day counts 1 however long it is: two days from Friday noon end on Tuesday noon.
    """

    def __init__(self, calendar: WorkingCalendar, begin: datetime, end: datetime, *, in_days: bool = False) -> None:
        opens, ends, pace, worked = list[datetime](), list[datetime](), list[float](), [0.0]
        day, last = calendar.day_of(begin) - _DAY, calendar.day_of(end) + _DAY
        while day <= last:
            spans = calendar.open_intervals(day)
            whole = sum((b - a for a, b in spans), timedelta())
            for one, other in spans:
                amount = (other - one) / (whole if in_days else _HOUR)
                opens.append(one)
                ends.append(other)
                pace.append(amount / ((other - one) / _HOUR))
                worked.append(worked[-1] + amount)
            day += _DAY
        self._first = opens
        self._opens, self._ends = all_micros(opens), all_micros(ends)
        self._pace, self._worked = numpy.array(pace), numpy.array(worked)

    def between(self, begin: datetime, end: datetime) -> float:
        """Return what was worked in [begin, end)."""
        return float(self.worked(all_micros([begin]), all_micros([end]))[0])

    def worked(self, begin: Whole, end: Whole) -> Reals:
        """Return what was worked in each [begin, end)."""
        return numpy.maximum(0.0, self.readings(end) - self.readings(begin))

    def reading(self, t: datetime) -> float:
        """Return what was worked from the beginning of the span to an instant."""
        return float(self.readings(all_micros([t]))[0])

    def readings(self, instants: Whole) -> Reals:
        """Return what was worked from the beginning of the span to each instant."""
        if not len(self._opens):
            return numpy.zeros(len(instants))
        place = numpy.searchsorted(self._opens, instants, side="right") - 1
        inside = (numpy.minimum(instants, self._ends[place]) - self._opens[place]) / _HOUR_MICROS
        return numpy.where(place < 0, 0.0, self._worked[place] + inside * self._pace[place])

    def when(self, reading: float) -> datetime | None:
        """Return the instant at which the meter shows a reading; ``None`` beyond the span."""
        place = int(numpy.searchsorted(self._worked, reading)) - 1
        if place >= len(self._opens):
            return None
        place = max(0, place)
        hours = (reading - float(self._worked[place])) / float(self._pace[place])
        return (self._first[place] + timedelta(hours=hours)).astimezone(UTC)
