"""Working time: when people of a product, team or person are at work, in their own zone.

An open interval is taken from local clock times, its two ends are turned into UTC, and all arithmetic happens there;
so a day of 23 or 25 hours counts what its clock shows and no hour is lost or doubled. A day belongs to the zone and
ends, exclusively, where the next one begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_SEARCH_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Shift:
    """One open stretch of a local day; ``closes`` at midnight means the end of the day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opening hours are local clock times; leave out their offset")
        if self.closes != time.min and self.closes <= self.opens:
            raise ValueError(f"a shift must close after it opens, got {self.opens:%H:%M} to {self.closes:%H:%M}")


#: The shifts of one day, in order; none of them overlap. An empty day is closed.
Shifts = tuple[Shift, ...]

OFFICE_HOURS: Shifts = (Shift(time(9), time(17)),)
ALL_DAY: Shifts = (Shift(time.min, time.min),)
OFFICE_WEEK: tuple[Shifts, ...] = (*([OFFICE_HOURS] * 5), (), ())
ROUND_THE_CLOCK: tuple[Shifts, ...] = (ALL_DAY,) * 7


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """A zone, the shifts of each weekday from Monday on, and the days that differ.

    ``exceptions`` replace a day's shifts (half days, extra Saturdays, freezes) and win over ``holidays``.
    ``is_default`` marks a calendar that nobody configured.
    """

    zone: ZoneInfo
    week: tuple[Shifts, ...] = OFFICE_WEEK
    holidays: frozenset[date] = frozenset()
    exceptions: Mapping[date, Shifts] = field(default_factory=dict, hash=False)
    is_default: bool = False
    _known: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"a week has 7 days, from Monday on; got the shifts of {len(self.week)}")
        if not any(self.week):
            raise ValueError("every weekday is closed; give at least one of them opening hours")
        for shifts in (*self.week, *self.exceptions.values()):
            _refuse_overlap(shifts)

    def shifts(self, day: date) -> Shifts:
        """Return the open stretches of a local day."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.week[day.weekday()]

    def is_open(self, day: date) -> bool:
        """Tell whether there is any working time on a local day."""
        return bool(self.shifts(day))

    def next_open_day(self, day: date) -> date:
        """Return the first open day on or after ``day``."""
        for ahead in range(_SEARCH_DAYS):
            if self.is_open(found := day + ahead * _DAY):
                return found
        raise ValueError(f"the calendar has no open day in the ten years after {day}; check its holidays")

    def business_days(self, begin: date, end: date) -> int:
        """Count the open days from ``begin`` to before ``end``; 0 where ``end`` is not later."""
        return sum(self.is_open(begin + n * _DAY) for n in range((end - begin).days))

    def business_time(self, begin: datetime, end: datetime) -> timedelta:
        """Return the working time in [begin, end) of two aware instants; 0 where ``end`` is not later."""
        begin, end = _utc(begin), _utc(end)
        first, last = self.day_of(begin), self.day_of(end)
        total = timedelta(0)
        for n in range((last - first).days + 1):
            for opens, closes in self.open_intervals(first + n * _DAY):
                total += max(timedelta(0), min(closes, end) - max(opens, begin))
        return total

    def open_intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the open stretches of a local day as UTC instants."""
        if day not in self._known:
            self._known[day] = tuple((self._at(day, s.opens), self._closing(day, s.closes)) for s in self.shifts(day))
        return self._known[day]

    def start_of_day(self, day: date) -> datetime:
        """Return the instant a local day begins, in UTC."""
        return self._at(day, time.min)

    def end_of_day(self, day: date) -> datetime:
        """Return the instant a local day ends, exclusively, in UTC: the next local midnight."""
        return self.start_of_day(day + _DAY)

    def day_of(self, instant: datetime) -> date:
        """Return the local day an aware instant belongs to."""
        moment = _utc(instant)
        day = moment.astimezone(self.zone).date()
        # Clocks put back across midnight show a date again that has ended already.
        return day + _DAY if moment >= self.end_of_day(day) else day

    def layered(
        self, *, holidays: Iterable[date] = (), exceptions: Mapping[date, Shifts] | None = None
    ) -> WorkingCalendar:
        """Put the closed and different days of a team or person over these."""
        return replace(
            self,
            holidays=self.holidays | frozenset(holidays),
            exceptions={**self.exceptions, **(exceptions or {})},
            is_default=False,
        )

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)

    def _closing(self, day: date, clock: time) -> datetime:
        return self.end_of_day(day) if clock == time.min else self._at(day, clock)


def default_calendar(zone: str) -> WorkingCalendar:
    """Return the calendar of a product that configured none: Monday to Friday, nine to five, no holidays."""
    return WorkingCalendar(zone=find_zone(zone), is_default=True)


def find_zone(name: str) -> ZoneInfo:
    """Look up a zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is named {name!r}; use an IANA name such as Europe/Berlin") from None


def _refuse_overlap(shifts: Shifts) -> None:
    for earlier, later in pairwise(shifts):
        if earlier.closes == time.min or later.opens < earlier.closes:
            raise ValueError(f"the shifts of a day overlap or stand out of order at {later.opens:%H:%M}")


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant} has no zone; working time needs aware instants")
    return instant.astimezone(UTC)
