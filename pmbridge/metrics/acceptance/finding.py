"""What a rule finds: that it holds, or what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """Whether a rule holds."""

    HOLDS = "holds"
    FAILS = "fails"
    WAIVED = "waived"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that stands against a rule.

    ``scope`` is the key of what it is about, and what a waiver has to name. ``kind`` groups objections that are told in
    one sentence. An objection that is not ``waivable`` rests on something nobody knows.
    """

    scope: str
    kind: str
    text: str
    waivable: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found; ``evidence`` are keys and ids of what it rests on."""

    status: Holds
    text: str
    objections: tuple[Objection, ...] = ()
    evidence: tuple[str, ...] = ()


def holds(text: str, evidence: Sequence[str] = ()) -> Finding:
    """Find nothing against a rule."""
    return Finding(Holds.HOLDS, text, evidence=tuple(evidence))


def unknown(text: str, scope: str) -> Finding:
    """Find that something is missing to judge."""
    return Finding(Holds.UNKNOWN, text, (Objection(scope, "unknown", text, waivable=False),))


def against(text: str, objections: Sequence[Objection], evidence: Sequence[str] = ()) -> Finding:
    """Find something against a rule."""
    return Finding(Holds.FAILS, text, tuple(objections), tuple(evidence))
