"""Whether bugs are resolved within the time that was promised for their severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from pmbridge.history.calendar import WorkingCalendar
from pmbridge.metrics.bugflow.bug import Bug
from pmbridge.metrics.bugflow.meter import Meter
from pmbridge.metrics.bugflow.ratios import Ratio

_SPAN = re.compile(r"(\d+)(bd|bh|d|h)")

#: A bug whose promised time is used up to this share is at risk.
AT_RISK = 0.75


class Unit(StrEnum):
    """What a promise is counted in: business days or hours, or elapsed ones."""

    BUSINESS_DAYS = "bd"
    BUSINESS_HOURS = "bh"
    DAYS = "d"
    HOURS = "h"


class Target(NamedTuple):
    """A promise."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read a span such as ``2bd``, ``4bh``, ``3d`` or ``12h``."""
        match = _SPAN.fullmatch(text.strip())
        if match is None or not int(match[1]):
            raise ValueError(f"{text!r} is no span of time: write 2bd (business days), 4bh (business hours), 3d or 12h")
        return cls(int(match[1]), Unit(match[2]))


class State(StrEnum):
    """How a bug stands against its promise."""

    MET = "met"
    BREACHED = "breached"
    RUNNING = "running"
    AT_RISK = "at risk"
    NO_TARGET = "no target"


class Standing(NamedTuple):
    """One bug against its promise: the share of time used, and when it will be used up if nothing pauses it."""

    bug: Bug
    state: State
    used: float
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Attainment:
    """Promises kept and broken; open past its target a bug is a breach, open within it neither."""

    standings: tuple[Standing, ...]

    @property
    def ratio(self) -> Ratio:
        """The share kept; those still running are immature."""
        met, broken = self._count(State.MET), self._count(State.BREACHED)
        return Ratio(met, met + broken, self._count(State.RUNNING) + self._count(State.AT_RISK))

    def of(self, state: State) -> tuple[Standing, ...]:
        """Return the bugs that stand so, the most used-up first."""
        found = [one for one in self.standings if one.state is state]
        return tuple(sorted(found, key=lambda one: (-one.used, one.bug.key)))

    @property
    def open_breaches(self) -> tuple[Standing, ...]:
        """The broken promises that are still open."""
        return tuple(one for one in self.of(State.BREACHED) if one.bug.is_open)

    def _count(self, state: State) -> int:
        return sum(one.state is state for one in self.standings)


class Promises:
    """The promises of a product, measured on its calendar up to an instant."""

    def __init__(
        self, targets: Mapping[str, Target], calendar: WorkingCalendar, begin: datetime, as_of: datetime
    ) -> None:
        self._targets = {word.casefold(): target for word, target in targets.items()}
        self._as_of = as_of
        horizon = as_of + timedelta(days=370)
        units = {target.unit for target in targets.values()}
        self._meters: dict[Unit, Meter] = {
            unit: Meter(calendar, begin, horizon, in_days=unit is Unit.BUSINESS_DAYS)
            for unit in (Unit.BUSINESS_DAYS, Unit.BUSINESS_HOURS)
            if unit in units
        }

    def attainment(self, bugs: Iterable[Bug]) -> Attainment:
        """Measure every bug."""
        return Attainment(tuple(self.standing(bug) for bug in bugs))

    def standing(self, bug: Bug) -> Standing:
        """Measure one bug.

        At each moment the target of its severity then is in force, against all the time it has used by then; the
        strictest share wins. Lowering a severity does not undo a breach.
        """
        end = bug.ended_at or self._as_of
        used, seen = 0.0, False
        for until, word in _severities(bug, end):
            target = self._target(word)
            if target is not None:
                seen, used = True, max(used, self._used(bug, until, target))
        if not seen:
            return Standing(bug, State.NO_TARGET, 0.0, None)
        last = self._target(bug.severity_at(end))
        due = self._due(bug, last) if last is not None and bug.is_open else None
        return Standing(bug, _state(used, bug.is_open), used, due)

    def _target(self, word: str | None) -> Target | None:
        return None if word is None else self._targets.get(word.casefold())

    def _used(self, bug: Bug, until: datetime, target: Target) -> float:
        spent = self._between(bug.created_at, until, target.unit)
        if not bug.pauses and not bug.reopenings:
            return spent / target.amount
        for begin, end in self._stops(bug):
            if begin < until:
                spent -= self._between(max(begin, bug.created_at), min(end or until, until), target.unit)
        return spent / target.amount

    def _stops(self, bug: Bug) -> list[tuple[datetime, datetime | None]]:
        """Return when the clock stood still: while waiting for the customer, and while it seemed resolved."""
        closed = [pair for pair in zip(bug.endings, bug.reopenings, strict=False) if pair[0] < pair[1]]
        if not closed:
            return list(bug.pauses)
        return _united([*bug.pauses, *closed], self._as_of)

    def _between(self, begin: datetime, end: datetime, unit: Unit) -> float:
        meter = self._meters.get(unit)
        if meter is not None:
            return meter.between(begin, end)
        return max(0.0, (end - begin) / _elapsed(unit))

    def _due(self, bug: Bug, target: Target) -> datetime | None:
        """Return when an open bug's promise runs out, if the clock runs on from now."""
        left = (1 - self._used(bug, self._as_of, target)) * target.amount
        if target.unit in self._meters:
            meter = self._meters[target.unit]
            return meter.when(meter.reading(self._as_of) + left)
        return self._as_of + left * _elapsed(target.unit)


def _elapsed(unit: Unit) -> timedelta:
    return timedelta(days=1) if unit is Unit.DAYS else timedelta(hours=1)


def _state(used: float, is_open: bool) -> State:
    if used > 1:
        return State.BREACHED
    if not is_open:
        return State.MET
    return State.AT_RISK if used > AT_RISK else State.RUNNING


def _severities(bug: Bug, end: datetime) -> Iterable[tuple[datetime, str | None]]:
    """Yield each severity the bug went through with the instant it was left."""
    steps = [graded for graded in bug.severities if graded.since < end] or list(bug.severities[:1])
    for one, following in pairwise(steps):
        yield following.since, one.word
    if steps:
        yield end, steps[-1].word


def _united(
    spans: Iterable[tuple[datetime, datetime | None]], as_of: datetime
) -> list[tuple[datetime, datetime | None]]:
    """Unite stretches that overlap, so that no time is taken off twice."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted((begin, end or as_of) for begin, end in spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return list(found)
