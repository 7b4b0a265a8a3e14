from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.reports.weeks import told, weeks


@given(days=st.integers(0, 400), longest=st.integers(1, 100))
def test_every_day_is_in_one_part_and_the_last_week_is_whole(days, longest):
    parts = weeks(days, longest)
    assert [n for part in parts for n in range(*part.indices(days))] == list(range(days))
    lengths = [part.stop - part.start for part in parts]
    assert set(lengths[1:]) <= ({1} if days <= longest else {7})


def test_a_first_week_that_is_no_whole_one_is_told():
    assert told(40, 45) == ""
    assert told(70, 45) == ", by week up to today"
    assert told(71, 45) == ", by week up to today (the first one has 1 day)"
    assert told(73, 45) == ", by week up to today (the first one has 3 days)"
