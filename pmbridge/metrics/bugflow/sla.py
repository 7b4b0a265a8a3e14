"""Whether bugs are resolved within the time that was promised for their severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from pmbridge.history.calendar import WorkingCalendar
from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.bug import Bug
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.groups import Group
from pmbridge.metrics.bugflow.meter import Meter, Reals
from pmbridge.metrics.bugflow.ratios import Ratio
from pmbridge.metrics.bugflow.stops import stops
from pmbridge.model.instants import to_micros

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


#: What the numbers in a column of states mean.
STATES = tuple(State)
_CODE = {state: code for code, state in enumerate(STATES)}


@dataclass(frozen=True, slots=True, eq=False)
class Attainment:
    """Promises kept and broken; open past its target a bug is a breach, open within it neither.

    ``state`` and ``used`` stand beside the bugs; a standing is made where one is shown.
    """

    bugs: Group
    state: NDArray[numpy.int8]
    used: Reals
    promises: Promises

    @property
    def ratio(self) -> Ratio:
        """The share kept; those still running are immature."""
        met, broken = self._count(State.MET), self._count(State.BREACHED)
        return Ratio(met, met + broken, self._count(State.RUNNING) + self._count(State.AT_RISK))

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Every bug against its promise."""
        return self._shown(numpy.arange(len(self.bugs)))

    def of(self, state: State) -> tuple[Standing, ...]:
        """Return the bugs that stand so, the most used-up first."""
        return self._first(self._are(state))

    @property
    def open_breaches(self) -> tuple[Standing, ...]:
        """The broken promises that are still open."""
        return self._first(self._are(State.BREACHED) & self.bugs.take(self.bugs.columns.is_open))

    def _are(self, state: State) -> NDArray[numpy.bool_]:
        found: NDArray[numpy.bool_] = self.state == _CODE[state]
        return found

    def _count(self, state: State) -> int:
        return int(self._are(state).sum())

    def _first(self, chosen: NDArray[numpy.bool_]) -> tuple[Standing, ...]:
        found = self._shown(numpy.flatnonzero(chosen))
        return tuple(sorted(found, key=lambda one: (-one.used, one.bug.key)))

    def _shown(self, places: Whole) -> tuple[Standing, ...]:
        bugs = self.bugs.where(places)
        states = [STATES[code] for code in self.state[places].tolist()]
        due = self.promises.due(bugs)
        rows = zip(bugs, states, self.used[places].tolist(), due, strict=True)
        return tuple(Standing(bug, s, used, at if s is not State.NO_TARGET else None) for bug, s, used, at in rows)


@dataclass(frozen=True, slots=True, eq=False)
class _InForce:
    """The promise of each of many moments: how many of which unit, as places of `UNITS`; not a number is none."""

    amount: Reals
    unit: Whole


