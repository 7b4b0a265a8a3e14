"""Which items are one piece of work with faces in several places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pmbridge.history.categories import normalised
from pmbridge.history.records import ItemId, Record
from pmbridge.model import Item, Link, LinkKind

#: Words of a link that say "this is the same work elsewhere".
MIRROR_WORDS = ("mirrors", "is mirrored by", "mirrored by", "mirror", "mirror of", "jira", "gitlab", "same as")

_LABELLED_URL = re.compile(
    r"^\W*(?:mirrors|mirrored by|is mirrored by|mirror of)\W*?:\W*?(https?://[^\s)>\]]+)", re.I | re.M
)


@dataclass(frozen=True, slots=True)
class MirrorRules:
    """How mirrors are recognised: by the words of a link; with ``remote_links`` also where it has no word."""

    words: frozenset[str] = field(default_factory=lambda: frozenset(MIRROR_WORDS))
    remote_links: bool = False

    @classmethod
    def from_words(cls, words: Iterable[str], *, remote_links: bool = False) -> MirrorRules:
        """Add a product's own words to the usual ones."""
        return cls(frozenset(MIRROR_WORDS) | {normalised(word) for word in words}, remote_links)


@dataclass(frozen=True, slots=True)
class CanonicalItem:
    """One piece of work: the face that decides its fields, and its other faces.

    ``primary`` is the face in the source that the product names first. Membership is that of all faces together.
    """

    primary: Record
    mirrors: tuple[Record, ...] = ()

    @property
    def item(self) -> Item:
        """The deciding face as it is now."""
        return self.primary.item

    @property
    def faces(self) -> tuple[Record, ...]:
        """All faces, the deciding one first."""
        return (self.primary, *self.mirrors)


def canonical_items(
    records: Sequence[Record], links: Iterable[Link], order: Sequence[str], rules: MirrorRules | None = None
) -> tuple[CanonicalItem, ...]:
    """Unite the faces of each piece of work; every record is in exactly one canonical item.

    ``order`` names the sources, the system of record first. Items stand where their deciding face stood.
    """
    rules = rules or MirrorRules()
    groups = _Groups({record.id: place for place, record in enumerate(records)})
    for a, b in (*_linked(links, rules), *_linked_across(records, rules)):
        groups.unite(a, b)
    rank = {source: place for place, source in enumerate(order)}
    led: dict[int, tuple[Record, ...]] = {}
    following: set[int] = set()
    for places in groups.sets():
        first, *others = sorted(
            places, key=lambda p: (rank.get(records[p].item.source, len(rank)), records[p].item.created_at, p)
        )
        led[first] = tuple(records[place] for place in others)
        following.update(others)
    return tuple(
        CanonicalItem(record, led.get(place, ())) for place, record in enumerate(records) if place not in following
    )


def _linked(links: Iterable[Link], rules: MirrorRules) -> Iterable[tuple[ItemId, ItemId]]:
    for link in links:
        said = {normalised(link.phrase), normalised(link.type)}
        if link.kind is LinkKind.MIRRORS or said & (rules.words - {"jira", "gitlab"}):
            yield (link.source, link.item), (link.source, link.target)


def _linked_across(records: Sequence[Record], rules: MirrorRules) -> Iterable[tuple[ItemId, ItemId]]:
    pointing = [(record, urls) for record in records if (urls := _mirror_urls(record.item, rules))]
    addresses: Mapping[str, ItemId] = {address(r.item.url): r.id for r in records} if pointing else {}
    for record, urls in pointing:
        for url in urls:
            other = addresses.get(address(url))
            if other is not None and other != record.id:
                yield record.id, other


def _mirror_urls(item: Item, rules: MirrorRules) -> list[str]:
    urls = [
        link.url
        for link in item.remote_links
        if (normalised(link.relationship) in rules.words if link.relationship.strip() else rules.remote_links)
    ]
    if item.description and "irror" in item.description.casefold():
        urls.extend(match.group(1).rstrip(".,;") for match in _LABELLED_URL.finditer(item.description))
    return urls


def address(url: str) -> str:
    """Write a page's address so that two spellings of it compare equal: no scheme, query, fragment, final slash."""
    parts = urlsplit(url.strip())
    # GitLab serves an issue under /-/issues/ and, as a work item, under /-/work_items/.
    path = parts.path.rstrip("/").replace("/-/work_items/", "/-/issues/")
    return f"{parts.netloc.casefold()}{path}"


class _Groups:
    """Disjoint sets of places, of those only that have company."""

    def __init__(self, place_of: Mapping[ItemId, int]) -> None:
        self._place_of = place_of
        self._parent: dict[int, int] = {}

    def unite(self, a: ItemId, b: ItemId) -> None:
        """Put two known ids into one set; an id nobody knows is left alone."""
        if a in self._place_of and b in self._place_of:
            first, second = (self._root(self._place_of[id_]) for id_ in (a, b))
            self._parent[second] = first

    def sets(self) -> list[list[int]]:
        """List the sets with their members."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place in list(self._parent):
            found[self._root(place)].append(place)
        return list(found.values())

    def _root(self, place: int) -> int:
        self._parent.setdefault(place, place)
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place
