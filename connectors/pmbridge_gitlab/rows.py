"""Reading of single values out of GitLab's answers, where any optional key may be null or missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

Row = dict[str, Any]


@lru_cache(maxsize=8192)
def instant(text: str) -> datetime:
    """Read an instant such as ``2026-10-01T10:00:00.000Z``; one without a zone is UTC.

    The instants of a page are asked for time and again: to sort events, to hold them against the present, to tell them.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def maybe_instant(text: str | None) -> datetime | None:
    """Read an instant that may be absent."""
    return instant(text) if text else None


def maybe_day(text: str | None) -> date | None:
    """Read a calendar date that may be absent."""
    return date.fromisoformat(text[:10]) if text else None


def positive(number: int | None) -> int | None:
    """Return a number, or ``None`` for 0, by which GitLab means that nothing was entered."""
    return number or None


def user_id(user: Row | None) -> str | None:
    """Return the id of an account; events of deleted accounts have none."""
    return str(user["id"]) if user and user.get("id") is not None else None


def milestone_id(native: int | str) -> str:
    """Return the id of a milestone in pmbridge's vocabulary."""
    return f"milestone:{native}"


def epic_id(native: int | str) -> str:
    """Return the id of an epic in pmbridge's vocabulary: that of its work item."""
    return f"epic:{native}"


def iteration_id(native: int | str) -> str:
    """Return the id of an iteration in pmbridge's vocabulary."""
    return f"iteration:{native}"
