"""Which items of other trackers a text names by their keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pmbridge.history.records import ItemId, Record

_CODE = re.compile(r"(?P<fence>`{3,}|~{3,}).*?(?:(?P=fence)|\Z)|(?P<tick>`+)(?!`).*?(?<!`)(?P=tick)(?!`)", re.DOTALL)


def _prefix(key: str) -> str:
    """Return what stands before the number of a key, and nothing for what is no key."""
    for mark in "-#":
        prefix, _, number = key.rpartition(mark)
        if prefix and number.isdecimal() and not any(map(str.isspace, prefix)):
            return prefix
    return ""


def without_code(text: str) -> str:
    """Blank out what stands in code fences and between backticks."""
    return _CODE.sub(" ", text) if "`" in text or "~~~" in text else text


class Keys:
    """The keys of all items that are held, by which texts elsewhere can name them.

    A key is read as a whole word, and only where the project it belongs to is held. A key that two trackers have names
    nothing in the eyes of a third.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_key: defaultdict[str, dict[str, ItemId]] = defaultdict(dict)
        prefixes: defaultdict[str, set[str]] = defaultdict(set)
        for record in records:
            item = record.item
            prefix = _prefix(item.key)
            if prefix:
                self._by_key[item.key.casefold()][item.source] = record.id
                prefixes[prefix].add(item.source)
        self._sources = frozenset(source for own in prefixes.values() for source in own)
        words = "|".join(re.escape(prefix) for prefix in sorted(prefixes, key=len, reverse=True))
        key = rf"(?:{words})[-#]\d+" if words else r"(?!)"
        self._in_text = re.compile(rf"(?<![\w/#.-]){key}(?!\w|[-.]\w)")
        self._in_branch = re.compile(rf"(?<![A-Za-z0-9])(?i:{key})(?![A-Za-z0-9])")
        self._leading = re.compile(rf"\s*[\[(]?(?P<key>{key})(?!\w|[-.]\w)[\])]?\s*[:|–—-]?\s*(?P<rest>.*)", re.DOTALL)

    @property
    def are_of_one_tracker(self) -> bool:
        """Whether there is nobody elsewhere who could mean an item by its key."""
        return len(self._sources) < 2

    def in_text(self, text: str, source: str) -> Iterator[ItemId]:
        """Yield the items of other trackers than ``source`` that a text names outside of code, each once."""
        yield from self._named(self._in_text, without_code(text), source)

    def in_branch(self, name: str, source: str) -> Iterator[ItemId]:
        """Yield the items of other trackers that a branch names; branches are often written in lower case."""
        yield from self._named(self._in_branch, name, source)

    def leading(self, title: str, source: str) -> tuple[ItemId, str] | None:
        """Return the item of another tracker that a title begins with, and the rest of the title."""
        if self._is_alone(source):
            return None
        found = self._leading.fullmatch(title)
        named = self.of(found["key"], source) if found else None
        return None if named is None or found is None else (named, found["rest"])

    def of(self, key: str, source: str) -> ItemId | None:
        """Return the item that a key means when it is read in a tracker: another tracker's, if it is but one."""
        others: Mapping[str, ItemId] = self._by_key.get(key.casefold(), {})
        found = [id_ for own, id_ in others.items() if own != source]
        return found[0] if len(found) == 1 else None

    def _is_alone(self, source: str) -> bool:
        return self._sources <= {source}

    def _named(self, pattern: re.Pattern[str], text: str, source: str) -> Iterator[ItemId]:
        if not self._is_alone(source):
            named = (self.of(key, source) for key in pattern.findall(text))
            yield from dict.fromkeys(id_ for id_ in named if id_ is not None)
