"""Which engineering items each support ticket leads to, by links within a tracker or by addresses across trackers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.assess.bugs.words import Words
from pmbridge.history.mirrors import address
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.model import Link, LinkKind

_NUMBER = re.compile(r"\d+$")

#: What an address of an item is made of before its number.
_Stem = str


@dataclass(frozen=True, slots=True)
class Leads:
    """Where tickets lead: engineering items by ticket, addresses that lead nowhere any more, and all such items."""

    to: Mapping[ItemId, tuple[Life, ...]]
    gone: Mapping[ItemId, tuple[str, ...]]
    targets: frozenset[ItemId] = frozenset()


def leads(lives: Sequence[Life], owner: Mapping[ItemId, Life], links: Iterable[Link], words: Words) -> Leads:
    """Read all links between support tickets and other items, whichever side holds them."""
    if not words.support:
        return Leads({}, {})
    tickets = {life.canonical.primary.id for life in lives if words.is_support(life.item)}
    found: dict[ItemId, dict[ItemId, Life]] = {ticket: {} for ticket in tickets}
    for a, b in (*_inside(links, owner), *_across(lives)):
        for ticket, other in ((a, b), (b, a)):
            one, two = ticket.canonical.primary.id, other.canonical.primary.id
            if one in tickets and two not in tickets:
                found[one][two] = other
    gone = _gone([life for life in lives if life.canonical.primary.id in tickets], lives)
    return Leads(
        to={
            one: tuple(sorted(own.values(), key=lambda life: (life.created_at, life.item.key)))
            for one, own in found.items()
        },
        gone=gone,
        targets=frozenset(two for own in found.values() for two in own),
    )


def _inside(links: Iterable[Link], owner: Mapping[ItemId, Life]) -> Iterator[tuple[Life, Life]]:
    for link in links:
        if link.kind is not LinkKind.TESTS:
            a, b = owner.get((link.source, link.item)), owner.get((link.source, link.target))
            if a is not None and b is not None and a is not b:
                yield a, b


def _across(lives: Sequence[Life]) -> Iterator[tuple[Life, Life]]:
    by_address: dict[str, Life] | None = None
    for life in lives:
        for face in life.canonical.faces:
            for link in face.item.remote_links:
                if by_address is None:
                    by_address = {address(f.item.url): one for one in lives for f in one.canonical.faces}
                other = by_address.get(address(link.url))
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
