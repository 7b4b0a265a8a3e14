"""The record of everything that happened, strictly in order of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from pmbridge.sandbox.story.events import Event


class Script:
    """Events with strictly increasing instants before ``end``; later ones have not happened."""

    def __init__(self, dice: Random, end: datetime) -> None:
        self.events: list[Event] = []
        self._dice = dice
        self._end = end

    def record(self, event: Event) -> None:
        """Append ``event``, a few seconds later than asked if something happened just before."""
        at = event.at
        if self.events and at <= self.events[-1].at:
            at = self.events[-1].at + timedelta(seconds=self._dice.uniform(0.4, 9))
        if at < self._end:
            self.events.append(replace(event, at=at))
