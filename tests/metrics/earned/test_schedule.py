from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.earned.schedule import EarnedSchedule, earned_schedule, earned_time

PLANNED = (5, 10, 25, 55, 85, 120, 130, 140, 150, 150, 150)
EARNED = (3.33, 6.67, 10, 22.5, 70, 82.5, 90, 120, 130, 140, 150)


def test_the_published_eleven_weeks() -> None:
    found = [earned_time(PLANNED, earned) for earned in EARNED[:6]]
    assert found == pytest.approx([0.67, 1.33, 2.0, 2.83, 4.5, 4.92], abs=0.006)


def test_the_published_project_ends_two_weeks_late_and_says_so() -> None:
    end = earned_schedule(PLANNED, EARNED[-1], 11)
    assert end.earned == 9
    assert end.planned == 9
    assert end.index == pytest.approx(0.82, abs=0.005)
    assert end.variance == -2
    assert end.duration == pytest.approx(11)
    assert end.duration_at() == 11


def test_the_index_needed_for_the_rest() -> None:
    halfway = EarnedSchedule(earned=4.92, actual=6, planned=9)
    assert halfway.to_complete_index(9) == pytest.approx((9 - 4.92) / 3)
    assert halfway.to_complete_index(6) is None


def test_edges_of_the_plan() -> None:
    assert earned_time(PLANNED, 0) == 0
    assert earned_time(PLANNED, 500) == 9
    assert earned_time((), 5) == 0
    assert earned_time((0, 0, 10, 10), 10) == 3
    assert EarnedSchedule(0, 0, 9).index is None
    assert EarnedSchedule(0, 2, 9).duration is None
    with pytest.raises(ValueError, match="never falls"):
        earned_time((5, 4), 3)


@given(steps=st.lists(st.floats(0, 50), min_size=1, max_size=20), share=st.floats(0, 1), more=st.floats(0, 1))
def test_more_earned_is_never_earlier_and_never_beyond_the_plan(steps: list[float], share: float, more: float) -> None:
    plan = [sum(steps[: n + 1]) for n in range(len(steps))]
    less, greater = sorted((share, more))
    first, second = (earned_time(plan, part * plan[-1]) for part in (less, greater))
    assert first <= second + 1e-9
    assert second <= len(plan)
