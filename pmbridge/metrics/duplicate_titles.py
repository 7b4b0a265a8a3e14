"""Titles that say nearly the same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from math import ceil, floor

#: Two titles that share more than this part of their words say the same.
ALIKE = 0.9
#: Shorter titles are too common to mean the same thing.
_FEWEST_WORDS = 3
_WORD = re.compile(r"\w+")


def alike(titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of keys whose titles share more than nine tenths of all their words (Jaccard's measure).

    Only titles that share one of their rarest words are compared: two sets of n words that are so much alike differ in
    a tenth of n at most, so one of the first n / 10 + 1 words of any common order is in both.
    """
    words = {key: frozenset(_WORD.findall(title.casefold())) for key, title in titles.items()}
    known = {key: own for key, own in words.items() if len(own) >= _FEWEST_WORDS}
    frequency = Counter(word for own in known.values() for word in own)
    places: defaultdict[str, list[str]] = defaultdict(list)
    found = []
    for key in sorted(known):
        rare = sorted(known[key], key=lambda word: (frequency[word], word))[: _prefix(len(known[key]))]
        near = dict.fromkeys(other for word in rare for other in places[word])
        found += [(other, key) for other in near if _is_alike(known[other], known[key])]
        for word in rare:
            places[word].append(key)
    return tuple(sorted(found))


def groups(pairs: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, ...]]:
    """Yield the keys that hang together, the first of each group first."""
    leader: dict[str, str] = {}

    def lead(key: str) -> str:
        while leader.get(key, key) != key:
            key = leader[key]
        return key

    for first, second in pairs:
        a, b = sorted((lead(first), lead(second)))
        leader.setdefault(a, a)
        leader[b] = a
    together: defaultdict[str, list[str]] = defaultdict(list)
    for key in leader:
        together[lead(key)].append(key)
    yield from (tuple(sorted(own)) for _, own in sorted(together.items()))


def _prefix(count: int) -> int:
    return count - ceil(ALIKE * count - 1e-9) + 1


def _is_alike(a: frozenset[str], b: frozenset[str]) -> bool:
    if min(len(a), len(b)) < floor(ALIKE * max(len(a), len(b))):
        return False
    return len(a & b) > ALIKE * len(a | b) or a == b
