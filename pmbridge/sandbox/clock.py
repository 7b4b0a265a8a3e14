"""The time the sandbox trackers believe it is."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

#: The instant a sandbox starts at when nobody says otherwise.
DEFAULT_START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is advanced, or runs with real time when ``ticking``."""

    def __init__(self, start: datetime = DEFAULT_START, *, ticking: bool = False) -> None:
        self._lock = threading.Lock()
        self._ticking = ticking
        self.set(start)

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        with self._lock:
            return self._instant + self._elapsed()

    def set(self, instant: datetime) -> None:
        """Move to ``instant``, which must carry a time zone; going back is allowed."""
        if instant.tzinfo is None:
            raise ValueError(f"the sandbox clock needs an instant with a time zone, not {instant.isoformat()}")
        with self._lock:
            self._instant = instant.astimezone(UTC)
            self._mark = time.monotonic()

    def advance(self, by: timedelta) -> datetime:
        """Move on by ``by`` and return the new instant."""
        with self._lock:
            self._instant += by
            return self._instant + self._elapsed()

    def _elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._mark) if self._ticking else timedelta()
