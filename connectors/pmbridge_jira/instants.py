"""The ways in which Jira writes an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

#: Epoch values above this are milliseconds: as seconds they would lie beyond the year 5000.
_MILLISECONDS_FROM = 100_000_000_000


def instant(value: Any) -> datetime:
    """Read ISO 8601 or epoch seconds or milliseconds; the bulk changelog writes integers. Raises `ValueError`.

    An instant that was read already passes as it is.
    """
    if type(value) is datetime:
        return value
    if type(value) in (int, float) or value.isdigit():
        return _of_epoch(float(value))
    read = datetime.fromisoformat(value)
    if read.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return read if read.tzinfo is UTC else read.astimezone(UTC)


def _of_epoch(value: float) -> datetime:
    return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS_FROM else value, UTC)


def optional_instant(value: Any) -> datetime | None:
    """Read an instant that may be absent."""
    return None if value in (None, "") else instant(value)


def optional_date(value: Any) -> date | None:
    """Read a calendar date that may be absent; a time behind it is ignored."""
    return None if value in (None, "") else date.fromisoformat(str(value)[:10])


def epoch_milliseconds(at: datetime) -> int:
    """Write an instant the way JQL reads it absolutely; quoted dates are read in the account's own time zone."""
    return int(at.timestamp() * 1000)
