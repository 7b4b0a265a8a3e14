"""Working time measured many times over one calendar: each reading is two look-ups, however long the span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta

from pmbridge.history.calendar import WorkingCalendar

_DAY = timedelta(days=1)


class Meter:
    """Hours or days worked between any two instants of a span.

    With ``in_days``, a working day counts 1 however long it is: two days from Friday noon end on Tuesday noon.
    """

    def __init__(self, calendar: WorkingCalendar, begin: datetime, end: datetime, *, in_days: bool = False) -> None:
        self._opens: list[datetime] = []
        self._pace: list[float] = []
        self._ends: list[datetime] = []
        self._worked: list[float] = [0.0]
        day, last = calendar.day_of(begin) - _DAY, calendar.day_of(end) + _DAY
        while day <= last:
            spans = calendar.open_intervals(day)
            whole = sum((b - a for a, b in spans), timedelta())
            for opens, closes in spans:
                amount = (closes - opens) / (whole if in_days else timedelta(hours=1))
                self._opens.append(opens)
                self._ends.append(closes)
                self._pace.append(amount / ((closes - opens) / timedelta(hours=1)))
                self._worked.append(self._worked[-1] + amount)
            day += _DAY

    def between(self, begin: datetime, end: datetime) -> float:
        """Return what was worked in [begin, end)."""
        return max(0.0, self.reading(end) - self.reading(begin))

    def reading(self, t: datetime) -> float:
        """Return what was worked from the beginning of the span to an instant."""
        place = bisect_right(self._opens, t) - 1
        if place < 0:
            return 0.0
        inside = (min(t, self._ends[place]) - self._opens[place]) / timedelta(hours=1)
        return self._worked[place] + inside * self._pace[place]

    def when(self, reading: float) -> datetime | None:
        """Return the instant at which the meter shows a reading; ``None`` beyond the span."""
        place = bisect_left(self._worked, reading) - 1
        if place >= len(self._opens):
            return None
        place = max(0, place)
        hours = (reading - self._worked[place]) / self._pace[place]
        return (self._opens[place] + timedelta(hours=hours)).astimezone(UTC)
