"""Which requirements the name of a test speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pmbridge.errors import ConfigError
from pmbridge.model import Item, TestCase

#: ``ABC-123``, ``#45`` and ``@req-7``: one group each, which names the requirement.
DEFAULT_PATTERNS = (
    r"(?<![A-Za-z0-9])([A-Z][A-Z0-9_]+-[1-9][0-9]*)(?![0-9])",
    r"(?<![\w&/])(#[1-9][0-9]*)\b",
    r"(?<![\w.])@([A-Za-z][\w]*-[0-9]+)\b",
)
_LONGEST = 1000


def patterns(words: Sequence[str] = DEFAULT_PATTERNS) -> tuple[re.Pattern[str], ...]:
    """Compile patterns; raises `ConfigError` for one that is no expression or has not exactly one group."""
    found = []
    for word in words:
        try:
            compiled = re.compile(word)
        except re.error as error:
            raise ConfigError(f"acceptance.patterns: {word!r} is no regular expression: {error}.") from None
        if compiled.groups != 1:
            raise ConfigError(
                f"acceptance.patterns: {word!r} must have one group in brackets, which names the requirement."
            )
        found.append(compiled)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Names:
    """Everything an item may be called by, and the items so called."""

    by_id: Mapping[tuple[str, str], str] = field(default_factory=dict)
    by_key: Mapping[str, str] = field(default_factory=dict)
    by_label: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Item], key_of: Mapping[tuple[str, str], str]) -> Names:
        """Collect the names of items; ``key_of`` says under which key an item, by source and id, is counted."""
        by_key: dict[str, str] = {}
        by_label: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            key = key_of.get((item.source, item.id))
            if key is not None:
                by_key.setdefault(item.key.casefold(), key)
                for label in item.labels:
                    by_label[label.casefold()].append(key)
        return cls(dict(key_of), by_key, by_label)

    def resolve(self, reference: str, source: str, project: str | None) -> Sequence[str]:
        """Return the items a reference means: an id of its source, a key, ``#45`` in its project, or a label."""
        if (source, reference) in self.by_id:
            return (self.by_id[source, reference],)
        word = reference.casefold()
        full = f"{project}{reference}".casefold() if reference.startswith("#") and project else word
        if full in self.by_key:
            return (self.by_key[full],)
        return self.by_label.get(word, ())


def covered(test: TestCase, names: Names, compiled: Iterable[re.Pattern[str]]) -> tuple[str, ...]:
    """Return the keys of the items a test covers: those its source names, and those its words name."""
    stated = (key for reference in test.covers for key in names.resolve(reference, test.source, test.project))
    spoken = (key for word in _spoken(test, compiled) for key in names.resolve(word, test.source, test.project))
    return tuple(dict.fromkeys((*stated, *spoken)))


def _spoken(test: TestCase, compiled: Iterable[re.Pattern[str]]) -> Iterator[str]:
    text = f"{test.suite or ''} {test.title} {test.key}"[:_LONGEST]
    for pattern in compiled:
        yield from pattern.findall(text)
