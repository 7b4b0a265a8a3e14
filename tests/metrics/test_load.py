from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.load import (
    Assigned,
    TeamWeek,
    hours_elsewhere,
    monday,
    overloads,
    team_weeks,
    told_elsewhere,
)

MONDAY = date(2026, 3, 2)
TEAMS = {"ada": "web", "bob": "web", "eve": "app"}


def weekday(_: str, day: date) -> bool:
    return day.weekday() < 5


def eight_hours(_: str, day: date) -> float:
    return 16.0 if day.weekday() < 5 else 0.0


def weeks(work: list[Assigned], today: date = MONDAY, count: int = 2) -> dict[tuple[str, date], TeamWeek]:
    found = team_weeks(work, TEAMS, eight_hours, weekday, today, count)
    return {(one.team, one.week): one for one in found}


def test_work_is_spread_over_the_open_days_until_it_is_due() -> None:
    found = weeks([Assigned("ada", 40, MONDAY + timedelta(days=11))])
    assert found["web", MONDAY].hours == 20
    assert found["web", MONDAY + timedelta(days=7)].hours == 20
    assert found["web", MONDAY].load == 0.25
    assert found["app", MONDAY].load == 0


def test_overdue_work_is_due_today_and_undated_work_fills_the_horizon() -> None:
    found = weeks([Assigned("ada", 10, date(2026, 1, 1)), Assigned("bob", 20, None)])
    assert found["web", MONDAY].hours == pytest.approx(20)
    assert found["web", MONDAY + timedelta(days=7)].hours == pytest.approx(10)


def test_only_the_rest_of_this_week_counts_and_a_closed_day_still_holds_what_is_due_on_it() -> None:
    friday, sunday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=6)
    assert weeks([], today=friday)["web", MONDAY].capacity == 16
    found = weeks([Assigned("eve", 3, sunday)], today=sunday)["app", MONDAY]
    assert (found.hours, found.load) == (3, None)


def test_people_without_a_team_are_left_out() -> None:
    assert all(one.hours == 0 for one in weeks([Assigned("zoe", 99, MONDAY)]).values())


def test_an_overload_lasts_two_weeks_running() -> None:
    rows = [TeamWeek("web", MONDAY + timedelta(weeks=n), h, 10) for n, h in enumerate((12, 11, 9, 13))]
    assert overloads(rows, 1.0) == {"web": (MONDAY, MONDAY + timedelta(weeks=1))}
    assert overloads(rows, 1.25) == {}
    three = [TeamWeek("web", MONDAY + timedelta(weeks=n), 12, 10) for n in range(3)]
    assert len(overloads(three, 1.0)["web"]) == 3


@given(
    work=st.lists(
        st.builds(
            Assigned,
            st.sampled_from(sorted(TEAMS)),
            st.floats(0, 100),
            st.none() | st.dates(MONDAY - timedelta(days=9), MONDAY + timedelta(days=27)),
        ),
        max_size=8,
    ),
    ahead=st.integers(0, 6),
)
def test_no_hour_is_lost_within_the_horizon(work: list[Assigned], ahead: int) -> None:
    found = weeks(work, MONDAY + timedelta(days=ahead), 4)
    assert sum(one.hours for one in found.values()) == pytest.approx(sum(one.hours for one in work))
    assert all(week == monday(week) for _, week in found)


def test_work_for_other_products_loads_a_team_and_is_told_apart() -> None:
    found = weeks(
        [
            Assigned("ada", 10, MONDAY + timedelta(days=11)),
            Assigned("ada", 20, MONDAY + timedelta(days=11), "Pay"),
            Assigned("bob", 4, MONDAY, "Pay"),
            Assigned("bob", 6, MONDAY, "Portal"),
            Assigned("zoe", 99, MONDAY, "Portal"),
        ]
    )
    first, second = found["web", MONDAY], found["web", MONDAY + timedelta(days=7)]
    assert (first.hours, first.elsewhere) == (25, (("Pay", 14.0), ("Portal", 6.0)))
    assert (second.hours, second.elsewhere) == (15, (("Pay", 10.0),))
    assert found["app", MONDAY].elsewhere == ()
    both = [MONDAY, MONDAY + timedelta(days=7)]
    assert hours_elsewhere(found.values(), "web", both) == {"Pay": 24.0, "Portal": 6.0}
    assert hours_elsewhere(found.values(), "web", both[1:]) == {"Pay": 10.0}
    assert hours_elsewhere(found.values(), "app", both) == {}


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({}, ""),
        ({"Pay": 0.4}, ""),
        ({"Customer portal": 12.2}, "12 h of it for Customer portal"),
        ({"Pay": 3.0, "Portal": 12.0, "Shop": 0.2}, "12 h of it for Portal and 3 h for Pay"),
    ],
)
def test_what_belongs_to_other_products_is_said_in_hours(hours: dict[str, float], words: str) -> None:
    assert told_elsewhere(hours) == words
