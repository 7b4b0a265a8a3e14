"""How far a milestone slips: the moves of its due date, and the forecast against the date of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import DueMove, Forecast, Slip
from pmbridge.model import Freeze


def slip(stands: Standing, around: Surroundings, forecast: Forecast, freezes: Sequence[Freeze]) -> Slip:
    """Measure both kinds. Moves are known from the first sync on; no tracker keeps them."""
    due = stands.milestone.due
    seen = around.related.windows[stands.milestone.key].dues
    moves = tuple(
        DueMove(on=date.fromordinal(day), before=_date(before), after=_date(after))
        for (_, before), (day, after) in pairwise(seen)
        if before != after
    )
    first = next((date_ for _, day in seen if (date_ := _date(day)) is not None), due)
    promised = freezes[0].due if freezes and freezes[0].due is not None else first
    return Slip(
        promised=promised,
        moved=None if due is None or promised is None else (due - promised).days,
        moves=moves,
        p50=_late(forecast.p50, due),
        p85=_late(forecast.p85, due),
    )


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)


def _late(finish: date | None, due: date | None) -> int | None:
    return None if finish is None or due is None else (finish - due).days
