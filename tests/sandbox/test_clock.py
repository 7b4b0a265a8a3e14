from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pmbridge.sandbox import Clock

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_a_clock_stands_still_until_it_is_advanced():
    clock = Clock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(minutes=5)) == START + timedelta(minutes=5) == clock.now()


def test_a_ticking_clock_runs_with_real_time():
    clock = Clock(START, ticking=True)
    time.sleep(0.01)
    assert timedelta(milliseconds=10) <= clock.now() - START < timedelta(seconds=5)


def test_a_clock_can_be_set_in_any_zone_and_shows_utc():
    clock = Clock(START)
    clock.set(datetime(2026, 9, 2, 10, 0, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 9, 2, 8, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs an instant with a time zone"):
        Clock(datetime(2026, 9, 1))
