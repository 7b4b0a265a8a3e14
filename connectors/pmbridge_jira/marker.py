"""The marks by which our own texts are found again: a property on a comment, a line in a description; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pmbridge.connector import Artifact
from pmbridge.model import Frozen, Instant
from pmbridge_jira.instants import instant

#: The key of the property that marks a comment as ours; invisible to readers, and kept when they edit.
PROPERTY = "pmbridge"

#: Any ticket that carries this label is left in peace.
MUTE_LABEL = "pmbridge-ignore"

_VERSION = 1
_LINE = re.compile(r"^\[pmbridge\] (?P<text>[^\r\n]*)", re.MULTILINE)


class Marker(Frozen):
    """What a mark says; without a fingerprint or a watermark it cannot be trusted."""

    owner: str
    slot: str
    fingerprint: str | None = None
    watermark: Instant | None = None

    @property
    def malformed(self) -> str | None:
        """Say what is missing."""
        absent = [name for name in ("fingerprint", "watermark") if getattr(self, name) is None]
        return f"the marker has no readable {' and no '.join(absent)}" if absent else None


def encode(artifact: Artifact, owner: str) -> dict[str, Any]:
    """Write the value of the property."""
    return {
        "v": _VERSION,
        "owner": owner,
        "slot": artifact.slot,
        "fp": artifact.fingerprint,
        "asof": artifact.watermark.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def decode(value: Any) -> Marker | None:
    """Read the value of the property; ``None`` if it names no owner and slot and so cannot be ours."""
    if not isinstance(value, Mapping):
        return None
    owner, slot, fingerprint = value.get("owner"), value.get("slot"), value.get("fp")
    if not isinstance(owner, str) or not isinstance(slot, str):
        return None
    return Marker(
        owner=owner,
        slot=slot,
        fingerprint=fingerprint if isinstance(fingerprint, str) and fingerprint else None,
        watermark=_watermark(value.get("asof")),
    )


def _watermark(value: Any) -> datetime | None:
    try:
        return instant(value)
    except (TypeError, ValueError, OverflowError):
        return None


def lines(description: str) -> list[str]:
    """Return the texts of all our lines in a description; more than one cannot be told apart."""
    return [match["text"] for match in _LINE.finditer(description)]


def with_line(description: str, text: str) -> str:
    """Replace our line or append it; every other character stays."""
    mark = f"[pmbridge] {text}"
    if _LINE.search(description):
        return _LINE.sub(lambda _: mark, description, count=1)
    return f"{description}\n{mark}" if description else mark


def without_line(description: str) -> str:
    """Take our line out together with the line break that came with it; every other character stays."""
    found = _LINE.search(description)
    if found is None:
        return description
    before, after = description[: found.start()], description[found.end() :]
    if before:
        return before[:-1] + after
    return after.removeprefix("\r\n") if after.startswith("\r\n") else after.removeprefix("\n")
