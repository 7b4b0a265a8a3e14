"""When a piece of work was in a milestone, whichever face of either took it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.history.chronicle import excerpt
from pmbridge.history.phases import Life, MilestoneId, Phase, containers
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


def by_milestone(lives: Sequence[Life]) -> Mapping[MilestoneId, tuple[Life, ...]]:
    """List, for each container, the work that ever was in it, by its history or by its current fields."""
    told = excerpt(lives)
    holders: defaultdict[frozenset[MilestoneId], list[int]] = defaultdict(list)
    for held, place in told.holdings():
        holders[held].append(place)
    for place, life in enumerate(lives):
        for face in life.canonical.faces:
            if face.item.milestones:
                holders[containers(face.item.source, face.item.milestones)].append(place)
    found: defaultdict[MilestoneId, set[int]] = defaultdict(set)
    for together, places in holders.items():
        for milestone in together:
            found[milestone].update(places)
    return {milestone: tuple([lives[place] for place in sorted(own)]) for milestone, own in found.items()}


def visitors(index: Mapping[MilestoneId, tuple[Life, ...]], faces: Iterable[MilestoneId]) -> tuple[Life, ...]:
    """Return the work that ever was in one of these containers, each once."""
    seen = {life.canonical.primary.id: life for face in sorted(faces) for life in index.get(face, ())}
    return tuple(seen[id_] for id_ in sorted(seen))
