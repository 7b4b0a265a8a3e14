from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.simulation.convolution import finish, how_many

DAILY = (2, 0, 0, 5, 1, 3, 2, 4, 0, 0, 1, 1, 2, 4, 0, 0, 0, 1, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0)
WEEKLY = (8, 5, 4, 6, 6, 5, 3, 1, 3, 3, 2, 7, 6, 6, 3, 5, 2, 2, 5, 6, 4, 3)

histories = st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any)


def test_the_published_daily_history_of_28_items() -> None:
    found = finish(DAILY, 28)
    assert {q: found.quantile(q / 100) for q in (50, 70, 85, 95)} == {50: 27, 70: 31, 85: 35, 95: 41}
    assert found.mean == pytest.approx(28.03618, abs=0.02)
    assert found.mean == pytest.approx(28.03320311, abs=1e-7)
    assert found.probability_within(30) == pytest.approx(0.6640517083, abs=1e-9)


def test_how_many_items_the_published_history_finishes_in_ten_days() -> None:
    assert {q: how_many(DAILY, 10, q / 100) for q in (50, 70, 85, 95)} == {50: 10, 70: 8, 85: 6, 95: 4}


def test_the_published_weekly_history_of_38_tasks() -> None:
    found = finish(WEEKLY, 38)
    assert {q: found.quantile(q / 100) for q in (50, 70, 85, 95)} == {50: 9, 70: 10, 85: 11, 95: 11}
    assert found.mean == pytest.approx(9.270575, abs=0.01)
    exact = {8: 0.284284, 9: 0.596259, 10: 0.83667, 11: 0.951953}
    assert {k: found.probability_within(k) for k in exact} == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("remaining", [7, 14, 30, 90])
def test_a_constant_pace_is_exact_at_every_percentile(remaining: int) -> None:
    found = finish((1,), remaining)
    assert {found.quantile(q) for q in (0.01, 0.5, 0.85, 0.95, 0.99)} == {remaining}


def test_nothing_left_is_done_and_nothing_ever_finished_is_refused() -> None:
    assert finish((0,), 0).quantile(0.95) == 0
    assert finish((3,), 5).probability_within(-1) == 0
    with pytest.raises(ValueError, match="no end"):
        finish((0, 0), 1)
    with pytest.raises(ValueError, match="counts of 0 or more"):
        finish((2, -1), 1)


@given(weekly=histories, remaining=st.integers(1, 40), extra=st.integers(0, 20))
def test_more_work_is_never_done_earlier(weekly: list[int], remaining: int, extra: int) -> None:
    less, more = finish(weekly, remaining), finish(weekly, remaining + extra)
    assert all(less.quantile(q) <= more.quantile(q) for q in (0.5, 0.85, 0.95))


@given(weekly=histories, remaining=st.integers(1, 40))
def test_double_the_pace_is_never_later(weekly: list[int], remaining: int) -> None:
    slow, fast = finish(weekly, remaining), finish([2 * n for n in weekly], remaining)
    assert all(fast.quantile(q) <= slow.quantile(q) for q in (0.5, 0.85, 0.95))


@given(weekly=histories, periods=st.integers(1, 12), q=st.sampled_from((0.5, 0.85, 0.95)))
def test_when_and_how_many_are_mirror_questions(weekly: list[int], periods: int, q: float) -> None:
    count = how_many(weekly, periods, q)
    assert count == 0 or finish(weekly, count).quantile(q) <= periods
    assert finish(weekly, count + 1).quantile(q) > periods
