from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.bugflow.control_chart import MIN_POINTS, c_chart, score, u_chart

#: Montgomery & Runger, exercise 15.6.3: defects on 24 samples of five boards.
SOLDER = [7, 6, 8, 10, 24, 6, 5, 4, 8, 11, 15, 8, 4, 16, 11, 12, 8, 6, 5, 9, 7, 14, 8, 21]


def test_the_solder_samples_five_and_twenty_four_are_out():
    chart = u_chart(SOLDER, [5] * 24)
    assert [place + 1 for place in chart.out] == [5, 24]
    assert chart.centre == pytest.approx(1.941667, abs=1e-6)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((0.072175, 3.811159), abs=1e-6)


def test_without_them_the_limits_tighten_and_nobody_else_is_out():
    kept = [n for n in range(24) if n not in (4, 23)]
    chart = u_chart(SOLDER, [5] * 24, kept)
    assert chart.centre == pytest.approx(1.709091, abs=1e-6)
    assert chart.upper[0] == pytest.approx(3.463047, abs=1e-6)
    assert chart.lower[0] == 0
    assert set(chart.out) == {4, 23}


def test_more_exposure_narrows_the_limits():
    chart = u_chart([5, 20], [1, 4])
    assert chart.upper[1] < chart.upper[0]


def test_a_silent_reporting_channel_is_out_below():
    chart = c_chart([20] * 20 + [0])
    assert chart.out == (20,)


def test_counts_that_scatter_more_than_chance_get_wider_limits():
    dice = numpy.random.default_rng(3)
    wild = dice.negative_binomial(2, 2 / 12, 200).tolist()
    plain, wide = c_chart(wild), c_chart(wild, widen=True)
    assert wide.widened > 1.5
    assert len(wide.out) < len(plain.out)
    calm = dice.poisson(10, 200).tolist()
    assert c_chart(calm, widen=True).widened == 1.0
    assert len(calm) > MIN_POINTS


@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_a_chart_of_equal_exposures_is_the_chart_of_counts(counts):
    per_unit, of_counts = u_chart(counts, [2.0] * len(counts)), c_chart(counts)
    assert per_unit.centre * 2 == pytest.approx(of_counts.centre)
    assert set(per_unit.out) == set(of_counts.out)


@pytest.mark.parametrize(
    ("counts", "units", "baseline", "said"),
    [([1], [0], None, "exposure"), ([1, 2], [1], None, "as many"), ([1], [1], [], "in control")],
)
def test_charts_that_cannot_be_are_refused(counts, units, baseline, said):
    with pytest.raises(ValueError, match=said):
        u_chart(counts, units, baseline)


def test_a_count_is_scored_against_what_was_expected():
    assert score(19, 9) == pytest.approx(10 / 3)
    with pytest.raises(ValueError, match="above 0"):
        score(1, 0)
