"""How much a scope grew in each of the last weeks."""

from __future__ import annotations

from collections.abc import Iterable

from pmbridge.metrics.replay import Member


def weekly_growth(members: Iterable[Member], as_of_day: int, weeks: int, since: int) -> tuple[int, ...]:
    """Return what joined less what left in the seven-day blocks that end with ``as_of_day``, oldest first.

    What came on day ``since`` or before it was planned, and is no growth. Work that left after it was done took nothing
    away that was still to do.
    """
    counts = [0] * weeks
    for member in members:
        for day, change in ((member.added, 1), (member.removed, -1)):
            if day is None or not since < day <= as_of_day:
                continue
            if change < 0 and member.done_since(day - 1) is not None:
                continue
            block = (as_of_day - day) // 7
            if block < weeks:
                counts[weeks - 1 - block] += change
    return tuple(counts)
