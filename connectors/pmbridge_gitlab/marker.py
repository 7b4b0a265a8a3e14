"""The invisible mark by which our own texts are known again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

#: A value of a mark, and all fields of one, as patterns; what could end an HTML comment is percent-encoded.
VALUE = r"[A-Za-z0-9._~%-]+"
FIELDS = (
    rf"owner=(?P<owner>{VALUE}) slot=(?P<slot>{VALUE}) fp=(?P<fp>{VALUE}) "
    r"asof=(?P<asof>[0-9T:.-]+Z) sum=(?P<sum>[0-9a-f]{12})"
)
_NOTE = re.compile(rf"<!-- pmbridge v=1 {FIELDS} -->")


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose text it is, which one, what it rests on; ``total`` is the digest of the text as we wrote it."""

    owner: str
    slot: str
    fingerprint: str
    watermark: datetime
    total: str


def digest(text: str) -> str:
    """Hash a text as GitLab keeps it: without carriage returns and without space around it."""
    return hashlib.sha256(text.replace("\r", "").strip().encode("utf-8", "replace")).hexdigest()[:12]


def attributes(mark: Mark) -> str:
    """Write a mark's fields in their one order."""
    values = {
        "owner": quote(mark.owner, safe=""),
        "slot": quote(mark.slot, safe=""),
        "fp": quote(mark.fingerprint, safe=""),
        "asof": mark.watermark.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "sum": mark.total,
    }
    return " ".join(f"{name}={value}" for name, value in values.items())


def from_match(found: re.Match[str]) -> Mark | None:
    """Read a mark from the named groups of a match; one with an impossible date is none."""
    try:
        watermark = datetime.fromisoformat(found["asof"])
    except ValueError:
        return None
    return Mark(unquote(found["owner"]), unquote(found["slot"]), unquote(found["fp"]), watermark, found["sum"])


def signed(body: str, *, owner: str, slot: str, fingerprint: str, watermark: datetime) -> str:
    """Put the mark under a comment, on its last line."""
    mark = Mark(owner, slot, fingerprint, watermark, digest(body))
    return f"{body}\n\n<!-- pmbridge v=1 {attributes(mark)} -->"


@dataclass(frozen=True, slots=True)
class Signed:
    """A marked comment; ``last`` when nothing follows the mark, ``intact`` when the text is as we wrote it."""

    mark: Mark
    last: bool
    intact: bool


def read_signed(body: str) -> Signed | None:
    """Find the mark of a comment: a line of its own, the last of its kind; ``None`` without one."""
    lines = body.replace("\r", "").rstrip().split("\n")
    for index in range(len(lines) - 1, -1, -1):
        found = _NOTE.fullmatch(lines[index].rstrip())
        mark = from_match(found) if found else None
        if mark:
            last = index == len(lines) - 1
            return Signed(mark, last, last and digest("\n".join(lines[:index])) == mark.total)
    return None
