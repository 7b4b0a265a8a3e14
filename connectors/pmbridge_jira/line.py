"""Our one line in a text that people write: found, replaced and taken out without touching a letter of theirs; pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_OPENING = "[pmbridge] "
_LINE = r"(?<!\S)\[pmbridge\] (?P<text>[^\r\n]*?) \({owner}(?: (?P<sum>[0-9a-f]{{6}}))?\)"

#: A line that begins as ours, and what closes the line of any installation.
_BEGUN = re.compile(r"^\[pmbridge\] (?P<text>[^\r\n]*)", re.MULTILINE)
_CLOSED = re.compile(r"\([^()\s]+ [0-9a-f]{6}\)")


@dataclass(frozen=True, slots=True)
class OurLine:
    """A line of ours between two offsets; ``intact`` when its text is still the one that we signed."""

    text: str
    start: int
    end: int
    intact: bool


def lines(description: str, owner: str) -> list[OurLine]:
    """Return the owner's lines, wherever they stand; more than one cannot be told apart.

    ``[pmbridge] text (owner sum)`` is a line, and people may write before and after it. One that has lost its end is
    taken for the owner's if there is no other.
    """
    found = [_ours(match) for match in _pattern(owner).finditer(description) if _is_line(match)]
    return found or [
        OurLine(match["text"], match.start(), match.end(), intact=False)
        for match in _BEGUN.finditer(description)
        if not _CLOSED.search(match["text"])
    ]


def with_line(description: str, owner: str, text: str) -> str:
    """Replace the owner's line or append it; every other character stays."""
    mark = f"{_OPENING}{text} ({owner} {_sum(text)})"
    for old in lines(description, owner):
        return description[: old.start] + mark + description[old.end :]
    return f"{description}\n{mark}" if description else mark


def without_line(description: str, owner: str) -> str:
    """Take the owner's line out together with the line break that came with it; every other character stays."""
    for old in lines(description, owner):
        before, after = description[: old.start], description[old.end :]
        alone = before[-1:] in ("", "\n") and after[:1] in ("", "\r", "\n")
        if not alone:
            return before + after
        return before[:-1] + after if before else re.sub(r"\A\r?\n", "", after)
    return description


def _pattern(owner: str) -> re.Pattern[str]:
    return re.compile(_LINE.format(owner=re.escape(owner)))


def _is_line(match: re.Match[str]) -> bool:
    """Tell a line from a mention in a sentence: it is signed, or it begins its line."""
    return match["sum"] is not None or match.string[: match.start()][-1:] in ("", "\r", "\n")


def _ours(match: re.Match[str]) -> OurLine:
    return OurLine(match["text"], match.start(), match.end(), intact=match["sum"] == _sum(match["text"]))


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
