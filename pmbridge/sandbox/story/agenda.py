"""The agenda of the simulation: what is due to happen, earliest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Action = Callable[[], None]


class Agenda:
    """Actions to come and the present instant of the simulation."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.time = start
        self._end = end
        self._order = count()
        self._heap: list[tuple[datetime, int, Action]] = []

    def plan(self, at: datetime | None, action: Action) -> None:
        """Let ``action`` happen at ``at``; what would come after the end, or never, is dropped."""
        if at is not None and at < self._end:
            heapq.heappush(self._heap, (max(at, self.time), next(self._order), action))

    def run(self) -> None:
        """Let everything happen in order of time."""
        while self._heap:
            self.time, _, action = heapq.heappop(self._heap)
            action()
