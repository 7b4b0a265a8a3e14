"""How long bugs wait for each thing that is to happen to them, open ones counted in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pmbridge.metrics.bugflow.bug import Bug, Defect, Outcome
from pmbridge.metrics.bugflow.incidence import without_cause
from pmbridge.metrics.bugflow.survival import Curve, LogRank, kaplan_meier, log_rank

_DAY = timedelta(days=1)
_FIXED = Outcome.FIXED

#: A curve of fewer endings is not drawn; the bugs are listed instead.
MIN_EVENTS = 10
#: How far the restricted mean looks, in days.
HORIZON = 30.0


class Clock(StrEnum):
    """What is waited for, counted from the first report; "time to repair" alone would not say which."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_RESPONSE = "first response"
    RESTORE = "restore"
    RESOLVE = "resolve"
    DEPLOYED = "deployed"
    TOLD = "told"


class Wait(NamedTuple):
    """One bug on one clock: how long in days, whether it came (1), something else did (2) or neither yet (0).

    ``entry`` is the age at which it came under observation.
    """

    key: str
    days: float
    cause: int
    entry: float = 0.0


#: When the thing waited for came, of a defect; ``None`` while it has not.
Came = Callable[[Defect], datetime | None]


def resolved_at(defect: Defect) -> datetime | None:
    """Return when a defect was repaired for good; declining it is not repairing it."""
    return defect.root.ended_at if defect.root.outcome is _FIXED else None


def acknowledged_at(defect: Defect) -> datetime | None:
    """Return when somebody of the team first took notice of any of its reports."""
    return min((r.acknowledged_at for r in defect.reports if r.acknowledged_at is not None), default=None)


def deployed_at(defect: Defect) -> datetime | None:
    """Return when its repair reached users."""
    return defect.root.deployed_at


def told_at(defect: Defect) -> datetime | None:
    """Return when the last of the customers behind it was told; ``None`` while one of them was not."""
    instants = [report.told_at for report in reporting(defect)]
    known = [at for at in instants if at is not None]
    return max(known) if known and len(known) == len(instants) else None


def reporting(defect: Defect) -> list[Bug]:
    """Return the reports of a defect behind which somebody waits to be told."""
    return [report for report in defect.reports if report.is_report and report.from_customers]


def answered_at(defect: Defect) -> datetime | None:
    """Return when somebody first answered any of its reports for the reporter to see."""
    return min((r.answered_at for r in defect.reports if r.answered_at is not None), default=None)


def restored_at(defect: Defect) -> datetime | None:
    """Return when the service was back after an incident."""
    return min((r.restored_at for r in defect.reports if r.restored_at is not None), default=None)


#: The clocks that can be read from what trackers keep.
READINGS: Mapping[Clock, Came] = {
    Clock.ACKNOWLEDGE: acknowledged_at,
    Clock.FIRST_RESPONSE: answered_at,
    Clock.RESTORE: restored_at,
    Clock.RESOLVE: resolved_at,
    Clock.DEPLOYED: deployed_at,
    Clock.TOLD: told_at,
}


def waits(defects: Sequence[Defect], came: Came, as_of: datetime, window_begins: datetime | None = None) -> list[Wait]:
    """Put defects on a clock as of an instant.

    One that was declined without it competes. With ``window_begins``, defects that were waiting then already come
    under observation at the age they had (delayed entry), and those whose wait was over before are left out.
    """
    found = []
    for defect in defects:
        arrived = defect.arrived_at
        end, cause = _end(defect, came, as_of)
        entry = 0.0 if window_begins is None else max(0.0, (window_begins - arrived) / _DAY)
        days = (end - arrived) / _DAY if end > arrived else 0.0
        if not entry or days > entry:
            found.append(Wait(defect.root.key, days, cause, entry))
    return found


def _end(defect: Defect, came: Came, as_of: datetime) -> tuple[datetime, int]:
    at = came(defect)
    if at is not None and at <= as_of:
        return at, 1
    ended = defect.root.ended_at
    if ended is not None and defect.root.outcome is not _FIXED:
        return min(ended, as_of), 2
    return as_of, 0


def open_days(defects: Sequence[Defect], as_of: datetime) -> list[Wait]:
    """Sum the stretches in which each defect was open: the time it cost, without the time it seemed repaired."""
    found = []
    for defect in defects:
        days = 0.0
        for begin, end in defect.open_intervals:
            days += ((end or as_of) - begin) / _DAY
        cause = 0 if defect.root.is_open else 1 if defect.root.outcome is _FIXED else 2
        found.append(Wait(defect.root.key, max(0.0, days), cause))
    return found


@dataclass(frozen=True, slots=True)
class Times:
    """A clock read over a group: quantiles with their bounds and the restricted mean, in days.

    ``None`` for a quantile that is not reached: it is longer than ``watched`` days. ``curve`` is ``None`` where fewer
    than ten ended; ``waiting`` are the keys still waiting, the longest first.
    """

    n: int
    events: int
    waiting: tuple[str, ...]
    watched: float
    curve: Curve | None

    def quantile(self, q: float) -> float | None:
        """Return the time by which the share ``q`` had it."""
        return None if self.curve is None else self.curve.quantile(q)

    def bounds(self, q: float) -> tuple[float | None, float | None]:
        """Return the 95 % bounds of a quantile."""
        return (None, None) if self.curve is None else self.curve.quantile_interval(q)

    @property
    def restricted_mean(self) -> float | None:
        """The mean wait within the first thirty days."""
        return None if self.curve is None else self.curve.mean_within(HORIZON)

    def chance_within(self, days: float, age: float) -> float | None:
        """Return the chance that what has waited for ``age`` days waits no more than ``days`` longer."""
        left = None if self.curve is None else self.curve.at(age)
        return None if self.curve is None or not left else 1 - self.curve.at(age + days) / left


def times(found: Sequence[Wait], min_events: int = MIN_EVENTS) -> Times:
    """Read a clock: Kaplan-Meier where nothing competes, Aalen-Johansen where something does."""
    events = sum(wait.cause == 1 for wait in found)
    waiting = sorted((w for w in found if w.cause == 0), key=lambda w: (-w.days, w.key))
    return Times(
        n=len(found),
        events=events,
        waiting=tuple(wait.key for wait in waiting),
        watched=max((wait.days for wait in found), default=0.0),
        curve=_curve(found) if events >= min_events else None,
    )


def _curve(found: Sequence[Wait]) -> Curve:
    import numpy

    days = numpy.array([wait.days for wait in found])
    causes = numpy.array([wait.cause for wait in found])
    entries = numpy.array([wait.entry for wait in found]) if any(wait.entry for wait in found) else None
    if (causes == 2).any():
        return without_cause(days, causes, 1, entries)
    return kaplan_meier(days, causes == 1, entries)


def compare(groups: Mapping[str, Sequence[Wait]], min_events: int = MIN_EVENTS) -> LogRank | None:
    """Compare groups on one clock by log-rank; ``None`` unless two groups have enough endings.

    What was declined counts as no longer watched: the hazards of repair are compared.
    """
    kept = [own for own in groups.values() if sum(w.cause == 1 for w in own) >= min_events]
    if len(kept) < 2:
        return None
    return log_rank([([w.days for w in own], [w.cause == 1 for w in own]) for own in kept])
