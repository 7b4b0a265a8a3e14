"""Which engineering items each support ticket leads to, by links within a tracker or by addresses across trackers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.assess.reading import Reading
from pmbridge.history.mirrors import address
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.model import Link, LinkKind

#: An id that no item has.
_NOBODY: ItemId = ("", "")

_NUMBER = re.compile(r"\d+$")

#: What an address of an item is made of before its number.
_Stem = str


@dataclass(frozen=True, slots=True)
class Leads:
    """Where tickets lead: engineering items by ticket, addresses that lead nowhere any more, and all such items."""

    to: Mapping[ItemId, tuple[Life, ...]]
    gone: Mapping[ItemId, tuple[str, ...]]
    targets: frozenset[ItemId] = frozenset()


def leads(reading: Reading, tickets: Sequence[Life]) -> Leads:
    """Read all links between support tickets and other items, whichever side holds them."""
    if not tickets:
        return Leads({}, {})
    found: dict[ItemId, dict[ItemId, Life]] = {life.canonical.primary.id: {} for life in tickets}
    for a, b in (*_inside(reading.history.links, reading.owner), *_across(reading)):
        for ticket, other in ((a, b), (b, a)):
            one, two = ticket.canonical.primary.id, other.canonical.primary.id
            if one in found and two not in found:
                found[one][two] = other
    return Leads(
        to={
            one: tuple(sorted(own.values(), key=lambda life: (life.created_at, life.item.key)))
            for one, own in found.items()
        },
        gone=_gone(tickets, reading.lives),
        targets=frozenset(two for own in found.values() for two in own),
    )


def _inside(links: Iterable[Link], owner: Mapping[ItemId, Life]) -> Iterator[tuple[Life, Life]]:
    for link in links:
        if link.kind is not LinkKind.TESTS:
            a, b = owner.get((link.source, link.item)), owner.get((link.source, link.target))
            if a is not None and b is not None and a is not b:
                yield a, b


def _across(reading: Reading) -> Iterator[tuple[Life, Life]]:
    items = reading.history.items
    pointing = [item for item in items if item.remote_links and (item.source, item.id) in reading.owner]
    by_address = {address(item.url): (item.source, item.id) for item in items} if pointing else {}
    for item in pointing:
        life = reading.owner[item.source, item.id]
        for link in item.remote_links:
            other = reading.owner.get(by_address.get(address(link.url), _NOBODY))
            if other is not None and other is not life:
                yield life, other


def _gone(tickets: Sequence[Life], lives: Sequence[Life]) -> dict[ItemId, tuple[str, ...]]:
    """Find addresses on tickets that are built like those of our items and belong to none of them."""
    pointing = [life for life in tickets if life.item.remote_links]
    if not pointing:
        return {}
    known = {address(face.item.url) for life in lives for face in life.canonical.faces}
    stems = {_stem(one) for one in known}
    found = {}
    for life in pointing:
        places = {address(link.url) for link in life.item.remote_links}
        lost = sorted(one for one in places - known if _stem(one) in stems and _stem(one) != one)
        if lost:
            found[life.canonical.primary.id] = tuple(one.rpartition("/")[2] for one in lost)
    return found


def _stem(place: str) -> _Stem:
    return _NUMBER.sub("", place)
