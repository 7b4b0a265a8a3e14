"""When a piece of work was in a milestone, whichever face of either took it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy

from pmbridge.history.chronicle import Company, excerpt
from pmbridge.history.counting import Counting
from pmbridge.history.micros import Whole
from pmbridge.history.phases import Life, MilestoneId, Phase
from pmbridge.history.present import Present
from pmbridge.model import Change, FieldName, StatusCategory


@dataclass(frozen=True, slots=True)
class Stay:
    """One uninterrupted stay, half-open. ``opened`` is ``None`` for work created inside, ``closed`` while inside."""

    since: datetime
    until: datetime | None
    opened: Change | None
    closed: Change | None


# Reading a member off its enum class would cost more than the rest of `in_scope`.
_CANCELLED = StatusCategory.CANCELLED


def is_member(phase: Phase, faces: frozenset[MilestoneId]) -> bool:
    """Tell whether the work belonged to the milestone, cancelled or not."""
    return not phase.milestones.isdisjoint(faces)


def in_scope(phase: Phase, faces: frozenset[MilestoneId]) -> bool:
    """Tell whether the work counted: a member, of a counted level, not cancelled."""
    return phase.counted and phase.category is not _CANCELLED and not phase.milestones.isdisjoint(faces)


def within(lives: Sequence[Life], faces: frozenset[MilestoneId], t: datetime) -> list[Life]:
    """Return the work that counted in the milestone at an instant."""
    told = excerpt(lives)
    there = told.inside(faces) & told.during(t)
    return [lives[place] for place in told.life[there].tolist()]


def stays(life: Life, faces: frozenset[MilestoneId], *, cancelled: bool = True) -> tuple[Stay, ...]:
    """Return every stay of the work in the milestone, in order; without ``cancelled`` giving it up ends a stay."""
    found: list[Stay] = []
    opened: tuple[datetime, Change | None] | None = None
    for phase in life.phases:
        inside = is_member(phase, faces) and (cancelled or phase.category is not _CANCELLED)
        if inside and opened is None:
            opened = phase.since, membership_change(phase)
        elif not inside and opened is not None:
            found.append(Stay(*opened[:1], phase.since, opened[1], membership_change(phase)))
            opened = None
    if opened is not None:
        found.append(Stay(opened[0], None, opened[1], None))
    return tuple(found)


def membership_change(phase: Phase) -> Change | None:
    """Return the change of membership that brought a phase about, the last if there were several."""
    return next((c for c in reversed(phase.changes) if c.field is FieldName.MILESTONES), None)


@dataclass(frozen=True, slots=True)
class Visits:
    """The places, among ``lives``, of the work that ever was in each container; ``rank`` orders lives by their ids."""

    lives: Sequence[Life]
    rank: Whole
    places: Mapping[MilestoneId, Whole]


def by_milestone(lives: Sequence[Life], present: Present | None = None) -> Visits:
    """Find, for each container, the work that ever was in it, by its history or by its current fields.

    ``present`` is how the items of the history are now, where that is known already.
    """
    if not lives:
        return Visits(lives, numpy.zeros(0, numpy.int64), {})
    told, columns = excerpt(lives), lives[0].canonical.primary.columns
    now = present or Present.of(columns, Counting(), lives[0].chronicle.milestones)
    faces = [life.canonical.faces for life in lives]
    held = numpy.concatenate((told.held, now.held[[face.place for own in faces for face in own]]))
    whose = numpy.concatenate((told.life, numpy.repeat(numpy.arange(len(lives)), list(map(len, faces)))))
    pairs = numpy.unique(held * len(lives) + whose)
    sets, first = numpy.unique(pairs // len(lives), return_index=True)
    parts: defaultdict[MilestoneId, list[Whole]] = defaultdict(list)
    for one, places in zip(sets.tolist(), numpy.split(pairs % len(lives), first[1:]), strict=True):
        for milestone in told.milestones.sets[one]:
            parts[milestone].append(places)
    return Visits(lives, _rank(lives), {id_: numpy.concatenate(own) for id_, own in parts.items()})


def visitors(visits: Visits, faces: Iterable[MilestoneId]) -> Company:
    """Return the work that ever was in one of these containers, each once, by its ids."""
    parts = [visits.places[face] for face in faces if face in visits.places]
    there = numpy.unique(numpy.concatenate(parts)) if parts else numpy.zeros(0, numpy.int64)
    ordered = there[numpy.argsort(visits.rank[there])]
    return Company([visits.lives[place] for place in ordered.tolist()])


def _rank(lives: Sequence[Life]) -> Whole:
    sources, ids = zip(*[life.canonical.primary.id for life in lives], strict=True)
    place = {source: place for place, source in enumerate(sorted(set(sources)))}
    first, then = numpy.array([place[source] for source in sources]), numpy.array(ids, numpy.str_)
    order = numpy.lexsort((then, first))
    rank = numpy.empty(len(ids), numpy.int64)
    rank[order] = numpy.arange(len(ids))
    return rank
