from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from pmbridge.metrics.simulation.closed_forms import moments, negative_binomial_within, poisson_within, quantile


def test_a_poisson_process_of_five_a_week_and_fifty_items() -> None:
    assert poisson_within(5, 50, 10) == pytest.approx(0.5188083155, abs=1e-8)
    assert poisson_within(5, 50, 12) == pytest.approx(0.9155933189, abs=1e-8)
    assert {q: quantile(lambda k: poisson_within(5, 50, k), q / 100) for q in (50, 85, 95)} == {50: 10, 85: 12, 95: 13}


@given(rate=st.floats(0.1, 20), remaining=st.integers(1, 100), periods=st.integers(1, 30))
def test_the_poisson_form_is_the_tail_of_the_count(rate: float, remaining: int, periods: int) -> None:
    expected = poisson.sf(remaining - 1, rate * periods)
    assert poisson_within(rate, remaining, periods) == pytest.approx(expected, abs=1e-10)


@given(mean=st.floats(0.2, 20), more=st.floats(0.01, 30), remaining=st.integers(1, 100), periods=st.integers(1, 30))
def test_the_negative_binomial_form_is_the_tail_of_the_summed_count(
    mean: float, more: float, remaining: int, periods: int
) -> None:
    size, chance = mean * mean / more, mean / (mean + more)
    expected = nbinom.sf(remaining - 1, periods * size, chance)
    assert negative_binomial_within(mean, mean + more, remaining, periods) == pytest.approx(expected, abs=1e-9)


def test_weeks_that_scatter_no_more_than_chance_are_poisson() -> None:
    assert negative_binomial_within(5, 4, 50, 10) == poisson_within(5, 50, 10)
    assert moments((5, 5, 5)) == (5, 5)
    assert moments((5,)) == (5, 5)
    assert moments((0, 10)) == (5, 50)


def test_edges() -> None:
    assert poisson_within(5, 0, 1) == negative_binomial_within(5, 9, 0, 1) == 1
    assert poisson_within(0, 3, 9) == negative_binomial_within(0, 0, 3, 9) == negative_binomial_within(5, 9, 3, 0) == 0
    with pytest.raises(ValueError, match="not reached"):
        quantile(lambda k: 0.0, 0.5)
    assert quantile(lambda k: 1.0, 0.5) == 0
