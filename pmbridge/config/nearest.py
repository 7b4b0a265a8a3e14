"""Finding of the word somebody meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like ``word``, or ``None`` if none does."""
    spelled = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), spelled, n=1, cutoff=0.6)
    return spelled[found[0]] if found else None


def suggestion(word: str, known: Iterable[str], *, listed: bool = True) -> str:
    """Return the end of a sentence that refuses a word: the one meant, or else the whole list."""
    names = list(known)
    if meant := nearest(word, names):
        return f": did you mean {meant}?"
    return f": known are {', '.join(names)}" if listed and names else ""
