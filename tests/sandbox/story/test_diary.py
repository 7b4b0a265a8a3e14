from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.sandbox.story.diary import Diary, holidays, keep_diary, working_days

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
SPANS = [
    (MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=12)),
    (MONDAY + timedelta(hours=13), MONDAY + timedelta(hours=17)),
    (MONDAY + timedelta(hours=33), MONDAY + timedelta(hours=36)),
]


def test_somebody_at_work_is_there_at_once():
    at = MONDAY + timedelta(hours=10)
    assert Diary(SPANS).next_open(at) == at


def test_somebody_at_lunch_is_back_afterwards():
    assert Diary(SPANS).next_open(MONDAY + timedelta(hours=12)) == MONDAY + timedelta(hours=13)


def test_nobody_is_there_after_the_last_span():
    assert Diary(SPANS).next_open(MONDAY + timedelta(hours=36)) is None
    assert Diary(SPANS).after(MONDAY + timedelta(hours=35), 2) is None


def test_work_pauses_over_lunch_and_night():
    assert Diary(SPANS).after(MONDAY + timedelta(hours=11), 2) == MONDAY + timedelta(hours=14)
    assert Diary(SPANS).after(MONDAY + timedelta(hours=16), 1.5) == MONDAY + timedelta(hours=33.5)


@given(st.floats(0, 30), st.floats(0.01, 4), st.floats(0.01, 4))
def test_working_on_in_two_pieces_ends_when_working_in_one_does(start, first, second):
    diary = Diary(SPANS)
    at = MONDAY + timedelta(hours=start)
    middle, end = diary.after(at, first), diary.after(at, first + second)
    if middle is None or end is None:
        return
    again = diary.after(middle, second)
    assert again is not None
    assert abs(again - end) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("year", "easter"), [(2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2027, date(2027, 3, 28))]
)
def test_easter_moves_with_the_year(year, easter):
    assert {easter - timedelta(days=2), easter + timedelta(days=1)} <= holidays(year)


def test_working_days_leave_out_weekends_and_holidays():
    days = working_days(date(2026, 4, 30), date(2026, 5, 5))
    assert days == [date(2026, 4, 30), date(2026, 5, 4), date(2026, 5, 5)]


def test_a_diary_keeps_local_hours_when_the_clocks_change():
    zone = ZoneInfo("Europe/Berlin")
    days = working_days(date(2026, 3, 23), date(2026, 4, 2))
    diary = keep_diary(Random(1), days, zone)
    for day in days:
        begin = diary.next_open(datetime(day.year, day.month, day.day, tzinfo=UTC))
        assert begin is not None
        assert 7 <= begin.astimezone(zone).hour <= 11
