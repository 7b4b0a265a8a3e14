"""Waiting before a tracker has to refuse: the pause it announces with its last allowed answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from pmbridge.transport.waiting import asked_wait, nothing_remains


class Pace:
    """Remembers until when the tracker has nothing left for us.

    A reset that is further away than ``longest_wait`` seconds is not waited for: the next request then brings the
    tracker's own refusal, which says when to come back.
    """

    def __init__(self, longest_wait: float) -> None:
        self._longest_wait = longest_wait
        self._until: datetime | None = None
        self._lock = threading.Lock()

    def note(self, headers: Mapping[str, str], now: datetime) -> None:
        """Read an answer's headers."""
        if not nothing_remains(headers):
            return
        wait = asked_wait(headers, now)
        if wait is not None and wait <= self._longest_wait:
            with self._lock:
                self._until = now + timedelta(seconds=wait)

    def pause(self, now: datetime) -> float:
        """Return the seconds to wait before the next request, once."""
        with self._lock:
            until, self._until = self._until, None
        return max(0.0, (until - now).total_seconds()) if until else 0.0
