from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.transport.pace import Pace

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@given(st.integers(0, 60), st.integers(0, 100))
def test_the_pause_ends_when_the_tracker_said(reset: int, later: int) -> None:
    pace = Pace(60)
    pace.note({"X-RateLimit-Remaining": "0", "Retry-After": str(reset)}, NOW)
    assert pace.pause(NOW + timedelta(seconds=later)) == max(0, reset - later)


def test_a_pause_is_made_once() -> None:
    pace = Pace(60)
    pace.note({"RateLimit-Remaining": "0", "RateLimit-Reset": "5"}, NOW)
    assert (pace.pause(NOW), pace.pause(NOW)) == (5, 0)


def test_what_remains_and_what_lasts_too_long_is_not_waited_for() -> None:
    pace = Pace(60)
    pace.note({"RateLimit-Remaining": "1", "RateLimit-Reset": "5"}, NOW)
    pace.note({"RateLimit-Remaining": "0", "RateLimit-Reset": "61"}, NOW)
    pace.note({"RateLimit-Remaining": "0"}, NOW)
    assert pace.pause(NOW) == 0
