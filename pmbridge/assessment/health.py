"""The verdict on a milestone with its reasons, and the risks behind it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pmbridge.assessment.figures import Contract, Moment


class HealthStatus(StrEnum):
    """The colour; unknown is never green."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


class Dimension(Contract):
    """One side of health with its own colour."""

    name: str
    status: HealthStatus
    reasons: tuple[str, ...] = ()


class Reason(Contract):
    """Why a colour is what it is: rule, measured value, threshold, evidence, and what would turn it."""

    rule: str
    measured: str
    threshold: str
    text: str
    evidence: tuple[str, ...] = ()
    remedy: str | None = None


class Override(Contract):
    """A person's verdict beside the computed one."""

    status: HealthStatus
    author: str
    reason: str
    expires: date


class Health(Contract):
    """The verdict on a milestone: colour, since when, before, and the strongest reasons first.

    ``sentence`` says it in one line; ``remedy`` is the cheapest single action that would turn it.
    """

    status: HealthStatus
    since: Moment | None
    previous: HealthStatus | None
    override: Override | None
    dimensions: tuple[Dimension, ...] = ()
    reasons: tuple[Reason, ...] = ()
    sentence: str
    remedy: str | None = None
    unstable: bool = False


class Risk(Contract):
    """One risk signal with its evidence and age."""

    signal: str
    severity: Literal["low", "medium", "high"]
    item: str | None
    since: Moment | None
    text: str
    url: str | None = None
