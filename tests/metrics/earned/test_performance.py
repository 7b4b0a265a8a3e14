from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.earned.performance import Performance, earned_by_time

amounts = st.floats(0.01, 1e6)


@pytest.fixture
def published() -> Performance:
    """A project of 100,000, planned 10, 20, 40, 70 and 100 %, after three periods and 35 % complete."""
    return Performance(bac=100_000, pv=0.4 * 100_000, ev=0.35 * 100_000, ac=36_000)


def test_variances_and_indices_equal_the_published_ones(published: Performance) -> None:
    assert (published.sv, published.cv) == (-5000, -1000)
    assert published.spi == pytest.approx(0.875, abs=1e-6)
    assert published.cpi == pytest.approx(0.9722222, abs=1e-6)


def test_the_estimates_at_completion_are_a_family_with_a_range(published: Performance) -> None:
    family = published.estimates(bottom_up=66_857.142857)
    assert family.typical == pytest.approx(102_857.1429, abs=1e-4)
    assert family.atypical == 101_000
    assert family.both_indices == pytest.approx(112_408.1633, abs=1e-4)
    assert family.bottom_up == pytest.approx(102_857.1429, abs=1e-4)
    assert family.range == pytest.approx((101_000, 112_408.1633), abs=1e-4)


def test_the_index_needed_for_the_rest(published: Performance) -> None:
    assert published.tcpi == pytest.approx(1.0156, abs=5e-5)
    assert published.tcpi_to(102_857.142857) == pytest.approx(0.9722, abs=5e-5)
    assert published.tcpi_to(36_000) is None


def test_a_task_earns_by_its_remaining_estimate() -> None:
    assert earned_by_time(10_000, 11_000, 1_000) == pytest.approx(9166.67, abs=0.01)
    assert Performance(10_000, 10_000, 9166.67, 11_000).estimates(1_000).bottom_up == 12_000
    assert earned_by_time(10_000, 0, 0) == 0
    with pytest.raises(ValueError, match="cannot be negative"):
        earned_by_time(10_000, -1, 5)


def test_the_cost_index_is_not_printed_below_fifteen_per_cent() -> None:
    assert Performance(100, 20, 14.9, 10).printable_cpi is None
    assert Performance(100, 20, 15, 10).printable_cpi == 1.5


def test_an_index_without_a_denominator_does_not_exist() -> None:
    nothing = Performance(0, 0, 0, 0)
    assert (nothing.spi, nothing.cpi, nothing.complete, nothing.printable_cpi) == (None, None, None, None)
    assert Performance(10, None, 5, None).estimates().range is None
    assert Performance(10, None, 5, None).sv is None
    assert Performance(10, None, 5, None).cv is None


@given(bac=amounts, share=st.floats(0.01, 1), pv=amounts, ac=amounts)
def test_the_range_holds_every_estimate(bac: float, share: float, pv: float, ac: float) -> None:
    now = Performance(bac, pv, share * bac, ac)
    family = now.estimates(bottom_up=bac)
    low, high = family.range or (0, 0)
    for one in (family.typical, family.atypical, family.both_indices, family.bottom_up):
        assert one is not None
        assert low <= one <= high
