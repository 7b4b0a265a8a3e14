"""What the ledger knows of the places we write to."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from pmbridge.connector import Place
from pmbridge.document import Gist


def address(place: Place) -> str:
    """Name a place for good; the ledger remembers texts under this name."""
    return f"{place.target.address}|{place.surface.value}|{place.slot}"


@dataclass(frozen=True, slots=True)
class Shown:
    """The text that was last written at a place: its fingerprint, and what a reader takes from it."""

    fingerprint: str | None
    gist: Gist


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything by `address`: what was ``written`` and not taken away, and what is ``shown`` there.

    Where a create was sent and not answered, it is ``unsure`` whether it arrived. A place that was rewritten too often
    lately is ``restless``, and rests for a day.
    """

    written: Set[str] = frozenset()
    shown: Mapping[str, Shown] = field(default_factory=dict)
    unsure: Set[str] = frozenset()
    restless: Set[str] = frozenset()
