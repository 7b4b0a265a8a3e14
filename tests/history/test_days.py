from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pmbridge.history.days import day_begins, day_ends, local_day, release_day


def test_an_item_closed_late_on_the_due_day_was_closed_on_the_due_day():
    closed = datetime.fromisoformat("2023-02-07T23:11:29.176-03:00").astimezone(UTC)
    assert closed.replace(microsecond=0).isoformat() == "2023-02-08T02:11:29+00:00"
    assert closed.date() > date(2023, 2, 7)
    assert local_day(closed, ZoneInfo("America/Sao_Paulo")) == date(2023, 2, 7)


def test_a_release_of_which_only_the_day_is_known_keeps_its_day_in_every_zone():
    day_alone, instant = datetime(2025, 3, 7, tzinfo=UTC), datetime(2025, 3, 7, 2, 30, tzinfo=UTC)
    chicago = ZoneInfo("America/Chicago")
    assert [release_day(moment, chicago) for moment in (day_alone, instant)] == [date(2025, 3, 7), date(2025, 3, 6)]


def test_days_are_as_long_as_the_clock_makes_them():
    berlin = ZoneInfo("Europe/Berlin")
    lengths = {
        day: (day_ends(day, berlin) - day_begins(day, berlin)).total_seconds() / 3600
        for day in (date(2025, 3, 30), date(2025, 7, 1), date(2025, 10, 26))
    }
    assert list(lengths.values()) == [23, 24, 25]


def test_a_day_whose_midnight_is_skipped_begins_at_its_first_instant():
    zone = ZoneInfo("America/Sao_Paulo")  # clocks went from 0:00 to 1:00 on 4 November 2018
    assert day_begins(date(2018, 11, 4), zone) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert local_day(day_begins(date(2018, 11, 4), zone), zone) == date(2018, 11, 4)
