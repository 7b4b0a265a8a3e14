"""The requirements of one milestone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pmbridge.assess.acceptance.evidence import Evidence
from pmbridge.assess.acceptance.roles import lives_of
from pmbridge.assess.acceptance.words import characteristic
from pmbridge.assess.reading import Reading
from pmbridge.history.membership import is_member
from pmbridge.history.merging import MergedMilestone, natural
from pmbridge.history.phases import Life
from pmbridge.metrics.acceptance.requirement import Requirement
from pmbridge.model import Item, StatusCategory


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement and the work behind it."""

    requirement: Requirement
    life: Life


def needs(milestone: MergedMilestone, reading: Reading, evidence: Evidence) -> tuple[Need, ...]:
    """Return the requirements in a milestone's scope, sub-tasks among them, in the order of their keys.

    An item is one by its type or a label, or since a link of a configured phrase leads to it.
    """
    inside = members(milestone, reading, evidence.roles.requirements)
    return tuple(Need(_requirement(life, reading, evidence), life) for life in inside)


def ever_needed(milestone: MergedMilestone, reading: Reading, evidence: Evidence) -> tuple[Need, ...]:
    """Return the requirements that are, or ever were, in a milestone's scope."""
    ever = lives_of(reading.visitors(milestone), evidence.roles.requirements)
    return tuple(Need(_requirement(life, reading, evidence), life) for life in ever)


def members(milestone: MergedMilestone, reading: Reading, places: frozenset[int]) -> list[Life]:
    """Return, of the work in certain places, what is in a milestone and not cancelled, of whatever level, by key."""
    inside = [life for life in lives_of(reading.visitors(milestone), places) if is_inside(life, milestone, reading)]
    return sorted(inside, key=lambda life: (natural(life.item.key), life.item.source))


def is_inside(life: Life, milestone: MergedMilestone, reading: Reading) -> bool:
    """Tell whether work is in a milestone and not cancelled."""
    phase = reading.standing[life.place]
    return is_member(phase, milestone.ids) and phase.category is not StatusCategory.CANCELLED


def _requirement(life: Life, reading: Reading, evidence: Evidence) -> Requirement:
    item, primary = life.item, life.canonical.primary
    faces = [face.item for face in life.canonical.faces]
    parent = reading.owner.get((item.source, item.parent)) if item.parent else None
    return Requirement(
        key=item.key,
        title=item.key if item.restricted else item.title,
        priority=evidence.words.priority(item),
        characteristic=next(filter(None, map(characteristic, faces)), None),
        owner=_owner(item, reading),
        url=item.url,
        text_changed_at=evidence.reworded.get(primary.place),
        parent=parent.item.key if parent is not None else None,
        components=frozenset(name.casefold() for face in faces for name in face.components),
    )


def _owner(item: Item, reading: Reading) -> str | None:
    names: Iterator[str] | Iterable[str] = (reading.names.get((item.source, one), one) for one in item.assignees)
    return next(iter(names), None)
