from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.earned.plan import (
    Planned,
    Sized,
    Unit,
    earned_value,
    planned_by_period,
    planned_value,
    weigh,
)

DAY = date(2026, 3, 2)

plans = st.lists(
    st.builds(
        lambda n, w, f, d: Planned(
            f"A-{n}", w, DAY + timedelta(days=f), None if d is None else DAY + timedelta(days=d)
        ),
        st.integers(0, 99),
        st.floats(0, 100),
        st.integers(0, 60),
        st.none() | st.integers(0, 90),
    ),
    max_size=20,
)


def test_hours_win_over_points_and_points_over_counts() -> None:
    hours = weigh([Sized("A", 7200, 5), Sized("B", 3600, None), Sized("C", None, 2)])
    assert hours.unit is Unit.HOURS
    assert hours.by_key == {"A": 2, "B": 1, "C": 1.5}
    assert hours.guessed == ("C",)
    points = weigh([Sized("A", 7200, 5), Sized("B", None, 3), Sized("C", None, None)])
    assert points.unit is Unit.POINTS
    assert points.by_key == {"A": 5, "B": 3, "C": 4}
    assert weigh([Sized("A", None, 5), Sized("B", None, None), Sized("C", None, None)]).unit is Unit.ITEMS
    assert weigh([]).by_key == {}


def test_work_counts_whole_on_its_day() -> None:
    plan = [Planned("A", 3, DAY, DAY + timedelta(days=4)), Planned("B", 2, DAY + timedelta(days=3))]
    assert planned_value(plan, DAY) == 3
    assert planned_by_period(plan, [DAY + timedelta(days=n) for n in (0, 2, 3)]) == (3, 3, 5)
    assert earned_value(plan, DAY + timedelta(days=3)) == 0
    assert earned_value(plan, DAY + timedelta(days=4)) == 3


def test_work_without_a_date_of_its_own_is_planned_evenly() -> None:
    one = Planned("A", 10, DAY + timedelta(days=10), start=DAY)
    assert [one.planned_part(DAY + timedelta(days=n)) for n in (-1, 0, 5, 10, 11)] == [0, 0, 0.5, 1, 1]
    assert Planned("A", 10, DAY, start=DAY).planned_part(DAY - timedelta(days=1)) == 0


@given(plan=plans, n=st.integers(0, 120))
def test_neither_value_exceeds_the_budget_nor_falls(plan: list[Planned], n: int) -> None:
    day, budget = DAY + timedelta(days=n), sum(one.weight for one in plan)
    for value in (planned_value, earned_value):
        assert value(plan, day - timedelta(days=1)) <= value(plan, day) <= budget + 1e-9
