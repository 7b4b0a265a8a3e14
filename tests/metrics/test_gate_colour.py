from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import Acceptance, GateRule, HealthStatus
from pmbridge.metrics.gate_colour import LAST_DAYS, NEAR_DAYS, counts_from, quality_verdict
from pmbridge.metrics.schedule import Plan
from pmbridge.model import MilestoneState

TODAY = date(2026, 3, 2)
_RANK = [HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED]


def plan(left: int | None, planned: int | None = 100) -> Plan:
    due = None if left is None else TODAY + timedelta(days=left)
    start = None if due is None or planned is None else due - timedelta(days=planned)
    return Plan(TODAY, MilestoneState.OPEN, start, due, None, 10, 5, ("A-1",))


def gate(verdict: str, *rules: GateRule) -> Acceptance:
    return Acceptance.model_validate(
        {"verdict": verdict, "coverage": None, "verified": None, "pass_rate": None, "rules": rules}
    )


def rule(name: str, status: str, text: str, *evidence: str, level: str = "must") -> GateRule:
    return GateRule.model_validate({"rule": name, "level": level, "status": status, "text": text, "evidence": evidence})


@pytest.mark.parametrize(
    ("verdict", "left", "colour"),
    [
        ("go", 90, "green"),
        ("no-go", 90, "unknown"),
        ("no-go", 21, "unknown"),
        ("no-go", 20, "amber"),
        ("unknown", 20, "amber"),
        ("no-go", LAST_DAYS, "red"),
        ("unknown", -5, "red"),
        ("conditional", 20, "amber"),
        ("conditional", 1, "amber"),
        ("go", 1, "green"),
    ],
)
def test_the_gate_counts_in_the_last_fifth_of_the_planned_time(verdict: str, left: int, colour: str) -> None:
    assert quality_verdict(gate(verdict), plan(left)).status.value == colour


def test_without_a_start_the_gate_counts_for_longer_and_without_a_due_date_not_at_all() -> None:
    assert counts_from(plan(50, None)) == NEAR_DAYS
    assert counts_from(plan(50, 14)) == LAST_DAYS
    assert counts_from(plan(50, 400)) == NEAR_DAYS
    assert counts_from(plan(None)) is None
    assert quality_verdict(gate("no-go"), plan(None)).status is HealthStatus.UNKNOWN


def test_the_reason_names_what_is_not_met_and_what_to_prove() -> None:
    rules = (
        rule("rollback-rehearsed", "unknown", "nobody has attested it"),
        rule("requirements-verified", "fails", "2 of 4 are proven"),
        rule("no-open-blocker", "fails", "1 blocking defect open"),
        rule("pass-rate", "fails", "80 %", level="should"),
        rule("flaky-share", "holds", "none"),
    )
    needs = [
        {"item": "S-1", "status": "NOK", "fresh": None},
        {"item": "S-2", "status": "OK", "fresh": True, "met": True},
        {"item": "S-3", "status": "NOTRUN", "fresh": None, "priority": "should"},
    ]
    found = gate("no-go", *rules)
    proven = Acceptance.model_validate({**found.model_dump(), "requirements": needs})
    (reason,) = (one.reason for one in quality_verdict(proven, plan(10)).reasons)
    assert reason.text == (
        "The gate would not open today: nobody has attested it; 2 of 4 are proven; 1 more rule not met."
    )
    assert (reason.evidence, reason.remedy) == (("S-1",), "Prove S-1.")
    assert (reason.measured, reason.threshold) == ("no-go", "go")
    (bare,) = (one.reason for one in quality_verdict(found, plan(10)).reasons)
    assert bare.remedy == "Settle rollback-rehearsed, requirements-verified, no-open-blocker."


@given(left=st.integers(-20, 120), planned=st.none() | st.integers(1, 200))
def test_losing_evidence_never_makes_the_colour_better(left: int, planned: int | None) -> None:
    known = [quality_verdict(gate(verdict), plan(left, planned)).status for verdict in ("go", "conditional", "no-go")]
    lost = quality_verdict(gate("unknown"), plan(left, planned)).status
    assert all(
        lost is HealthStatus.UNKNOWN or one is HealthStatus.UNKNOWN or _RANK.index(lost) >= _RANK.index(one)
        for one in known
    )


@given(left=st.integers(-20, 120), planned=st.integers(1, 200))
def test_losing_the_start_never_makes_the_colour_better(left: int, planned: int) -> None:
    with_start, without = (quality_verdict(gate("no-go"), plan(left, p)).status for p in (planned, None))
    assert with_start is HealthStatus.UNKNOWN or without is with_start
