"""The colour of a schedule as it is told, from the chances of the days before."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pmbridge.assess.families import Relations
from pmbridge.assess.standing import Standing
from pmbridge.history.days import local_day
from pmbridge.metrics.hysteresis import MEMORY_DAYS, Told, told
from pmbridge.metrics.schedule import Thresholds


def told_colour(
    stands: Standing, related: Relations, chance: float | None, limits: Thresholds, zone: ZoneInfo
) -> Told | None:
    """Evaluate a running milestone once a day from its baseline on.

    ``chance`` is that of today, which may rest on more than flow; ``None`` where there is none.
    """
    begin = stands.baseline.at
    if chance is None or begin is None or stands.plan.finished is not None:
        return None
    today = stands.plan.today.toordinal()
    first = max(local_day(begin, zone).toordinal(), today - MEMORY_DAYS)
    before = [related.outlook(stands.milestone.key, day).on_time for day in range(first, today)]
    return told([*before, chance], limits)
