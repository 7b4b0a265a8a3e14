from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.percentile import percentile

values = st.lists(st.integers(-1000, 1000), min_size=1, max_size=60)


@given(values=values, q=st.integers(1, 100))
def test_it_is_the_smallest_value_at_which_the_share_is_reached(values: list[int], q: int) -> None:
    found = percentile(values, q / 100)
    assert found in values
    assert 100 * sum(v <= found for v in values) >= q * len(values)
    assert 100 * sum(v < found for v in values) < q * len(values)


@pytest.mark.parametrize(
    ("q", "expected"), [(0.05, 1), (0.5, 10), (0.85, 17), (0.86, 18), (0.95, 19), (0.951, 20), (1.0, 20)]
)
def test_nothing_is_interpolated_between_twenty_values(q: float, expected: int) -> None:
    assert percentile(range(1, 21), q) == expected


def test_a_share_that_rounding_lifts_above_a_whole_number_is_that_number() -> None:
    assert 50 * 0.14 > 7
    assert percentile(range(1, 51), 0.14) == 7


def test_without_values_there_is_none() -> None:
    assert percentile([], 0.85) is None


@pytest.mark.parametrize("q", [0.0, -0.1, 1.1, 85])
def test_a_share_out_of_range_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="a percentile lies above 0"):
        percentile([1], q)
