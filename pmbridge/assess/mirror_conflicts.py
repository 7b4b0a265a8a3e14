"""Pieces of work whose faces tell different stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations

from pmbridge.assess.reading import Reading
from pmbridge.assessment import HygieneFinding
from pmbridge.history.counting import Counting
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.records import ItemId, Record
from pmbridge.history.tracing import phases_of
from pmbridge.metrics import wording
from pmbridge.metrics.hygiene import Faces
from pmbridge.model import LinkKind, StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)
_MOST_ITEMS = 20
#: A piece of work in trouble: its key, and the words for it.
_Trouble = tuple[str, str]


def disagreeing(reading: Reading) -> Iterator[Faces]:
    """Find mirrored work of which one face has ended and another is open, with the instant it came to that."""
    for one in reading.lives:
        if one.canonical.mirrors:
            stands = [_standing(face, reading) for face in one.canonical.faces]
            if len({ended for ended, _ in stands}) > 1:
                yield Faces(one.canonical, max(since for _, since in stands))


def _standing(face: Record, reading: Reading) -> tuple[bool, datetime]:
    """Say whether a face has ended, and since when it is so."""
    phases = phases_of(CanonicalItem(face), reading.categories, Counting())
    ended = phases[-1].category in _ENDED
    since = phases[-1].since
    for phase in reversed(phases):
        if (phase.category in _ENDED) is not ended:
            break
        since = phase.since
    return ended, since


def conflicts(reading: Reading) -> Iterator[HygieneFinding]:
    """Find what contradicts itself in what was said of mirrors, each sort told once.

    The work counts once all the same.
    """
    mirrored = [one for one in reading.mirrors.items if one.mirrors]
    inside = _inside(reading)
    sorts = (
        ("several mirrors", "In one tracker several items are said to be one", _several(mirrored)),
        ("one mirror, two claims", "More than one title claims an item", _claims(reading)),
        ("mirror of itself", "Work waits for, or is a part of, its own mirror", _of_itself(mirrored, inside)),
        ("mirrors in different milestones", "The faces stand in different milestones", _apart(mirrored, reading)),
        ("lost mirror", "Items mirror what is not there any more", _lost(reading)),
    )
    for gap, text, found in sorts:
        yield from _finding(gap, text, sorted(found), len(reading.lives))


def _finding(gap: str, text: str, found: Sequence[_Trouble], total: int) -> Iterator[HygieneFinding]:
    if found:
        keys = tuple(dict.fromkeys(key for key, _ in found))
        told = f"{text}: {wording.listed([words for _, words in found])}."
        yield HygieneFinding(gap=gap, share=round(len(keys) / total, 4), items=keys[:_MOST_ITEMS], text=told)


def _pair(one: CanonicalItem) -> str:
    return " / ".join(face.item.key for face in one.faces)


def _several(mirrored: Sequence[CanonicalItem]) -> Iterator[_Trouble]:
    """Yield chains and rivals: a pair within one tracker may be meant, three with two in one tracker are not."""
    for one in mirrored:
        most = max(Counter(face.item.source for face in one.faces).values())
        if most > 1 and len(one.faces) > 2:
            yield one.item.key, _pair(one)


def _claims(reading: Reading) -> Iterator[_Trouble]:
    claimed: defaultdict[ItemId, list[str]] = defaultdict(list)
    for claim in reading.mirrors.refused:
        claimed[claim.other].append(_key(claim.item, reading))
    for other, keys in claimed.items():
        key = _key(other, reading)
        yield key, f"{key} by {wording.listed(sorted(keys))}"


def _of_itself(mirrored: Sequence[CanonicalItem], inside: frozenset[ItemId]) -> Iterator[_Trouble]:
    for one in mirrored:
        ids = {face.id for face in one.faces}
        parents = {(face.item.source, face.item.parent) for face in one.faces if face.item.parent}
        if ids & parents or ids & inside:
            yield one.item.key, _pair(one)


def _inside(reading: Reading) -> frozenset[ItemId]:
    """Return the items that block another face of the same work."""
    found = set()
    for link in reading.history.links:
        if link.kind is LinkKind.BLOCKS and link.item != link.target:
            blocker, blocked = (link.source, link.item), (link.source, link.target)
            if (own := reading.owner.get(blocker)) is not None and own is reading.owner.get(blocked):
                found.add(blocker)
    return frozenset(found)


def _apart(mirrored: Sequence[CanonicalItem], reading: Reading) -> Iterator[_Trouble]:
    """Yield work whose faces are in milestones that have nothing in common; it counts in all of them."""
    known = {id_: (milestone.key, milestone.title) for milestone in reading.milestones for id_ in milestone.ids}
    for one in mirrored:
        placed = [(face, own) for face in one.faces if (own := _milestones(face, known))]
        if any(first.isdisjoint(second) for (_, first), (_, second) in combinations(placed, 2)):
            told = (f"{face.item.key} in {wording.listed(sorted(title for _, title in own))}" for face, own in placed)
            yield one.item.key, " / ".join(told)


def _milestones(face: Record, known: Mapping[tuple[str, str], tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset(known[face.item.source, m] for m in face.item.milestones if (face.item.source, m) in known)


def _lost(reading: Reading) -> Iterator[_Trouble]:
    for item, place in reading.mirrors.lost:
        key = _key(item, reading)
        yield key, f"{key} says it is {place}"


def _key(id_: ItemId, reading: Reading) -> str:
    return next(face.item.key for face in reading.owner[id_].canonical.faces if face.id == id_)
