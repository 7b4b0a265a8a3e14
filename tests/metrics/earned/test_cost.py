from __future__ import annotations

from datetime import date, timedelta

import pytest

from pmbridge.metrics.earned.cost import RateCard, Spending, cost, index_day, total_seconds

DAY = date(2026, 3, 2)
HOUR = 3600


def after(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.fixture
def card() -> RateCard:
    return RateCard({"ada": 120, "web": 90, "default": 50}, {"bob": "web"})


def test_a_person_costs_their_own_rate_then_that_of_the_team_then_the_default(card: RateCard) -> None:
    assert [card.rate(name) for name in ("ada", "bob", "eve", None)] == [120, 90, 50, 50]
    assert RateCard({"ada": 1}, {}).rate("bob") is None


def test_negative_logs_are_refused_and_time_without_a_rate_is_counted_beside() -> None:
    logs = [Spending("ada", DAY, HOUR), Spending("ada", DAY, -HOUR), Spending("bob", DAY, 2 * HOUR)]
    found = cost(logs, RateCard({"ada": 100}, {}))
    assert found.by_day == {DAY: 100}
    assert (found.refused, found.unrated_seconds) == (1, 2 * HOUR)
    assert total_seconds(logs) == 3 * HOUR


def test_the_budget_is_gone_at_the_present_rate(card: RateCard) -> None:
    spent = cost([Spending("ada", after(n), HOUR) for n in range(28)], card)
    assert spent.until(after(27)) == 28 * 120
    assert spent.run_rate(after(27)) == 120
    assert spent.exhaustion(30 * 120, after(27)) == after(29)
    assert spent.exhaustion(10 * 120, after(27)) == after(9)
    assert cost([], card).exhaustion(100, DAY) is None


def test_the_last_five_open_days_are_left_out_of_indices() -> None:
    weekdays = index_day(date(2026, 3, 9), lambda day: day.weekday() < 5)
    assert weekdays == date(2026, 3, 2)
