"""Work that speaks of other work without a link to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from pmbridge.history.phases import Life

#: Keys as people write them: ``SHOP-12``, ``acme/shop-web#12``.
_KEYS = re.compile(r"(?<![\w/-])([A-Z][A-Z0-9_]*-\d+|[\w.-]+(?:/[\w.-]+)+#\d+)(?!\w)")
#: Words before a key that say one waits for the other.
_WAITS = re.compile(r"(?:block|depend|wait|prerequisite)\w*\W+(?:\w+\W+){0,5}$", re.IGNORECASE)
_BEFORE = 60


def waiting(open_work: Iterable[Life]) -> list[tuple[Life, str]]:
    """Return open work whose text says that it waits for something, with the key that this is called by."""
    return [(life, key) for life in open_work for key in _named(f"{life.item.title}\n{life.item.description or ''}")]


def unlinked(
    said: Iterable[tuple[Life, str]], life_of: Mapping[str, Life], linked: Collection[tuple[str, str]]
) -> tuple[tuple[Life, Life], ...]:
    """Return open work that is said to wait for other open work, where no link of any kind says so.

    ``linked`` holds the pairs of keys that are linked, in either order.
    """
    found: dict[tuple[str, str], tuple[Life, Life]] = {}
    for life, key in said:
        other = life_of.get(key)
        pair = (life.item.key, other.item.key) if other is not None else None
        if other is None or other is life or pair is None or pair in linked or pair[::-1] in linked:
            continue
        found[pair] = (life, other)
    return tuple(found[pair] for pair in sorted(found))


def _named(text: str) -> Iterable[str]:
    for match in _KEYS.finditer(text):
        if _WAITS.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            yield match[1]
