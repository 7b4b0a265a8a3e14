"""Which work of a product is a requirement, a bug or a test, told once for all of its milestones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmbridge.assess.acceptance.words import GateWords
from pmbridge.assess.reading import Reading
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId, Record
from pmbridge.model import Item, LinkKind


@dataclass(frozen=True, slots=True)
class Roles:
    """Work by the place of its life, in the order of all lives.

    ``named`` are requirements by their type or a label; ``requirements`` those, and what a link of a configured phrase
    leads to. ``bugs`` are so by their deciding face, ``tests`` are single faces.
    """

    named: tuple[int, ...]
    requirements: frozenset[int]
    bugs: frozenset[int]
    tests: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What an item is by its type and labels."""

    requirement: bool
    test: bool
    bug: bool


class _Parts(dict[tuple[str, tuple[str, ...]], _Part | None]):
    """The parts of items by type and labels, each pair looked at once; most items play none."""

    def __init__(self, words: GateWords) -> None:
        super().__init__()
        self._words = words

    def of(self, item: Item) -> _Part | None:
        """Return the part of an item."""
        look = item.type, item.labels
        if look not in self:
            flags = [test(item) for test in (self._words.is_requirement, self._words.is_test, self._words.is_bug)]
            self[look] = _Part(*flags) if any(flags) else None
        return self[look]


def roles(reading: Reading, words: GateWords) -> Roles:
    """Look at every face of all work."""
    known, linked = _Parts(words), _linked(reading, words)
    playing = [(item.source, item.id) for item in reading.columns.items if known.of(item) is not None]
    lives = {life.place: life for id_ in (*playing, *linked) if (life := reading.owner.get(id_)) is not None}
    named, requirements, bugs, tests = [], [], [], []
    for place, life in sorted(lives.items()):
        parts = [(face, part) for face in life.canonical.faces if (part := known.of(face.item)) is not None]
        if any(part.requirement for _, part in parts):
            named.append(place)
        elif _leads_to(life, linked) and not any(part.bug for _, part in parts):
            requirements.append(place)
        bugs += [place for face, part in parts if part.bug and face is life.canonical.primary]
        tests += [face for face, part in parts if part.test]
    return Roles(tuple(named), frozenset(named).union(requirements), frozenset(bugs), tuple(tests))


def _leads_to(life: Life, linked: frozenset[ItemId]) -> bool:
    return not linked.isdisjoint(face.id for face in life.canonical.faces)


def _linked(reading: Reading, words: GateWords) -> frozenset[ItemId]:
    """Return what links say is proven by something, where the product has phrases for that."""
    if not words.links:
        return frozenset()
    links = (k for k in reading.history.links if k.kind is LinkKind.TESTS or k.phrase.casefold() in words.links)
    return frozenset((link.source, link.target) for link in links)


def lives_of(lives: Sequence[Life], places: frozenset[int]) -> list[Life]:
    """Return those of some lives that stand in certain places."""
    return [life for life in lives if life.place in places] if places else []
