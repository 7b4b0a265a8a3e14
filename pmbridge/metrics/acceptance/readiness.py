"""When all must-haves will be proven, by the pace of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from pmbridge.metrics.acceptance.daily import Daily
from pmbridge.metrics.wording import count

#: How many past weeks speak of the pace.
WINDOW_WEEKS = 12
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Readiness:
    """``unmet`` must-haves, how many became proven in each past week (oldest first), and the dates that follow.

    Without dates ``refusal`` says why.
    """

    unmet: int
    weekly: tuple[int, ...]
    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    refusal: str | None = None


def newly_met(counted: Daily) -> tuple[int, ...]:
    """Count the must-haves that were met at the end of a week and not at its begin; whole weeks, back from today."""
    last = counted.musts.shape[1] - 1
    edges = list(range(last, -1, -_WEEK))[: WINDOW_WEEKS + 1][::-1]
    pairs = pairwise(edges)
    return tuple(int((counted.musts[:, end] & ~counted.musts[:, begin]).sum()) for begin, end in pairs)


def readiness(unmet: int, weekly: Sequence[int], milestone: str, today: date) -> Readiness:
    """Simulate when the last must-have is proven; refused where fewer than four weeks brought one."""
    known = Readiness(unmet, tuple(weekly))
    if unmet == 0:
        return known
    if not weekly:
        return Readiness(unmet, (), refusal="no whole week has passed yet")
    from pmbridge.metrics.simulation.autoregressive import nb_ar
    from pmbridge.metrics.simulation.history import TooLittleHistoryError, Weeks
    from pmbridge.metrics.simulation.seed import Seed
    from pmbridge.metrics.simulation.trials import Question

    try:
        found = nb_ar(
            Weeks(tuple(map(float, weekly))), Question(unmet), Seed(0, milestone, today.toordinal()).generator()
        )
    except TooLittleHistoryError as error:
        return Readiness(unmet, known.weekly, refusal=_refusal(known.weekly, str(error)))
    days = (found.quantile_days(q) for q in (0.5, 0.85, 0.95))
    p50, p85, p95 = (None if n is None else today + timedelta(days=n) for n in days)
    return Readiness(unmet, known.weekly, p50, p85, p95)


def _refusal(weekly: Sequence[int], error: str) -> str:
    """Word a refusal by what a finish is here: a must-have that became proven."""
    from pmbridge.metrics.simulation.history import MIN_WEEKS

    busy = sum(newly > 0 for newly in weekly)
    if not 0 < busy < MIN_WEEKS:
        return error.replace("throughput", "newly proven must-have")
    return f"only {count(busy, 'week')} brought a newly proven must-have; {MIN_WEEKS} are needed"
