"""The words for how grave a bug is, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: From the gravest on; the words of one group mean the same.
USUAL = (
    ("blocker", "highest", "severity 1", "sev1", "sev-1", "s1", "p1", "1", "urgent"),
    ("critical", "high", "severity 2", "sev2", "sev-2", "s2", "p2", "2"),
    ("major", "medium", "normal", "severity 3", "sev3", "sev-3", "s3", "p3", "3"),
    ("minor", "low", "severity 4", "sev4", "sev-4", "s4", "p4", "4"),
    ("trivial", "lowest", "severity 5", "sev5", "sev-5", "s5", "p5", "5"),
)


@dataclass(frozen=True, slots=True)
class Ranks:
    """The rank of each word, 1 for the gravest; a word nobody ranked has none and is never taken for low."""

    ranks: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Sequence[Iterable[str]] = USUAL) -> Ranks:
        """Rank groups of words, the gravest first."""
        return cls({word.casefold(): place for place, words in enumerate(groups, 1) for word in words})

    def rank(self, word: str | None) -> int | None:
        """Return a word's rank."""
        return None if word is None else self.ranks.get(word.casefold())

    def labels(self, words: Iterable[str | None]) -> dict[str | None, str]:
        """Name words so that those of one rank have one name: all of them in order; no word is none."""
        known = sorted({word for word in words if word is not None})
        together: dict[int, list[str]] = {}
        for word in known:
            if (rank := self.rank(word)) is not None:
                together.setdefault(rank, []).append(word)
        found: dict[str | None, str] = {word: word for word in known}
        found |= {word: "/".join(own) for own in together.values() for word in own}
        return {**found, None: "none"}

    def is_rank(self, word: str | None, rank: int) -> bool:
        """Tell whether a word has exactly this rank."""
        return self.rank(word) == rank

    def is_grave(self, word: str | None) -> bool:
        """Tell whether a word has one of the two first ranks."""
        return self.rank(word) in (1, 2)

    def weight(self, word: str | None) -> float:
        """Return how much a word weighs against others: 8, 4, 2, then 1; no word weighs as much as the middle."""
        rank = self.rank(word)
        return 2.0 if rank is None else float(max(1, 16 >> min(rank, 4)))
