"""How long bugs wait for each thing that is to happen to them, open ones counted in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, overload

import numpy
from numpy.typing import NDArray

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import DAY, Whole
from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.metrics.bugflow.incidence import without_cause
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.metrics.bugflow.survival import Curve, LogRank, kaplan_meier, log_rank
from pmbridge.model.instants import to_micros

Reals = NDArray[numpy.float64]

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


@dataclass(frozen=True, slots=True, eq=False)
class Waits(Sequence[Wait]):
    """Many waits side by side; ``place`` is where the key of each stands in ``keys``."""

    keys: Sequence[str]
    place: Whole
    days: Reals
    cause: Whole
    entry: Reals

    @classmethod
    def of(cls, found: Iterable[Wait]) -> Waits:
        """Take waits as they are kept or as values."""
        if isinstance(found, Waits):
            return found
        keys, days, causes, entries = list(zip(*found, strict=True)) or [()] * 4
        return cls(
            keys,
            numpy.arange(len(keys)),
            numpy.array(days, float),
            numpy.array(causes, numpy.int64),
            numpy.array(entries, float),
        )

    def __len__(self) -> int:
        return len(self.place)

    @overload
    def __getitem__(self, place: int) -> Wait: ...
    @overload
    def __getitem__(self, place: slice) -> Waits: ...
    def __getitem__(self, place: int | slice) -> Wait | Waits:
        if isinstance(place, slice):
            return self.where(numpy.arange(len(self))[place])
        key = self.keys[self.place[place]]
        return Wait(key, float(self.days[place]), int(self.cause[place]), float(self.entry[place]))

    def where(self, kept: Whole) -> Waits:
        """Return a part of them, by their places."""
        return Waits(self.keys, self.place[kept], self.days[kept], self.cause[kept], self.entry[kept])

    @property
    def events(self) -> int:
        """How many are over because the thing waited for came."""
        return int((self.cause == 1).sum())

    def waiting(self) -> tuple[str, ...]:
        """Return the keys of those still waiting, the longest first."""
        places = numpy.flatnonzero(self.cause == 0)
        keys = map(self.keys.__getitem__, self.place[places].tolist())
        rows = zip((-self.days[places]).tolist(), keys, strict=True)
        return tuple([key for _, key in sorted(rows)])


#: When the thing waited for came, for each defect, in microseconds; `NEVER` while it has not.
Came = Callable[[Defects], Whole]


def resolved_at(defects: Defects) -> Whole:
    """Return when defects were repaired for good; declining one is not repairing it."""
    fixed = defects.take(defects.columns.is_outcome(Outcome.FIXED))
    return numpy.where(fixed, defects.take(defects.columns.ended), NEVER)


def acknowledged_at(defects: Defects) -> Whole:
    """Return when somebody of the team first took notice of any report of each."""
    return defects.first_of(defects.columns.acknowledged)


def deployed_at(defects: Defects) -> Whole:
    """Return when repairs reached users."""
    return defects.take(defects.columns.deployed)


def told_at(defects: Defects) -> Whole:
    """Return when the last of the customers behind each was told; never while one of them was not."""
    waits_for = reporting(defects.columns)
    last = defects.last_of(numpy.where(waits_for, defects.columns.customer_told, 0))
    return numpy.where(defects.any_of(waits_for), last, NEVER)


def reporting(columns: BugColumns) -> Flags:
    """Tell which bugs are reports behind which somebody waits to be told."""
    return columns.is_report & columns.from_customers


def answered_at(defects: Defects) -> Whole:
    """Return when somebody first answered any report of each for the reporter to see."""
    return defects.first_of(defects.columns.answered)


def restored_at(defects: Defects) -> Whole:
    """Return when the service was back after an incident."""
    return defects.first_of(defects.columns.restored)


#: The clocks that can be read from what trackers keep.
READINGS: Mapping[Clock, Came] = {
    Clock.ACKNOWLEDGE: acknowledged_at,
    Clock.FIRST_RESPONSE: answered_at,
    Clock.RESTORE: restored_at,
    Clock.RESOLVE: resolved_at,
    Clock.DEPLOYED: deployed_at,
    Clock.TOLD: told_at,
}


def waits(defects: Iterable[Defect], came: Came, as_of: datetime, window_begins: datetime | None = None) -> Waits:
    """Put defects on a clock as of an instant.

    One that was declined without it competes. With ``window_begins``, defects that were waiting then already come
    under observation at the age they had (delayed entry), and those whose wait was over before are left out.
    """
    known, now = Defects.of(defects), to_micros(as_of)
    at, ended = came(known), known.take(known.columns.ended)
    declined = (ended != NEVER) & ~known.take(known.columns.is_outcome(Outcome.FIXED))
    cause = numpy.where(at <= now, 1, numpy.where(declined, 2, 0))
    end = numpy.where(cause == 1, at, numpy.where(declined, numpy.minimum(ended, now), now))
    days = numpy.maximum(end - known.arrived, 0) / DAY
    found = Waits(known.columns.keys, known.root, days, cause, numpy.zeros(len(known)))
    if window_begins is None:
        return found
    entry = numpy.maximum(to_micros(window_begins) - known.arrived, 0) / DAY
    return replace(found, entry=entry).where(numpy.flatnonzero((entry == 0) | (days > entry)))


def open_days(defects: Iterable[Defect], as_of: datetime) -> Waits:
    """Sum the stretches in which each defect was open: the time it cost, without the time it seemed repaired."""
    known = Defects.of(defects)
    whose, begin, until = known.stretches()
    spent = (numpy.where(until == NEVER, to_micros(as_of), until) - begin) / DAY
    days = numpy.bincount(whose, weights=spent, minlength=len(known))
    fixed = known.take(known.columns.is_outcome(Outcome.FIXED))
    cause = numpy.where(known.is_open, 0, numpy.where(fixed, 1, 2))
    return Waits(known.columns.keys, known.root, numpy.maximum(days, 0.0), cause, numpy.zeros(len(known)))


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


def times(found: Iterable[Wait], min_events: int = MIN_EVENTS) -> Times:
    """Read a clock: Kaplan-Meier where nothing competes, Aalen-Johansen where something does."""
    known = Waits.of(found)
    return Times(
        n=len(known),
        events=known.events,
        waiting=known.waiting(),
        watched=float(known.days.max()) if len(known) else 0.0,
        curve=_curve(known) if known.events >= min_events else None,
    )


def _curve(found: Waits) -> Curve:
    entries = found.entry if found.entry.any() else None
    if (found.cause == 2).any():
        return without_cause(found.days, found.cause, 1, entries)
    return kaplan_meier(found.days, found.cause == 1, entries)


def compare(groups: Mapping[str, Iterable[Wait]], min_events: int = MIN_EVENTS) -> LogRank | None:
    """Compare groups on one clock by log-rank; ``None`` unless two groups have enough endings.

    What was declined counts as no longer watched: the hazards of repair are compared.
    """
    known = map(Waits.of, groups.values())
    kept = [own for own in known if own.events >= min_events]
    if len(kept) < 2:
        return None
    return log_rank([(own.days, own.cause == 1) for own in kept])
