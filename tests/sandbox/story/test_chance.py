from __future__ import annotations

from random import Random
from statistics import mean, median, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.sandbox.story.chance import FIBONACCI, lognormal, poisson, story_points


@pytest.mark.parametrize("expected", [0.5, 4.0, 60.0])
def test_poisson_counts_have_their_mean_as_variance(expected):
    dice = Random(11)
    counts = [poisson(dice, expected) for _ in range(4000)]
    assert mean(counts) == pytest.approx(expected, rel=0.05)
    assert variance(counts) == pytest.approx(expected, rel=0.12)


def test_nothing_is_expected_of_a_mean_of_zero():
    assert poisson(Random(1), 0.0) == 0


def test_log_normal_values_have_the_median_asked_for():
    dice = Random(5)
    assert median(lognormal(dice, 8.0, 0.7) for _ in range(4000)) == pytest.approx(8.0, rel=0.06)


@given(st.floats(0.01, 200))
def test_story_points_are_cards_of_the_deck(hours):
    assert story_points(hours) in FIBONACCI


@given(st.floats(0.01, 200), st.floats(0.01, 200))
def test_more_work_never_gets_fewer_points(first, second):
    low, high = sorted((first, second))
    assert story_points(low) <= story_points(high)
