"""Scope and finished work at the end of each local day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy

from pmbridge.assessment import Burnup
from pmbridge.history.chronicle import DONE, Flags, excerpt
from pmbridge.history.days import local_day
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.model.instants import to_micros


def burnup(
    lives: Sequence[Life], faces: frozenset[MilestoneId], begin: datetime | None, as_of: datetime, zone: ZoneInfo
) -> Burnup:
    """Return both lines from the local day of ``begin`` to that of ``as_of``, whose value is that of the instant.

    Lines may fall: work is re-opened, cancelled, moved out. An event at midnight belongs to the day it begins.
    """
    if begin is None or begin > as_of:
        return Burnup()
    first = local_day(begin, zone).toordinal()
    days = local_day(as_of, zone).toordinal() - first + 1
    told = excerpt(lives)
    inside = told.inside(faces)
    finished = inside & (told.category == DONE)
    known = told.since <= to_micros(as_of)
    day = numpy.maximum(told.days(zone)[known] - first, 0)

    def line(flags: Flags) -> tuple[int, ...]:
        steps = flags.astype(numpy.int64) - told.before(flags)
        return tuple(numpy.bincount(day, steps[known], days).cumsum().astype(numpy.int64).tolist())

    return Burnup(
        dates=tuple([date.fromordinal(first + day) for day in range(days)]), scope=line(inside), done=line(finished)
    )
