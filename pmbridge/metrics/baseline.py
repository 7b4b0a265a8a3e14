"""The instant from which a milestone's scope is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmbridge.history.days import day_begins
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life, MilestoneId

_FREEZE = "explicit freeze"


@dataclass(frozen=True, slots=True)
class Baseline:
    """When counting begins and why then.

    ``committed``: someone said so, by a freeze or a start date; only against such a baseline is growth a breach.
    """

    at: datetime | None
    reason: str
    committed: bool = False

    @property
    def is_frozen(self) -> bool:
        """Whether people agreed on it."""
        return self.reason == _FREEZE


def baseline(
    lives: Iterable[Life],
    faces: frozenset[MilestoneId],
    start: date | None,
    as_of: datetime,
    zone: ZoneInfo,
    frozen_at: datetime | None = None,
) -> Baseline:
    """Choose the explicit freeze, else local midnight of the start date, else when the first item came in.

    A freeze or start that still lies ahead is no baseline yet.
    """
    if frozen_at is not None and frozen_at <= as_of:
        return Baseline(frozen_at, _FREEZE, committed=True)
    if start is not None and day_begins(start, zone) <= as_of:
        return Baseline(day_begins(start, zone), f"start date {start.isoformat()}", committed=True)
    arrivals = (phase.since for life in lives for phase in life.phases if in_scope(phase, faces))
    first = min(arrivals, default=None)
    ahead = f"the start date {start.isoformat()} lies ahead: " if start is not None else "no start date: "
    if first is None:
        return Baseline(None, ahead + "nothing has come in yet")
    return Baseline(first, ahead + "counted from the first item that came in")
