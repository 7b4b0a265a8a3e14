"""Work that is closed long after its code was merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import median

from pmbridge.history.phases import Life
from pmbridge.metrics.reviews import Requests, merged_at

#: Working days between merge and close, at the median, from which closing is late.
LATE_DAYS = 3


def closed_late(
    done: Iterable[Life], requests: Requests, open_days: Callable[[datetime, datetime], float]
) -> tuple[tuple[Life, ...], int]:
    """Return the work that was closed late and of how many merged pieces, where late closing is the habit.

    It is the habit where the median piece is closed more than three working days after its last merge; a piece that was
    closed before its merge is not late.
    """
    lags = [
        (open_days(merged, life.completed_at), life)
        for life in done
        if life.completed_at is not None and (merged := merged_at(life, requests)) is not None
    ]
    if not lags or median(lag for lag, _ in lags) <= LATE_DAYS:
        return (), len(lags)
    return tuple(life for lag, life in lags if lag > LATE_DAYS), len(lags)
