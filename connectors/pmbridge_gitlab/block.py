"""Our part of a description that people write: found, replaced and taken out without touching a byte of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from pmbridge_gitlab.marker import FIELDS, VALUE, Mark, attributes, digest, from_match

_TOKEN = re.compile(r"<!--\s*pmbridge:(?P<kind>begin|end)\b", re.IGNORECASE)
_BEGIN = re.compile(rf"<!-- pmbridge:begin {FIELDS} -->")
_END = re.compile(rf"<!-- pmbridge:end slot=(?P<slot>{VALUE}) -->")
_GAP = "\n\n"


class Malformed(Exception):
    """The marks in a description cannot be trusted; the text says why."""


@dataclass(frozen=True, slots=True)
class Block:
    """A marked part of a description between two offsets; ``intact`` when nobody changed what stands in it."""

    mark: Mark
    start: int
    end: int
    intact: bool


def blocks(description: str) -> list[Block]:
    """Find all marked parts; raises `Malformed` unless each is one well-formed pair, beside the others."""
    tokens = list(_TOKEN.finditer(description))
    if len(tokens) % 2:
        raise Malformed("a begin or an end mark is missing")
    found = [_pair(description, a.start(), b.start()) for a, b in zip(tokens[::2], tokens[1::2], strict=True)]
    places = [(block.mark.owner, block.mark.slot) for block in found]
    if len(set(places)) != len(places):
        raise Malformed("the block stands there more than once")
    return found


def _pair(description: str, start: int, end: int) -> Block:
    begin, close = _BEGIN.match(description, start), _END.match(description, end)
    mark = from_match(begin) if begin else None
    if begin is None or close is None or mark is None:
        raise Malformed("its marks are nested, out of order or damaged")
    if mark.slot != unquote(close["slot"]):
        raise Malformed("a begin mark is followed by the end mark of another block")
    return Block(mark, start, close.end(), digest(description[begin.end() : end]) == mark.total)


def find(description: str, *, owner: str, slot: str) -> Block | None:
    """Return one block, or ``None`` where it does not stand; raises `Malformed`."""
    return next((b for b in blocks(description) if (b.mark.owner, b.mark.slot) == (owner, slot)), None)


def placed(description: str, body: str, *, owner: str, slot: str, fingerprint: str, watermark: datetime) -> str:
    """Put a text into its block, which is made after a blank line where there is none; raises `Malformed`."""
    mark = Mark(owner, slot, fingerprint, watermark, digest(body))
    written = (
        f"<!-- pmbridge:begin {attributes(mark)} -->\n\n{body.strip()}\n\n"
        f"<!-- pmbridge:end slot={quote(slot, safe='')} -->"
    )
    old = find(description, owner=owner, slot=slot)
    if old is None:
        return f"{description}{_GAP if description else ''}{written}"
    return description[: old.start] + written + description[old.end :]


def removed(description: str, *, owner: str, slot: str) -> str:
    """Take a block out together with the gap that was made for it; raises `Malformed`."""
    old = find(description, owner=owner, slot=slot)
    if old is None:
        return description
    before = description[: old.start]
    gap = next((gap for gap in (_GAP, "\r\n\r\n") if before.endswith(gap)), "")
    return before.removesuffix(gap) + description[old.end :]
