"""The phases of many lives side by side, as arrays: what is asked of all of them is answered without a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy
from numpy.typing import NDArray

from pmbridge.history.days import local_days
from pmbridge.history.micros import Whole, all_micros
from pmbridge.history.phase_values import CATEGORIES, PhaseValues
from pmbridge.history.phases import Life, MilestoneId, Phase, containers
from pmbridge.history.selections import Succession
from pmbridge.model import Change, StatusCategory
from pmbridge.model.instants import to_micros

Flags = NDArray[numpy.bool_]
Reals = NDArray[numpy.float64]
Small = NDArray[numpy.int8]

CATEGORY_CODE = {category: code for code, category in enumerate(CATEGORIES)}
CANCELLED, DONE = CATEGORY_CODE[StatusCategory.CANCELLED], CATEGORY_CODE[StatusCategory.DONE]
ACTIVE, WAITING = CATEGORY_CODE[StatusCategory.ACTIVE], CATEGORY_CODE[StatusCategory.WAITING]


#: An instant after every other, in microseconds: where the last phase of a life ends.
NEVER = int(numpy.iinfo(numpy.int64).max)


class MilestoneSets:
    """Numbers the sets of milestones that work was in, so that equal ones are one."""

    def __init__(self) -> None:
        self.sets: list[frozenset[MilestoneId]] = []
        self._codes: dict[frozenset[MilestoneId], int] = {}
        self._known: dict[tuple[str, tuple[str, ...]], int] = {}

    def code(self, held: frozenset[MilestoneId]) -> int:
        """Return the number of a set."""
        code = self._codes.setdefault(held, len(self.sets))
        if code == len(self.sets):
            self.sets.append(held)
        return code

    def of(self, source: str, milestones: tuple[str, ...]) -> int:
        """Return the number of the set of containers of one source that an item is in."""
        code = self._known.get((source, milestones))
        if code is None:
            code = self._known[source, milestones] = self.code(containers(source, milestones))
        return code

    def meeting(self, faces: frozenset[MilestoneId]) -> Flags:
        """Tell, by number, which sets hold any of these."""
        return numpy.fromiter((not held.isdisjoint(faces) for held in self.sets), numpy.bool_, len(self.sets))


@dataclass(frozen=True, slots=True, eq=False)
class Chronicle:
    """Phases, life after life; those of life ``n`` stand from ``first[n]`` to before ``first[n + 1]``.

    ``since`` is in microseconds, ``points`` is not a number where there is no estimate, ``held`` is the number of the
    set of milestones. A phase lasts until the next one of its life. The changes that brought it about are named by
    ``causes`` from ``cause`` to before ``caused``, as places in ``changes``. ``values`` are the phases one by one.
    """

    first: Whole
    since: Whole
    category: Small
    counted: Flags
    points: Reals
    held: Whole
    cause: Whole
    caused: Whole
    causes: Whole
    changes: Sequence[Change]
    milestones: MilestoneSets
    values: PhaseValues = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = (self.since, self.category, self.counted, self.points, self.held, self.cause, self.caused)
        values = PhaseValues(self.first, columns, self.milestones.sets, self.causes, self.changes)
        object.__setattr__(self, "values", values)

    @classmethod
    def told(cls, lives: Sequence[Sequence[Phase]], milestones: MilestoneSets) -> Chronicle:
        """Write down lives that were walked through one by one."""
        phases = [phase for own in lives for phase in own]
        batches = numpy.cumsum([0, *(len(phase.changes) for phase in phases)])
        changes = [change for phase in phases for change in phase.changes]
        return cls(
            first=numpy.cumsum([0, *map(len, lives)]),
            since=all_micros([phase.since for phase in phases]),
            category=numpy.array([CATEGORY_CODE[phase.category] for phase in phases], numpy.int8),
            counted=numpy.array([phase.counted for phase in phases], numpy.bool_),
            points=numpy.array([phase.points for phase in phases], numpy.float64),
            held=numpy.array([milestones.code(phase.milestones) for phase in phases], numpy.int64),
            cause=batches[:-1],
            caused=batches[1:],
            causes=numpy.arange(len(changes)),
            changes=changes,
            milestones=milestones,
        )

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def life(self) -> Whole:
        """The life each phase belongs to."""
        return numpy.repeat(numpy.arange(len(self)), numpy.diff(self.first))

    @property
    def begins(self) -> Flags:
        """Whether each phase is the first one of its life."""
        flags = numpy.zeros(len(self.since), numpy.bool_)
        flags[self.first[:-1]] = True
        return flags

    @property
    def last(self) -> Whole:
        """The place of the last phase of each life."""
        return self.first[1:] - 1

    def of(self, lives: Whole) -> Chronicle:
        """Return the part of some lives, in this order."""
        lengths = numpy.diff(self.first)[lives]
        first = numpy.concatenate((numpy.zeros(1, numpy.int64), numpy.cumsum(lengths)))
        rows = numpy.arange(first[-1]) + numpy.repeat(self.first[lives] - first[:-1], lengths)
        return replace(
            self,
            first=first,
            since=self.since[rows],
            category=self.category[rows],
            counted=self.counted[rows],
            points=self.points[rows],
            held=self.held[rows],
            cause=self.cause[rows],
            caused=self.caused[rows],
        )

    def members(self, faces: frozenset[MilestoneId]) -> Flags:
        """Tell during which phases work belonged to the milestone, cancelled or not."""
        found: Flags = self.milestones.meeting(faces)[self.held]
        return found

    def inside(self, faces: frozenset[MilestoneId]) -> Flags:
        """Tell during which phases work counted: a member, of a counted level, not cancelled."""
        found: Flags = self.counted & (self.category != CANCELLED) & self.members(faces)
        return found

    def during(self, t: datetime) -> Flags:
        """Tell which phases lasted at an instant."""
        at = to_micros(t)
        until = numpy.append(self.since[1:], NEVER)[: len(self.since)]
        until[self.last] = NEVER
        found: Flags = (self.since <= at) & (until > at)
        return found

    def days(self, zone: ZoneInfo) -> Whole:
        """Return the local day on which each phase began, as `date.toordinal` counts them."""
        return local_days(self.since, zone)

    def completed(self) -> Whole:
        """Return the place of the phase in which each life was done for good; -1 where it is not."""
        at = numpy.arange(len(self.since))
        undone = numpy.maximum.accumulate(numpy.where(self.category != DONE, at, -1))
        last, first = self.first[1:] - 1, self.first[:-1]
        entered = numpy.maximum(undone[last] + 1, first)
        return numpy.where(self.category[last] == DONE, entered, -1)

    def begun(self) -> Whole:
        """Return the place of the first phase in which each life was worked on; -1 where none was."""
        active = numpy.flatnonzero(self.category == ACTIVE)
        following = numpy.searchsorted(active, self.first)
        found = numpy.append(active, -1)[following[:-1]]
        return numpy.where(following[:-1] < following[1:], found, -1)

    def before(self, flags: Flags) -> Flags:
        """Return what a flag was in the phase before; unset before the first phase of a life."""
        earlier = numpy.zeros_like(flags)
        earlier[1:] = flags[:-1]
        return earlier & ~self.begins

    def stretches(self, flags: Flags) -> tuple[Whole, Whole]:
        """Return the phases in which a flag comes up, and those in which it goes down again; -1 where it stays."""
        was, whose = self.before(flags), self.life
        up, down = numpy.flatnonzero(flags & ~was), numpy.flatnonzero(was & ~flags)
        following = numpy.append(down, -1)[numpy.searchsorted(down, up)]
        same_life = (following >= 0) & (whose[following] == whose[up])
        return up, numpy.where(same_life, following, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Latest:
    """How lives stand at the end of what is known of them, side by side.

    ``since`` is when the last phase of each began, ``began`` when work on it first did, ``ended`` when it was done for
    good, all in microseconds; what never was ``begun`` or is not ``done`` has an instant that means nothing.
    """

    place: Whole
    since: Whole
    category: Small
    counted: Flags
    points: Reals
    begun: Flags
    began: Whole
    ended: Whole

    @classmethod
    def of(cls, told: Chronicle) -> Latest:
        """Read it off a chronicle."""
        last, begun = told.last, told.begun()
        columns = (told.since[last], told.category[last], told.counted[last], told.points[last])
        return cls(last, *columns, begun >= 0, told.since[begun], told.since[told.completed()])

    @property
    def done(self) -> Flags:
        """Which work is done."""
        found: Flags = self.category == DONE
        return found

    @property
    def in_progress(self) -> Flags:
        """Which work has been begun and is not finished."""
        found: Flags = (self.category == ACTIVE) | (self.category == WAITING)
        return found

    @property
    def is_open(self) -> Flags:
        """Which work is neither done nor cancelled."""
        found: Flags = (self.category != DONE) & (self.category != CANCELLED)
        return found


class Company(tuple[Life, ...]):
    """Lives that are asked about together over and over, so that their chronicle is read out once."""

    @cached_property
    def told(self) -> Chronicle:
        """Their chronicle."""
        return excerpt(tuple(self))

    @cached_property
    def latest(self) -> Latest:
        """How they stand."""
        return Latest.of(self.told)


def latest(lives: Sequence[Life]) -> Latest:
    """Return how lives stand at the end of what is known of them."""
    return lives.latest if isinstance(lives, Company) else Latest.of(excerpt(lives))


def excerpt(lives: Sequence[Life]) -> Chronicle:
    """Return the chronicle of some lives alone."""
    if isinstance(lives, Company):
        return lives.told
    if not lives:
        return Chronicle.told((), MilestoneSets())
    whole = lives[0].chronicle
    if any(life.chronicle is not whole for life in lives):
        return Chronicle.told([life.phases for life in lives], MilestoneSets())
    places = numpy.array([life.place for life in lives], numpy.int64)
    return whole if numpy.array_equal(places, numpy.arange(len(whole))) else whole.of(places)


def joined(parts: Sequence[Chronicle], lives: Sequence[Whole]) -> Chronicle:
    """Put parts of one numbering of sets together; ``lives`` says which of all lives the ones of each part are."""
    before = numpy.cumsum([0, *(len(part.causes) for part in parts)])
    shift = numpy.cumsum([0, *(len(part.changes) for part in parts)])

    def side_by_side(name: str) -> NDArray[Any]:
        return numpy.concatenate([getattr(part, name) for part in parts])

    lengths = numpy.concatenate([numpy.diff(part.first) for part in parts])
    whole = Chronicle(
        first=numpy.concatenate((numpy.zeros(1, numpy.int64), numpy.cumsum(lengths))),
        since=side_by_side("since"),
        category=side_by_side("category"),
        counted=side_by_side("counted"),
        points=side_by_side("points"),
        held=side_by_side("held"),
        cause=numpy.concatenate([part.cause + begin for part, begin in zip(parts, before, strict=False)]),
        caused=numpy.concatenate([part.caused + begin for part, begin in zip(parts, before, strict=False)]),
        causes=numpy.concatenate([part.causes + begin for part, begin in zip(parts, shift, strict=False)]),
        changes=Succession(*(part.changes for part in parts)),
        milestones=parts[0].milestones,
    )
    return whole.of(numpy.argsort(numpy.concatenate(lives), kind="stable"))
