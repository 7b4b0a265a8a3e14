"""The requirements of one milestone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pmbridge.assess.acceptance.words import GateWords, characteristic
from pmbridge.assess.reading import Reading
from pmbridge.evidence.ticks import normative_change
from pmbridge.history.membership import is_member
from pmbridge.history.merging import MergedMilestone, natural
from pmbridge.history.phases import Life
from pmbridge.metrics.acceptance.requirement import Requirement
from pmbridge.model import Item, LinkKind, StatusCategory


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement and the work behind it."""

    requirement: Requirement
    life: Life


def needs(milestone: MergedMilestone, reading: Reading, words: GateWords) -> tuple[Need, ...]:
    """Return the requirements in a milestone's scope, sub-tasks among them, in the order of their keys.

    An item is one by its type or a label, or since a link of a configured phrase leads to it.
    """
    linked = _linked(reading, words)
    inside = [life for life in members(milestone, reading) if _is_one(life, words, linked)]
    return tuple(Need(_requirement(life, reading, words), life) for life in inside)


def ever_needed(milestone: MergedMilestone, reading: Reading, words: GateWords) -> tuple[Need, ...]:
    """Return the requirements that are, or ever were, in a milestone's scope."""
    linked = _linked(reading, words)
    ever = [life for life in reading.visitors(milestone) if _is_one(life, words, linked)]
    return tuple(Need(_requirement(life, reading, words), life) for life in ever)


def members(milestone: MergedMilestone, reading: Reading) -> Sequence[Life]:
    """Return all work in a milestone that was not cancelled, of whatever level."""
    found = reading.members_of.get(milestone.key)
    if found is None:
        inside = [life for life in reading.visitors(milestone) if _inside(life, milestone, reading)]
        found = tuple(sorted(inside, key=lambda life: (natural(life.item.key), life.item.source)))
        reading.members_of[milestone.key] = found
    return found


def _inside(life: Life, milestone: MergedMilestone, reading: Reading) -> bool:
    phase = reading.now[life.canonical.primary.id]
    return is_member(phase, milestone.ids) and phase.category is not StatusCategory.CANCELLED


def _is_one(life: Life, words: GateWords, linked: frozenset[tuple[str, str]]) -> bool:
    faces = [face.item for face in life.canonical.faces]
    if any(map(words.is_requirement, faces)):
        return True
    by_link = linked and not linked.isdisjoint([(item.source, item.id) for item in faces])
    return bool(by_link) and not any(map(words.is_bug, faces))


def _linked(reading: Reading, words: GateWords) -> frozenset[tuple[str, str]]:
    if not words.links:
        return frozenset()
    links = (k for k in reading.history.links if k.kind is LinkKind.TESTS or k.phrase.casefold() in words.links)
    return frozenset((link.source, link.target) for link in links)


def _requirement(life: Life, reading: Reading, words: GateWords) -> Requirement:
    item, primary = life.item, life.canonical.primary
    faces = [face.item for face in life.canonical.faces]
    parent = reading.owner.get((item.source, item.parent)) if item.parent else None
    return Requirement(
        key=item.key,
        title=item.key if item.restricted else item.title,
        priority=words.priority(item),
        characteristic=next(filter(None, map(characteristic, faces)), None),
        owner=_owner(item, reading),
        url=item.url,
        text_changed_at=normative_change(primary.changes),
        parent=parent.item.key if parent is not None else None,
        components=frozenset(name.casefold() for face in faces for name in face.components),
    )


def _owner(item: Item, reading: Reading) -> str | None:
    names: Iterator[str] | Iterable[str] = (reading.names.get((item.source, one), one) for one in item.assignees)
    return next(iter(names), None)
