"""The words that stand for others in a copy which names nobody."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

#: Labels that stand for a field which a tracker lacks: words of the process, as statuses and priorities are.
_PROCESS = ("type::", "resolution::", "severity::", "priority::")

#: Kinds with few words, which are simply numbered; of the others there are as many as items, and no list is kept.
_NUMBERED = frozenset({"project", "person", "milestone", "label", "component", "environment", "branch"})

#: A text under pseudonyms, and what each test that stood in it was and is called.
Outlined = tuple[str, Mapping[str, str]]


def _nothing(_text: str, word: Callable[[str], str]) -> Outlined:
    return word(_text), {}


@dataclass
class Pseudonyms:
    """Gives every word a pseudonym of its kind, the same each time; words in ``kept``, in lower case, stay as they are.

    ``same`` brings texts together that count as one title, and ``case`` names of tests that count as one.
    ``outlining`` leaves of a text what assessments read in it. ``spoken`` yields the requirements that the words of a
    test name, ``set_aside`` says of a title or key that it is in quarantine. ``renamed`` collects the new ids of tests
    that stand in texts, ``keys`` holds those of milestones. The secret is forgotten with this object: nobody can try
    words until one fits.
    """

    kept: Collection[str] = ()
    same: Callable[[str], str] = str
    case: Callable[[str], str] = str
    outlining: Callable[[str, Callable[[str], str]], Outlined] = _nothing
    spoken: Callable[[str], Iterable[str]] = lambda _text: ()
    set_aside: Callable[[str], bool] = lambda _word: False
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    _known: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, kind: str, word: str | None) -> str | None:
        """Return the pseudonym of a word."""
        if not word or word.casefold() in self.kept or (kind == "label" and word.casefold().startswith(_PROCESS)):
            return word
        if kind == "project" and "/" in word:
            # A group stays the group of its projects.
            return "/".join(str(self.of(kind, part)) for part in word.split("/"))
        if kind not in _NUMBERED:
            return self._hashed(kind, word)
        known = self._known[kind]
        return known.setdefault(self.same(word) if kind == "milestone" else word, f"{kind}-{len(known) + 1}")

    def text(self, words: str) -> str:
        """Return the pseudonym of a text."""
        return str(self.of("text", words))

    def outline(self, text: str) -> Outlined:
        """Return what is left of a text, and the new words of the tests in it by their old ones."""
        return self.outlining(text, self.text)

    def url(self, url: str | None) -> str | None:
        """Return an address that leads nowhere; equal addresses stay equal, so that mirrors still find each other."""
        return url and f"https://tracker.invalid/{self.of('page', url.strip().rstrip('/').casefold())}"

    def _hashed(self, kind: str, word: str) -> str:
        made = blake2b(word.encode(), key=self._secret, digest_size=7, person=kind.encode()).digest()
        aside = "quarantined-" if kind in ("text", "key") and self.set_aside(word) else ""
        return f"{aside}{kind}-{int.from_bytes(made, 'big')}"
