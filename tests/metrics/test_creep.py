from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.assessment import HealthStatus, Ledger, LedgerEntry, LedgerKind
from pmbridge.metrics.baseline import Baseline
from pmbridge.metrics.creep import creep, scope_verdict
from pmbridge.metrics.schedule import Thresholds

NOW = datetime(2025, 1, 6, tzinfo=UTC)
AGREED = Baseline(NOW, "start date", committed=True)


def book(baseline: int | None, added: int, removed: int = 0) -> Ledger:
    entries = tuple(
        LedgerEntry(at=NOW, item=f"A-{n}", kind=LedgerKind.ADDED, delta=1, by=None, change=f"c{n}", cause="created")
        for n in range(added)
    )
    now = (baseline or 0) + added - removed
    return Ledger(
        baseline_at=NOW, baseline_reason="", baseline=baseline, added=added, removed=removed, now=now, residual=0,
        points=None, entries=entries,
    )  # fmt: skip


def test_no_net_growth_hides_complete_churn():
    growth = creep(book(4, 2, 2))
    assert growth is not None
    assert (growth.net_growth, growth.gross_churn, growth.creep) == (0.0, 1.0, 0.5)


@pytest.mark.parametrize(("added", "colour"), [(0, "green"), (10, "green"), (11, "amber"), (20, "amber"), (21, "red")])
def test_growth_is_judged_against_what_was_agreed(added: int, colour: str):
    assert scope_verdict(book(100, added), AGREED, Thresholds()).status is HealthStatus(colour)


def test_the_reason_names_what_came_and_what_would_be_enough_to_move():
    (weighed,) = scope_verdict(book(20, 6, 1), AGREED, Thresholds(), effect=0.2).reasons
    reason = weighed.reason
    assert (weighed.effect, reason.measured, reason.threshold) == (0.2, "30 % (6 on 20)", "10 %")
    assert reason.text == "Scope grew by 6 items since the baseline (6 created) while 1 left."
    assert reason.remedy == "Move 4 added items to a later milestone."
    assert reason.evidence[0] == "A-5"


@pytest.mark.parametrize("ledger", [book(0, 3), book(None, 3)])
def test_without_a_baseline_growth_is_unknown(ledger: Ledger):
    assert creep(ledger) is None
    assert scope_verdict(ledger, AGREED, Thresholds()).status is HealthStatus.UNKNOWN


def test_a_baseline_nobody_agreed_to_cannot_be_broken():
    assert scope_verdict(book(1, 30), Baseline(NOW, "first item"), Thresholds()).status is HealthStatus.UNKNOWN