class Promises:
    """The promises of a product, measured on its calendar up to an instant."""

    def __init__(
        self, targets: Mapping[str, Target], calendar: WorkingCalendar, begin: datetime, as_of: datetime
    ) -> None:
        self._targets = {word.casefold(): target for word, target in targets.items()}
        self._as_of, self._now = as_of, to_micros(as_of)
        horizon = as_of + timedelta(days=370)
        units = {target.unit for target in targets.values()}
        self._meters: dict[Unit, Meter] = {
            unit: Meter(calendar, begin, horizon, in_days=unit is Unit.BUSINESS_DAYS)
            for unit in (Unit.BUSINESS_DAYS, Unit.BUSINESS_HOURS)
            if unit in units
        }

    def standing(self, bug: Bug) -> Standing:
        """Measure one bug."""
        return self.attainment((bug,)).standings[0]

    def attainment(self, bugs: Iterable[Bug]) -> Attainment:
        """Measure every bug.

        At each moment the target of its severity then is in force, against all the time it has used by then; the
        strictest share wins. Lowering a severity does not undo a breach.
        """
        known = Group.of(bugs)
        columns, is_open = known.columns, known.take(known.columns.is_open)
        whose, until, row = _severities(known, numpy.where(is_open, self._now, known.take(columns.ended)))
        shares = self._used(columns, known.places[whose], until, self._in_force(columns, row))
        seen = ~numpy.isnan(shares)
        used, promised = numpy.zeros(len(known)), numpy.zeros(len(known), numpy.bool_)
        numpy.maximum.at(used, whose[seen], shares[seen])
        promised[whose[seen]] = True
        return Attainment(known, _states(used, promised, is_open), used, self)

    def due(self, bugs: Iterable[Bug]) -> list[datetime | None]:
        """Return when the promise of each open bug runs out, if the clock runs on from now."""
        known = Group.of(bugs)
        columns, now = known.columns, numpy.full(len(known), self._now)
        force = self._in_force(columns, columns.graded_at(known.places, now))
        shares = self._used(columns, known.places, now, force)
        running = known.take(columns.is_open) & ~numpy.isnan(shares)
        rows = zip(running.tolist(), shares.tolist(), force.amount.tolist(), force.unit.tolist(), strict=True)
        return [self._runs_out((1 - used) * amount, UNITS[unit]) if on else None for on, used, amount, unit in rows]

    def _runs_out(self, left: float, unit: Unit) -> datetime | None:
        meter = self._meters.get(unit)
        return meter.when(meter.reading(self._as_of) + left) if meter else self._as_of + left * _elapsed(unit)

    def _in_force(self, columns: BugColumns, rows: Whole) -> _InForce:
        """Return the promise that each row of severities stands for; -1 is no severity."""
        known = [None if word is None else self._targets.get(word.casefold()) for word in columns.word.kinds]
        codes = numpy.append(columns.word.codes, len(known))[rows]
        amount = numpy.array([*(numpy.nan if one is None else one.amount for one in known), numpy.nan])
        unit = numpy.array([*(-1 if one is None else UNITS.index(one.unit) for one in known), -1])
        return _InForce(amount[codes], unit[codes])

    def _used(self, columns: BugColumns, places: Whole, until: Whole, force: _InForce) -> Reals:
        """Return the share of a promise that each of some bugs has used by an instant; not a number without one."""
        created, still = columns.created[places], stops(columns, self._now)
        spent = self._between(created, until, force.unit)
        rows, whose = still.of_bug.rows(places)
        begun = still.begin[rows] < until[whose]
        rows, whose = rows[begun], whose[begun]
        begin, end = numpy.maximum(still.begin[rows], created[whose]), numpy.minimum(still.end[rows], until[whose])
        numpy.subtract.at(spent, whose, self._between(begin, end, force.unit[whose]))
        return spent / force.amount

    def _between(self, begin: Whole, end: Whole, units: Whole) -> Reals:
        spent = numpy.zeros(len(begin))
        for code in numpy.unique(units[units >= 0]).tolist():
            own, unit = units == code, UNITS[code]
            meter = self._meters.get(unit)
            if meter is not None:
                spent[own] = meter.worked(begin[own], end[own])
            else:
                spent[own] = numpy.maximum(0.0, (end - begin)[own] / (_elapsed(unit) // timedelta(microseconds=1)))
        return spent


UNITS = tuple(Unit)


def _elapsed(unit: Unit) -> timedelta:
    return timedelta(days=1) if unit is Unit.DAYS else timedelta(hours=1)


def _states(used: Reals, promised: NDArray[numpy.bool_], is_open: NDArray[numpy.bool_]) -> NDArray[numpy.int8]:
    running = numpy.where(used > AT_RISK, _CODE[State.AT_RISK], _CODE[State.RUNNING])
    kept = numpy.where(is_open, running, _CODE[State.MET])
    judged = numpy.where(used > 1, _CODE[State.BREACHED], kept)
    return numpy.where(promised, judged, _CODE[State.NO_TARGET]).astype(numpy.int8)


def _severities(bugs: Group, end: Whole) -> tuple[Whole, Whole, Whole]:
    """Return the severities bugs went through before an end: whose each is, when it was left, and its row."""
    columns = bugs.columns
    rows, whose = columns.graded.rows(bugs.places)
    before = columns.since[rows] < end[whose]
    never = numpy.bincount(whose[before], minlength=len(bugs)) == 0
    kept = before | (never[whose] & (numpy.diff(whose, prepend=-1) != 0))
    rows, whose = rows[kept], whose[kept]
    until = end[whose]
    follows = numpy.flatnonzero(whose[1:] == whose[:-1])
    until[follows] = columns.since[rows[follows + 1]]
    return whose, until, rows
