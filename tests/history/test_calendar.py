from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.calendar import (
    ALL_DAY,
    OFFICE_HOURS,
    OFFICE_WEEK,
    ROUND_THE_CLOCK,
    Shift,
    WorkingCalendar,
    default_calendar,
    find_zone,
)

BERLIN = default_calendar("Europe/Berlin")
#: Zones with odd clocks: half-hour shifts, midnights that do not exist or come twice, a skipped day, no summer time.
ZONES = [
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
    "Asia/Kolkata",
    "UTC",
]

zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(2005, 1, 1), datetime(2030, 12, 31)).map(lambda d: d.replace(tzinfo=UTC))
nearby = st.timedeltas(timedelta(0), timedelta(days=40))
MORNING, EVENING = Shift(time(8), time(12)), Shift(time(20), time.min)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_weekend_with_a_clock_change_counts_only_the_opening_hours() -> None:
    begin, end = at("2025-03-28T16:30+01:00"), at("2025-03-31T09:30+02:00")
    assert BERLIN.business_time(begin, end) == timedelta(minutes=60)
    round_the_clock = WorkingCalendar(zone=BERLIN.zone, week=ROUND_THE_CLOCK)
    assert round_the_clock.business_time(begin, end) == timedelta(hours=64)


def test_a_closing_late_on_the_due_day_belongs_to_that_day_though_it_is_tomorrow_in_utc() -> None:
    calendar = default_calendar("America/Sao_Paulo")
    closed = at("2023-02-07T23:11:29.176-03:00")
    assert closed.astimezone(UTC).date() == date(2023, 2, 8)
    assert calendar.day_of(closed) == date(2023, 2, 7)
    assert closed < calendar.end_of_day(date(2023, 2, 7))


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 1), 24)])
def test_a_day_is_as_long_as_its_clock_makes_it(day: date, hours: int) -> None:
    assert BERLIN.end_of_day(day) - BERLIN.start_of_day(day) == timedelta(hours=hours)
    calendar = WorkingCalendar(zone=BERLIN.zone, week=ROUND_THE_CLOCK)
    assert calendar.business_time(BERLIN.start_of_day(day), BERLIN.end_of_day(day)) == timedelta(hours=hours)


def test_a_midnight_that_the_clocks_skip_is_the_instant_they_skip_it() -> None:
    calendar = default_calendar("America/Sao_Paulo")
    assert calendar.start_of_day(date(2018, 11, 4)) == at("2018-11-04T03:00+00:00")


def test_an_hour_that_comes_again_after_midnight_belongs_to_the_day_that_has_begun() -> None:
    calendar = default_calendar("America/St_Johns")
    repeated = at("2010-11-07T02:45+00:00")
    assert repeated.astimezone(calendar.zone).date() == date(2010, 11, 6)
    assert calendar.day_of(repeated) == date(2010, 11, 7)


def test_holidays_are_closed_but_an_exception_wins_over_them() -> None:
    half_day = (Shift(time(9), time(13)),)
    eve, christmas = date(2026, 12, 24), date(2026, 12, 25)
    calendar = BERLIN.layered(holidays=[eve, christmas], exceptions={eve: half_day})
    assert calendar.is_open(eve)
    assert not calendar.is_open(christmas)
    assert calendar.next_open_day(christmas) == date(2026, 12, 28)
    assert calendar.business_days(date(2026, 12, 21), date(2026, 12, 28)) == 4
    assert calendar.business_time(BERLIN.start_of_day(eve), BERLIN.end_of_day(christmas)) == timedelta(hours=4)


def test_a_layer_leaves_the_calendar_beneath_as_it_was() -> None:
    friday = date(2026, 12, 25)
    assert not BERLIN.layered(holidays=[friday]).is_open(friday)
    assert BERLIN.is_open(friday)


def test_nobody_configured_a_default_calendar_but_somebody_a_layered_one() -> None:
    assert BERLIN.is_default
    assert not BERLIN.layered(holidays=[date(2026, 1, 1)]).is_default


def test_an_open_day_is_its_own_next_open_day() -> None:
    assert BERLIN.next_open_day(date(2026, 11, 24)) == date(2026, 11, 24)
    assert BERLIN.next_open_day(date(2026, 11, 28)) == date(2026, 11, 30)


