"""Counts by severity, one row and one label for the words of several trackers that mean the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: The word of a severity, its rank where it has one, and what is counted of it.
Row = tuple[str | None, int | None, Sequence[int]]
_Place = tuple[bool, int, str]


def by_rank(rows: Iterable[Row], others: Iterable[Row] = ()) -> list[tuple[str, tuple[int, ...]]]:
    """Add up the rows of one rank, the gravest first; a word without a rank is its own row, no word the last one.

    The words of ``others`` that mean the same are in the labels too, so that a row has one name wherever it is shown.
    """
    found: dict[_Place, list[Sequence[int]]] = {}
    words: dict[_Place, set[str]] = {}
    for word, rank, counts in rows:
        found.setdefault(_place(word, rank), []).append(counts)
        words.setdefault(_place(word, rank), set()).add(word or "no severity")
    for word, rank, _ in others:
        if word is not None and _place(word, rank) in words:
            words[_place(word, rank)].add(word)
    return [
        ("/".join(sorted(words[place])), tuple(map(sum, zip(*own, strict=True))))
        for place, own in sorted(found.items())
    ]


def _place(word: str | None, rank: int | None) -> _Place:
    return word is None, 99 if rank is None else rank, "" if rank else word or ""
