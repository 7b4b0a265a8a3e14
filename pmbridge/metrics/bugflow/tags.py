"""Whether a tag or branch carries a release."""

from __future__ import annotations

import re
from functools import lru_cache

_DOTTED = re.compile(r"(?:^|[^0-9.])v?(\d+(?:\.\d+)+)")
_PLAIN = re.compile(r"v?(\d+)")
_CANDIDATE = re.compile(r"(?<![a-z])(?:rc|alpha|beta|dev|pre|preview|snapshot)[-._]?\d*$", re.IGNORECASE)
_WORDS = re.compile(r"[^a-z0-9.]+")

Version = tuple[int, ...]


def carries(ref: str, title: str) -> bool:
    """Tell whether a tag or branch such as ``v2.0.1`` or ``release/2.0`` carries the release of a title.

    A version in the title must begin the one in the name: 2.0 is carried by 2.0.1 and not by 2.1; a candidate carries
    nothing yet. A title without a version is carried by a name of the same words.
    """
    candidate, found, name = _parsed(ref.rpartition("/")[2])
    if candidate:
        return False
    _, wanted, words = _parsed(title)
    if wanted is None:
        return bool(words) and name in (words, f"release-{words}")
    return found is not None and (*found, *(0,) * len(wanted))[: len(wanted)] == wanted


@lru_cache(maxsize=8192)
def _parsed(text: str) -> tuple[bool, Version | None, str]:
    """Return whether a name is a candidate's, its version, and its words."""
    return _CANDIDATE.search(text) is not None, version_of(text), _WORDS.sub("-", text.casefold()).strip("-")


def version_of(text: str) -> Version | None:
    """Return the version in a title or name: the first dotted number, or a number that stands first."""
    dotted = _DOTTED.search(text)
    if dotted:
        return tuple(int(part) for part in dotted[1].split("."))
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    plain = _PLAIN.fullmatch(first)
    return None if plain is None else (int(plain[1]),)
