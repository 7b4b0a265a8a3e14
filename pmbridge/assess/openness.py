"""What is still to do of a piece of work: is it open, how long will it take, and until when."""

from __future__ import annotations

from datetime import date

from pmbridge.assess.reading import Reading
from pmbridge.history.phases import Life
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)


class Dues:
    """Until when work is due: by its own date, else by that of the first of its milestones."""

    def __init__(self, reading: Reading) -> None:
        self._of = {(face.source, face.id): one.due for one in reading.milestones if one.due for face in one.faces}

    def of(self, life: Life) -> date | None:
        """Return the day, ``None`` where nothing has one."""
        if life.item.due is not None:
            return life.item.due
        return min((self._of[m] for m in life.last.milestones if m in self._of), default=None)


def is_open(life: Life, reading: Reading) -> bool:
    """Tell whether work counts and has not ended."""
    phase = reading.now[life.canonical.primary.id]
    return phase.counted and phase.category not in _ENDED


def seconds_left(life: Life) -> int | None:
    """Return how long work will still take by its estimate, ``None`` without one."""
    item = life.item
    return item.remaining_seconds or item.estimate_seconds or None
