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
    """How mirrors are recognised: words of links, and whether links out of the tracker count at all."""

    words: frozenset[str] = field(default_factory=lambda: frozenset(MIRROR_WORDS))
    remote_links: bool = True

    @classmethod
    def from_words(cls, words: Iterable[str], *, remote_links: bool = True) -> MirrorRules:
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
    groups = _Groups(record.id for record in records)
    for a, b in (*_linked(links, rules), *_linked_across(records, rules)):
        groups.unite(a, b)
    by_id = {record.id: record for record in records}
    rank = {source: place for place, source in enumerate(order)}
    place = {record.id: index for index, record in enumerate(records)}
    united = []
    for members in groups.sets():
        faces = sorted(members, key=lambda i: (rank.get(i[0], len(rank)), by_id[i].item.created_at, place[i]))
        united.append(CanonicalItem(by_id[faces[0]], tuple(by_id[face] for face in faces[1:])))
    return tuple(sorted(united, key=lambda one: place[one.primary.id]))


def _linked(links: Iterable[Link], rules: MirrorRules) -> Iterable[tuple[ItemId, ItemId]]:
    for link in links:
        said = {normalised(link.phrase), normalised(link.type)}
        if link.kind is LinkKind.MIRRORS or said & (rules.words - {"jira", "gitlab"}):
            yield (link.source, link.item), (link.source, link.target)


def _linked_across(records: Sequence[Record], rules: MirrorRules) -> Iterable[tuple[ItemId, ItemId]]:
    if not rules.remote_links:
        return
    pointing = [(record, urls) for record in records if (urls := _mirror_urls(record.item, rules))]
    addresses: Mapping[str, ItemId] = {address(r.item.url): r.id for r in records} if pointing else {}
    for record, urls in pointing:
        for url in urls:
            other = addresses.get(address(url))
            if other is not None and other != record.id:
                yield record.id, other


def _mirror_urls(item: Item, rules: MirrorRules) -> list[str]:
    urls = [link.url for link in item.remote_links if normalised(link.relationship) in rules.words]
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
    """Disjoint sets of ids, in the order in which their first member was named."""

    def __init__(self, ids: Iterable[ItemId]) -> None:
        self._parent = {id_: id_ for id_ in ids}

    def unite(self, a: ItemId, b: ItemId) -> None:
        """Put two known ids into one set; an id nobody knows is left alone."""
        if a in self._parent and b in self._parent:
            self._parent[self._root(b)] = self._root(a)

    def sets(self) -> list[list[ItemId]]:
        """List the sets with their members."""
        found: defaultdict[ItemId, list[ItemId]] = defaultdict(list)
        for id_ in self._parent:
            found[self._root(id_)].append(id_)
        return list(found.values())

    def _root(self, id_: ItemId) -> ItemId:
        while self._parent[id_] != id_:
            self._parent[id_] = self._parent[self._parent[id_]]
            id_ = self._parent[id_]
        return id_
