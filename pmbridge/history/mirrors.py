"""Which items are one piece of work with faces in several places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from pmbridge.history.categories import normalised
from pmbridge.history.mentions import Keys, without_code
from pmbridge.history.mirror_titles import Claim, claims, settle
from pmbridge.history.records import ItemId, Record
from pmbridge.model import Item, Link, LinkKind

#: Words of a link that say "this is the same work elsewhere".
MIRROR_WORDS = ("mirrors", "is mirrored by", "mirrored by", "mirror", "mirror of", "same as")

_LABELLED = re.compile(
    r"^\W*(?:mirrors|mirrored by|is mirrored by|mirror of)\W*?:\W*?(https?://[^\s)>\]]+|[\w./-]*\w[-#]\d+\b)",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class MirrorRules:
    """How mirrors are recognised: by the words of a link; with ``remote_links`` also where it has no word.

    A link to a page may bear the name of the tracker it leads to instead: one of ``trackers``, in small letters.

    A title that begins with another tracker's key is a mirror if it goes on as that one's title; with ``titles``,
    whatever it goes on with.
    """

    words: frozenset[str] = field(default_factory=lambda: frozenset(MIRROR_WORDS))
    remote_links: bool = False
    titles: bool = False
    trackers: frozenset[str] = frozenset()

    @classmethod
    def from_words(
        cls, words: Iterable[str], *, remote_links: bool = False, titles: bool = False, trackers: Iterable[str] = ()
    ) -> MirrorRules:
        """Add a product's own words to the usual ones."""
        known = frozenset(MIRROR_WORDS) | {normalised(word) for word in words}
        return cls(known, remote_links, titles, frozenset(map(normalised, trackers)))


class CanonicalItem:
    """One piece of work: the face that decides its fields, and its other faces.

    ``primary`` is the face in the source that the product names first, ``item`` what it is now; ``faces`` are all, that
    one first. Membership is that of all faces together. All are asked for so often that they are kept.
    """

    __slots__ = ("faces", "item", "mirrors", "primary")

    def __init__(self, primary: Record, mirrors: tuple[Record, ...] = ()) -> None:
        self.primary, self.mirrors = primary, mirrors
        self.item = primary.item
        self.faces = (primary, *mirrors)

    @property
    def created_at(self) -> datetime:
        """When the first of its faces was created."""
        if not self.mirrors:
            return self.item.created_at
        return min([face.item.created_at for face in self.faces])


@dataclass(frozen=True, slots=True)
class Mirrors:
    """All pieces of work, and what was said of mirrors that did not unite anything.

    ``refused`` are claims of titles on an item that has another mirror there, or several claims. ``lost`` are items
    that say they mirror one which is not held, with its address.
    """

    items: tuple[CanonicalItem, ...]
    refused: tuple[Claim, ...] = ()
    lost: tuple[tuple[ItemId, str], ...] = ()


def canonical_items(
    records: Sequence[Record], links: Iterable[Link], order: Sequence[str], rules: MirrorRules | None = None
) -> tuple[CanonicalItem, ...]:
    """Unite the faces of each piece of work; every record is in exactly one canonical item."""
    return united(records, links, order, rules).items


def united(
    records: Sequence[Record], links: Iterable[Link], order: Sequence[str], rules: MirrorRules | None = None
) -> Mirrors:
    """Unite the faces of each piece of work; every record is in exactly one canonical item.

    What somebody stated as a mirror unites, in whatever direction and however often it is said: the words of a link, a
    link to the other's page, a line of the description. A title is a weaker hint and unites only where nothing speaks
    against it. ``order`` names the sources, the system of record first. Items stand where their deciding face stood;
    the order of records and links decides nothing else.
    """
    rules = rules or MirrorRules()
    # Within one tracker no key names anything elsewhere.
    keys = Keys(records if len({record.item.source for record in records}) > 1 else ())
    groups = _Groups(records)
    stated, lost = _stated(records, rules, keys)
    for a, b in (*_linked(links, rules), *stated):
        groups.unite(a, b)
    partners = groups.partners()
    accepted, refused = settle(claims(records, keys, always=rules.titles), partners)
    for claim in accepted:
        groups.unite(claim.item, claim.other)
    return Mirrors(_canonical(records, groups, order), refused, lost)


