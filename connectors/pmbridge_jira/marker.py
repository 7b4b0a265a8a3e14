"""The property by which our own comments are found again; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pmbridge.connector import Artifact
from pmbridge.model import Frozen, Instant
from pmbridge_jira.instants import instant

#: The key of the property that marks a comment as ours; invisible to readers, and kept when they edit.
PROPERTY = "pmbridge"

_VERSION = 1


class Marker(Frozen):
    """What a mark says; without a fingerprint or a watermark it cannot be trusted.

    ``body`` is the `digest` of the text as we wrote it, by which a person's edit is known, whoever's account it used.
    """

    owner: str
    slot: str
    fingerprint: str | None = None
    watermark: Instant | None = None
    body: str | None = None

    @property
    def malformed(self) -> str | None:
        """Say what is missing."""
        absent = [name for name in ("fingerprint", "watermark") if getattr(self, name) is None]
        return f"the marker has no readable {' and no '.join(absent)}" if absent else None


def encode(artifact: Artifact, owner: str, body: Any) -> dict[str, Any]:
    """Write the value of the property for a comment with this ``body``."""
    return {
        "v": _VERSION,
        "owner": owner,
        "slot": artifact.slot,
        "fp": artifact.fingerprint,
        "asof": artifact.watermark.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "sum": digest(body),
    }


def words(body: Any) -> str:
    """Return the words of a document without its layout."""
    return " ".join(text for text in _texts(body) if text.strip())


def digest(body: Any) -> str:
    """Hash the letters of a document: twelve hexadecimal digits that no change of layout or white space moves."""
    letters = "".join("".join(_texts(body)).split())
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _texts(node: Any) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    attributes = node.get("attrs")
    shown = node.get("text", attributes.get("text") if isinstance(attributes, Mapping) else None)
    if isinstance(shown, str):
        yield shown
    for child in node.get("content") or ():
        yield from _texts(child)


def decode(value: Any) -> Marker | None:
    """Read the value of the property; ``None`` if it names no owner and slot and so cannot be ours."""
    if not isinstance(value, Mapping):
        return None
    owner, slot, fingerprint, body = (value.get(key) for key in ("owner", "slot", "fp", "sum"))
    if not isinstance(owner, str) or not isinstance(slot, str):
        return None
    return Marker(
        owner=owner,
        slot=slot,
        fingerprint=fingerprint if isinstance(fingerprint, str) and fingerprint else None,
        watermark=_watermark(value.get("asof")),
        body=body if isinstance(body, str) else None,
    )


def _watermark(value: Any) -> datetime | None:
    try:
        return instant(value)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None
