"""Who blocks whom, by links within a tracker, by links to pages of another, and by lines of descriptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pmbridge.assess.reading import Reading
from pmbridge.history.mentions import Keys, without_code
from pmbridge.history.mirrors import address, addresses_of
from pmbridge.history.phases import Life
from pmbridge.model import Item, LinkKind, RemoteLink

#: Blocker and blocked, ``None`` for one that is not held here, and the blocker's name.
Pair = tuple[Life | None, Life | None, str]

_LINE = re.compile(
    r"^\W*(?P<says>blocked by|is blocked by|depends on|blocks)\W*?:\W*?(?P<name>\w[^\s)>\]]+)", re.I | re.M
)


def pairs(reading: Reading) -> Iterator[Pair]:
    """Yield every statement that work blocks work; one that is made twice is yielded twice."""
    for link in reading.history.links:
        if link.kind is LinkKind.BLOCKS:
            yield reading.owner.get((link.source, link.item)), reading.owner.get((link.source, link.target)), link.item
    for life, other, page in pages(reading):
        words = page.relationship.casefold()
        if "block" in words or "depends" in words:
            yield _turned(words, life, other, page.title or page.url)
    yield from _written(reading)


def pages(reading: Reading) -> Iterator[tuple[Life, Life | None, RemoteLink]]:
    """Yield every link to a page with the work it leads from and, if it is held here, to."""
    linking = _speaking(reading, lambda item: item.remote_links)
    known = _addresses(reading) if linking else {}
    for life in linking:
        for face in life.canonical.faces:
            for page in face.item.remote_links:
                yield life, known.get(address(page.url)), page


def _speaking(reading: Reading, says: Callable[[Item], object]) -> list[Life]:
    """Return the work with a face that says something, in the order of all work."""
    found = {reading.owner[item.source, item.id] for item in reading.columns.items if says(item)}
    return sorted(found, key=lambda life: life.place)


def _addresses(reading: Reading) -> dict[str, Life]:
    faces = ((life, face) for life in reading.lives for face in life.canonical.faces)
    return {place: life for life, face in faces for place in addresses_of(face.item)}


def _written(reading: Reading) -> Iterator[Pair]:
    """Read lines such as ``Blocked by: SHOP-12`` in which a description names an item of another tracker."""
    said = [
        (life, face.item.source, found)
        for life in _speaking(reading, lambda item: item.description)
        for face in life.canonical.faces
        for found in _lines(face.item.description)
    ]
    if not said:
        return
    keys = Keys(face for life in reading.lives for face in life.canonical.faces)
    known = _addresses(reading)
    for life, source, found in said:
        name = found["name"].rstrip(".,;")
        id_ = None if "://" in name else keys.of(name, source)
        other = known.get(address(name)) if "://" in name else reading.owner.get(id_) if id_ else None
        if other is not None:
            yield _turned(found["says"].casefold(), life, other, name)


def _lines(description: str | None) -> list[re.Match[str]]:
    if not description or ("lock" not in description and "epends" not in description):
        return []
    return list(_LINE.finditer(without_code(description)))


def _turned(words: str, life: Life, other: Life | None, name: str) -> Pair:
    waits = "blocked by" in words or "depends" in words
    return (other, life, name) if waits else (life, other, life.item.key)