def _canonical(records: Sequence[Record], groups: _Groups, order: Sequence[str]) -> tuple[CanonicalItem, ...]:
    rank = {source: place for place, source in enumerate(order)}
    led: dict[int, tuple[Record, ...]] = {}
    following: set[int] = set()
    for places in groups.sets():
        first, *others = sorted(places, key=lambda place: _precedence(records[place], rank))
        led[first] = tuple(records[place] for place in others)
        following.update(others)
    if not led:
        return tuple(map(CanonicalItem, records))
    return tuple(
        CanonicalItem(record, led.get(place, ())) for place, record in enumerate(records) if place not in following
    )


def _precedence(record: Record, rank: Mapping[str, int]) -> tuple[object, ...]:
    """Put the system of record first, then what was there first."""
    item = record.item
    return rank.get(item.source, len(rank)), item.created_at, item.source, len(item.id), item.id


def _linked(links: Iterable[Link], rules: MirrorRules) -> Iterable[tuple[ItemId, ItemId]]:
    for link in links:
        said = {normalised(link.phrase), normalised(link.type)}
        if link.kind is LinkKind.MIRRORS or said & rules.words:
            yield (link.source, link.item), (link.source, link.target)


def _stated(
    records: Sequence[Record], rules: MirrorRules, keys: Keys
) -> tuple[list[tuple[ItemId, ItemId]], tuple[tuple[ItemId, str], ...]]:
    """Find mirrors that an item names by address or key, and those of them that no project here holds any more."""
    speaking = [record for record in records if (item := record.item).remote_links or item.description]
    pointing = [(record, names) for record in speaking if (names := _named(record.item, rules))]
    addresses: Mapping[str, ItemId] = (
        {place: r.id for r in records for place in addresses_of(r.item)} if pointing else {}
    )
    stems = {_stem(known) for known in addresses}
    found, lost = [], []
    for record, names in pointing:
        for name in names:
            place = address(name) if "://" in name else ""
            other = addresses.get(place) if place else keys.of(name, record.item.source)
            if other is not None and other != record.id:
                found.append((record.id, other))
            elif other is None and place and _stem(place) in stems:
                lost.append((record.id, name))
    return found, tuple(sorted(set(lost)))


def _named(item: Item, rules: MirrorRules) -> list[str]:
    names = [
        link.url
        for link in item.remote_links
        if (said := normalised(link.relationship)) in rules.words
        or (said in rules.trackers if said else rules.remote_links)
    ]
    if item.description and ("irror" in item.description or "IRROR" in item.description):
        lines = _LABELLED.finditer(without_code(item.description))
        names.extend(match.group(1).rstrip(".,;") for match in lines)
    return names


def address(url: str) -> str:
    """Write a page's address so that two spellings of it compare equal: no scheme, query, fragment, final slash."""
    parts = urlsplit(url.strip())
    return f"{parts.netloc.casefold()}{parts.path.rstrip('/')}"


def addresses_of(item: Item) -> tuple[str, ...]:
    """Return every address at which an item's page can be met."""
    return tuple(address(url) for url in (item.url, *item.also_at))


def _stem(place: str) -> str:
    """Return what the addresses of a project's items have in common."""
    return place.rstrip("0123456789")


class _Groups:
    """Disjoint sets of places, of those only that have company."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._parent: dict[int, int] = {}

    @cached_property
    def _place_of(self) -> Mapping[ItemId, int]:
        return {record.id: place for place, record in enumerate(self._records)}

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

    def partners(self) -> Mapping[ItemId, frozenset[ItemId]]:
        """Return, for each id that has company, its whole set."""
        if not self._parent:
            return {}
        together = (frozenset(self._records[place].id for place in places) for places in self.sets())
        return {id_: group for group in together for id_ in group}

    def _root(self, place: int) -> int:
        self._parent.setdefault(place, place)
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place