def test_business_days_leave_the_last_day_out() -> None:
    assert BERLIN.business_days(date(2026, 11, 23), date(2026, 11, 30)) == 5
    assert BERLIN.business_days(date(2026, 11, 30), date(2026, 11, 23)) == 0


def test_an_end_before_the_begin_is_no_working_time() -> None:
    assert BERLIN.business_time(at("2026-11-24T12:00Z"), at("2026-11-24T10:00Z")) == timedelta(0)


@given(zone=zones, instant=instants)
def test_every_instant_lies_within_the_day_it_belongs_to(zone: str, instant: datetime) -> None:
    calendar = default_calendar(zone)
    day = calendar.day_of(instant)
    assert calendar.start_of_day(day) <= instant < calendar.end_of_day(day)


@given(zone=zones, begin=instants, middle=nearby, rest=nearby, week=st.sampled_from([OFFICE_WEEK, ROUND_THE_CLOCK]))
def test_working_time_adds_up_over_any_cut(
    zone: str, begin: datetime, middle: timedelta, rest: timedelta, week: tuple[tuple[Shift, ...], ...]
) -> None:
    calendar = WorkingCalendar(zone=find_zone(zone), week=week)
    cut, end = begin + middle, begin + middle + rest
    parts = calendar.business_time(begin, cut) + calendar.business_time(cut, end)
    assert calendar.business_time(begin, end) == parts


@given(zone=zones, begin=instants, length=nearby)
def test_round_the_clock_working_time_is_elapsed_time(zone: str, begin: datetime, length: timedelta) -> None:
    calendar = WorkingCalendar(zone=find_zone(zone), week=ROUND_THE_CLOCK)
    assert calendar.business_time(begin, begin + length) == length


@given(begin=instants, length=nearby)
def test_working_time_is_never_negative_nor_longer_than_elapsed_time(begin: datetime, length: timedelta) -> None:
    assert timedelta(0) <= BERLIN.business_time(begin, begin + length) <= length


def test_a_shift_may_run_to_midnight() -> None:
    calendar = WorkingCalendar(zone=BERLIN.zone, week=((MORNING, EVENING),) * 7)
    day = date(2026, 11, 24)
    assert calendar.business_time(BERLIN.start_of_day(day), BERLIN.end_of_day(day)) == timedelta(hours=8)


@pytest.mark.parametrize(
    ("week", "complaint"),
    [
        (((),) * 7, "every weekday is closed"),
        ((OFFICE_HOURS,) * 6, "a week has 7 days"),
        (((Shift(time(9), time(17)), Shift(time(12), time(18))),) * 7, "overlap or stand out of order at 12:00"),
        (((EVENING, Shift(time(23), time(23, 30))),) * 7, "overlap or stand out of order at 23:00"),
        (((*ALL_DAY, MORNING),) * 7, "overlap or stand out of order at 08:00"),
    ],
)
def test_a_week_that_cannot_be_is_refused(week: tuple[tuple[Shift, ...], ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        WorkingCalendar(zone=BERLIN.zone, week=week)


def test_a_shift_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="must close after it opens, got 17:00 to 09:00"):
        Shift(time(17), time(9))


def test_a_shift_with_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="leave out their offset"):
        Shift(time(9, tzinfo=UTC), time(17))


@pytest.mark.parametrize("name", ["Europ/Berlin", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="use an IANA name such as Europe/Berlin"):
        find_zone(name)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs aware instants"):
        BERLIN.day_of(datetime(2026, 11, 24))


def test_ten_closed_years_are_a_mistake_and_no_endless_search() -> None:
    start = date(2026, 1, 1)
    calendar = BERLIN.layered(holidays=[start + timedelta(days=n) for n in range(3700)])
    with pytest.raises(ValueError, match="check its holidays"):
        calendar.next_open_day(start)


def test_calendars_with_the_same_content_are_equal_and_survive_a_copy() -> None:
    twin = default_calendar("Europe/Berlin")
    twin.business_time(at("2026-11-01T00:00Z"), at("2026-11-24T00:00Z"))
    assert twin == BERLIN
    assert hash(twin) == hash(BERLIN)
    assert pickle.loads(pickle.dumps(twin)) == BERLIN
