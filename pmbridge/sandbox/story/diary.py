"""The hours in which a person works."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


class Diary:
    """Spans of presence in UTC, in order; asking beyond the last gives ``None``."""

    def __init__(self, spans: list[Span]) -> None:
        self._spans = spans
        self._ends = [end for _, end in spans]

    def next_open(self, at: datetime) -> datetime | None:
        """Return ``at`` when the person is there, else the beginning of the next presence."""
        index = bisect_right(self._ends, at)
        return max(at, self._spans[index][0]) if index < len(self._spans) else None

    def after(self, at: datetime, hours: float) -> datetime | None:
        """Return the instant at which ``hours`` of presence have passed since ``at``."""
        left = timedelta(hours=hours)
        for start, end in self._spans[bisect_right(self._ends, at) :]:
            begin = max(at, start)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None


def keep_diary(dice: Random, days: list[date], zone: ZoneInfo) -> Diary:
    """Make up when a person is there on working ``days``: own hours, a break, vacations, the odd sick day."""
    habit = dice.gauss(8.75, 0.5)
    away = _absences(dice, days)
    return Diary([span for day in days if day not in away for span in _presence(dice, day, habit, zone)])


def working_days(first: date, last: date) -> list[date]:
    """Return the days from Monday to Friday that are no public holiday, both ends included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in holidays(day.year)]


def holidays(year: int) -> frozenset[date]:
    """Return the nationwide public holidays of Germany."""
    easter = _easter(year)
    moving = {easter + timedelta(days=n) for n in (-2, 1, 39, 50)}
    return frozenset(moving | {date(year, m, d) for m, d in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))})


def _easter(year: int) -> date:
    """Return Easter Sunday by Gauss's rule as Meeus gives it for the Gregorian calendar."""
    century, golden = year // 100, year % 19
    shift = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    epact = shift - (shift // 28) * (1 - (shift // 28) * (29 // (shift + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def _absences(dice: Random, days: list[date]) -> set[date]:
    away = {day for day in days if dice.random() < 0.015}
    for length in (10, 5, 3, 2):
        if len(days) > 80:
            first = dice.randrange(len(days) - length)
            away.update(days[first : first + length])
    return away


def _presence(dice: Random, day: date, habit: float, zone: ZoneInfo) -> Iterator[Span]:
    begin = _instant(day, habit + dice.gauss(0, 0.2), zone)
    lunch = _instant(day, dice.uniform(11.9, 12.8), zone)
    back = lunch + timedelta(minutes=dice.uniform(30, 65))
    yield begin, lunch
    yield back, begin + timedelta(hours=dice.uniform(8.2, 9.2))


def _instant(day: date, hour: float, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time(), zone)
    return (midnight.replace(hour=int(hour)) + timedelta(hours=hour % 1)).astimezone(UTC)
