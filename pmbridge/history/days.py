"""Where calendar days begin in a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day an instant falls on."""
    return instant.astimezone(zone).date()


def release_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day of a release; trackers that keep the day alone write it as midnight UTC anywhere."""
    return instant.date() if instant.astimezone(UTC).time() == time.min else local_day(instant, zone)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a local day begins; where midnight is skipped, the first instant of it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def day_ends(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a local day is over: the beginning of the next one."""
    return day_begins(day + timedelta(days=1), zone)
