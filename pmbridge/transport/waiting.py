"""How long a tracker asks us to wait, read from the headers of its answer."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: A reset below this is a number of seconds from now; above it, seconds since 1970.
_EPOCH_FLOOR = 1_000_000_000
_LEAST_WAIT = 0.5
_REMAINING = ("RateLimit-Remaining", "X-RateLimit-Remaining")
_RESETS = ("RateLimit-Reset", "X-RateLimit-Reset")


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds the tracker asks for, never negative; ``None`` when it does not say.

    ``Retry-After`` wins, as seconds or as an HTTP date. Otherwise a rate limit's reset is read as an epoch, as an ISO
    instant or as seconds from now, since trackers use all three.
    """
    wait = _retry_after(headers.get("Retry-After"), now)
    for name in _RESETS:
        if wait is None:
            wait = _reset(headers.get(name), now)
    return None if wait is None else max(0.0, wait)


def next_wait(attempt: int, asked: float | None) -> float:
    """Return how long to wait after a failed attempt, the first being 1, with jitter so that clients spread.

    What the tracker asks for is never undercut; without a word from it the wait doubles from one second.
    """
    if asked is not None:
        return max(_LEAST_WAIT, asked) * random.uniform(1.0, 1.3)
    return float(2 ** (attempt - 1)) * random.uniform(0.7, 1.3)


def nothing_remains(headers: Mapping[str, str]) -> bool:
    """Tell whether the tracker would refuse one more request now."""
    return any(headers.get(name, "").strip() == "0" for name in _REMAINING)


def quota_is_spent(headers: Mapping[str, str]) -> bool:
    """Tell whether an hourly quota is used up, so that no short wait can help."""
    return "-quota-" in headers.get("RateLimit-Reason", "").lower()


def _retry_after(text: str | None, now: datetime) -> float | None:
    if not text:
        return None
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (_aware(until) - now).total_seconds()


def _reset(text: str | None, now: datetime) -> float | None:
    if not text:
        return None
    number = _number(text)
    if number is not None:
        return number - now.timestamp() if number >= _EPOCH_FLOOR else number
    try:
        until = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (_aware(until) - now).total_seconds()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
