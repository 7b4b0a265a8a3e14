"""Scope and finished work at the end of each local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from pmbridge.assessment import Burnup
from pmbridge.history.days import local_day
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life, MilestoneId


def burnup(
    lives: Iterable[Life], faces: frozenset[MilestoneId], begin: datetime | None, as_of: datetime, zone: ZoneInfo
) -> Burnup:
    """Return both lines from the local day of ``begin`` to that of ``as_of``, whose value is that of the instant.

    Lines may fall: work is re-opened, cancelled, moved out. An event at midnight belongs to the day it begins.
    """
    if begin is None or begin > as_of:
        return Burnup()
    first = local_day(begin, zone).toordinal()
    days = local_day(as_of, zone).toordinal() - first + 1
    scope, done = [0] * days, [0] * days
    for life in lives:
        inside = finished = False
        for phase in life.phases:
            if phase.since > as_of:
                break
            now = in_scope(phase, faces)
            if (now, now and phase.done) == (inside, finished):
                continue
            day = max(0, local_day(phase.since, zone).toordinal() - first)
            scope[day] += now - inside
            done[day] += (now and phase.done) - finished
            inside, finished = now, now and phase.done
    return Burnup(
        dates=tuple(date.fromordinal(first + day) for day in range(days)),
        scope=tuple(accumulate(scope)),
        done=tuple(accumulate(done)),
    )
