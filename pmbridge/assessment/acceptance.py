"""May we launch: requirements, rules and waivers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pmbridge.assessment.figures import Contract


class Requirement(Contract):
    """One requirement and what proves it."""

    item: str
    status: Literal["OK", "NOK", "NOTRUN", "UNKNOWN", "UNCOVERED"]
    fresh: bool | None
    tests: tuple[str, ...] = ()


class GateRule(Contract):
    """One rule of the gate and whether it holds."""

    rule: str
    level: Literal["must", "should"]
    status: Literal["holds", "fails", "waived", "unknown"]
    text: str
    evidence: tuple[str, ...] = ()


class Waiver(Contract):
    """An accepted exception with its approver and end."""

    rule: str
    scope: str
    approver: str
    reason: str
    expires: date | None


class Acceptance(Contract):
    """May we launch: the verdict and its evidence."""

    verdict: Literal["go", "conditional", "no-go", "unknown"]
    coverage: float | None
    verified: float | None
    pass_rate: float | None
    requirements: tuple[Requirement, ...] = ()
    rules: tuple[GateRule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    reasons: tuple[str, ...] = ()
