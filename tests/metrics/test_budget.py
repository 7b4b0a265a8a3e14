from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import Confidence, HealthStatus
from pmbridge.metrics.budget import BudgetLimits, Money, amount, budget_verdict
from pmbridge.metrics.earned.performance import Performance

DAY = date(2026, 3, 2)
LIMITS = BudgetLimits()
ORDER = [HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED]


def money(ev: float = 50, ac: float | None = 50, gone: int | None = None, confidence: str = "A") -> Money:
    day = None if gone is None else DAY + timedelta(days=gone)
    return Money(Performance(100, 50, ev, ac), "EUR", day, Confidence(confidence))


def judge(one: Money) -> tuple[str, list[str]]:
    found = budget_verdict(one, DAY + timedelta(days=10), DAY + timedelta(days=30), LIMITS)
    return found.status.value, [weighed.reason.rule for weighed in found.reasons]


@pytest.mark.parametrize(
    ("one", "status", "rules"),
    [
        (money(), "green", []),
        (money(ev=47), "amber", ["budget.cpi", "budget.estimate_at_completion"]),
        (money(ev=44), "red", ["budget.cpi", "budget.estimate_at_completion"]),
        (money(gone=30), "green", []),
        (money(gone=29), "amber", ["budget.exhaustion"]),
        (money(gone=9), "red", ["budget.exhaustion"]),
        (money(ev=10, ac=90), "green", []),
        (money(confidence="C"), "unknown", []),
        (money(ac=None), "unknown", []),
    ],
)
def test_money_gets_the_colour_of_the_handbook(one: Money, status: str, rules: list[str]) -> None:
    assert judge(one) == (status, rules)


def test_reasons_say_what_it_will_cost_and_what_would_help() -> None:
    found = budget_verdict(money(ev=40, gone=9), DAY + timedelta(days=10), None, LIMITS)
    texts = [weighed.reason.text for weighed in found.reasons]
    assert texts[1] == "At this rate it will cost 110 EUR to 144 EUR, of 100 EUR."
    assert found.reasons[1].reason.remedy == "Find 25 EUR more, or cut as much work."
    assert amount(1234567.8, "EUR") == "1 234 568 EUR"


@given(ev=st.floats(1, 99), ac=st.floats(1, 200), more=st.floats(0, 100), gone=st.none() | st.integers(-5, 60))
def test_more_spent_for_the_same_is_never_a_better_colour(ev: float, ac: float, more: float, gone: int | None) -> None:
    cheap, dear = (judge(money(ev, cost, gone))[0] for cost in (ac, ac + more))
    assert ORDER.index(HealthStatus(dear)) >= ORDER.index(HealthStatus(cheap))


@given(ev=st.floats(1, 99), ac=st.floats(1, 200))
def test_losing_the_costs_never_turns_the_colour_greener(ev: float, ac: float) -> None:
    one = money(ev, ac)
    without = replace(one, performance=replace(one.performance, ac=None))
    assert judge(without)[0] == "unknown"
