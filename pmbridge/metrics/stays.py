"""The stays of a milestone as arrays, so that it can be looked at on many days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pmbridge.metrics.replay import Member

Days = NDArray[numpy.int64]

#: A day after every other: what has not ended ends there.
NEVER = int(numpy.iinfo(numpy.int64).max)


class Stays:
    """Members side by side: when they came and went, and each stretch in which one of them was done."""

    __slots__ = ("_added", "_begin", "_end", "_owner", "_removed", "staying")

    def __init__(self, members: Sequence[Member]) -> None:
        self._added = numpy.array([member.added for member in members], numpy.int64)
        self._removed = _days([member.removed for member in members])
        rows = [(owner, begin, end) for owner, member in enumerate(members) for begin, end in member.done]
        self._owner = numpy.array([owner for owner, _, _ in rows], numpy.int64)
        self._begin = numpy.array([begin for _, begin, _ in rows], numpy.int64)
        self._end = _days([end for _, _, end in rows])
        #: How many never left.
        self.staying = int((self._removed == NEVER).sum())

    def at(self, day: int) -> tuple[Days, Days]:
        """Return who is open at the end of a day, and since when each of the others there is done."""
        inside = (self._added <= day) & (day < self._removed)
        since = self._done_since(day)
        return numpy.flatnonzero(inside & (since == NEVER)), since[inside & (since != NEVER)]

    def leaving(self, who: Days, day: int) -> Days:
        """Return the first day after ``day`` on which each of these is done or taken out."""
        ends = self._removed.copy()
        later = self._begin > day
        numpy.minimum.at(ends, self._owner[later], self._begin[later])
        return ends[who]

    def _done_since(self, day: int) -> Days:
        since = numpy.full(len(self._added), NEVER)
        there = (self._begin <= day) & (day < self._end)
        numpy.minimum.at(since, self._owner[there], self._begin[there])
        return since


def _days(values: Sequence[int | None]) -> Days:
    return numpy.array([NEVER if value is None else value for value in values], numpy.int64)
