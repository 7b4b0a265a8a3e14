from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge_jira.instants import epoch_milliseconds, instant, optional_date, optional_instant

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T09:00:00.000+0000",
        "2026-03-02T10:00:00.000+0100",
        "2026-03-02T09:00:00Z",
        int(AT.timestamp()),
        int(AT.timestamp() * 1000),
        str(int(AT.timestamp() * 1000)),
    ],
)
def test_every_way_of_writing_an_instant_is_read(written):
    assert instant(written) == AT
    assert instant(written).tzinfo is UTC


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        instant("2026-03-02T09:00:00")


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_milliseconds_come_back_as_the_instant_they_were_made_of(at):
    assert instant(epoch_milliseconds(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_absent_instants_and_dates_stay_absent():
    assert optional_instant(None) is None
    assert optional_instant("") is None
    assert optional_date(None) is None
    assert optional_date("2026-03-02 00:00:00.0") == date(2026, 3, 2)
