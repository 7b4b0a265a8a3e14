"""How much work stood in each stage at the end of each local day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy

from pmbridge.history.chronicle import CATEGORY_CODE, excerpt
from pmbridge.history.days import local_day
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.model import StatusCategory
from pmbridge.model.instants import to_micros

#: From the right of the board to its left: each band lies on the ones before it.
STAGES = (
    StatusCategory.DONE,
    StatusCategory.WAITING,
    StatusCategory.ACTIVE,
    StatusCategory.TODO,
    StatusCategory.UNMAPPED,
)


@dataclass(frozen=True, slots=True)
class CumulativeFlow:
    """One band a stage, by day; together they are the scope. Bands may dip: work moves back and out."""

    dates: tuple[date, ...]
    bands: dict[StatusCategory, tuple[int, ...]]

    def lines(self) -> dict[StatusCategory, tuple[int, ...]]:
        """Return the upper edge of each band; the last edge is the scope."""
        edges: dict[StatusCategory, tuple[int, ...]] = {}
        below = (0,) * len(self.dates)
        for stage in STAGES:
            below = tuple(a + b for a, b in zip(below, self.bands[stage], strict=True))
            edges[stage] = below
        return edges


def cumulative_flow(
    lives: Sequence[Life], faces: frozenset[MilestoneId], begin: datetime | None, as_of: datetime, zone: ZoneInfo
) -> CumulativeFlow:
    """Follow the work in scope from the local day of ``begin`` to that of ``as_of``, whose values are the instant's."""
    if begin is None or begin > as_of:
        return CumulativeFlow((), dict.fromkeys(STAGES, ()))
    first = local_day(begin, zone).toordinal()
    days = local_day(as_of, zone).toordinal() - first + 1
    told = excerpt(lives)
    known = told.since <= to_micros(as_of)
    day = numpy.maximum(told.days(zone)[known] - first, 0)
    inside = told.inside(faces)

    def band(stage: StatusCategory) -> tuple[int, ...]:
        there = inside & (told.category == CATEGORY_CODE[stage])
        steps = there.astype(numpy.int64) - told.before(there)
        return tuple(numpy.bincount(day, steps[known], days).cumsum().astype(numpy.int64).tolist())

    dates = tuple([date.fromordinal(first + day) for day in range(days)])
    return CumulativeFlow(dates, {stage: band(stage) for stage in STAGES})
