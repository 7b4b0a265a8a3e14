from __future__ import annotations

import numpy
import pytest
from numpy.random import PCG64, Generator

from pmbridge.metrics.network.criticality import draw_remaining, simulate
from pmbridge.metrics.network.three_point import ThreePoint


@pytest.fixture
def rng() -> Generator:
    return Generator(PCG64(7))


def test_two_equal_paths_are_critical_half_of_the_time_and_end_later_than_either(rng: Generator) -> None:
    one = ThreePoint(2, 5, 8)
    found = simulate({"A": (), "B": (), "C": ("A", "B")}, {k: one.draw(20_000, rng) for k in "ABC"})
    assert found.criticality["A"] == pytest.approx(0.5, abs=0.02)
    assert found.criticality["C"] == 1
    assert found.quantile(0.5) > 10.3
    assert found.probability_within(10) < 0.45


def test_a_side_path_with_plenty_of_time_is_never_critical(rng: Generator) -> None:
    durations = {"A": numpy.full(100, 9.0), "B": numpy.full(100, 1.0), "C": numpy.full(100, 2.0)}
    found = simulate({"A": (), "B": (), "C": ("A", "B")}, durations)
    assert found.criticality == {"A": 1, "B": 0, "C": 1}
    assert found.quantile(0.85) == 11
    assert found.probability_within(10.9) == 0


def test_draws_have_the_mean_of_the_estimate(rng: Generator) -> None:
    assert ThreePoint(1, 2, 9).draw(50_000, rng).mean() == pytest.approx(3, abs=0.03)
    assert set(ThreePoint(4, 4, 4).draw(5, rng)) == {4}


def test_what_is_left_comes_from_work_that_lasted_longer(rng: Generator) -> None:
    assert set(draw_remaining([1, 3, *[5, 9] * 5], 4, 200, rng)) == {1, 5}
    few = draw_remaining([1, 3, 5, 6, 400], 4, 50_000, rng)
    assert float(numpy.median(few)) == pytest.approx(2, rel=0.05)
    assert draw_remaining([1, 2], 10, 50_000, rng).mean() == pytest.approx(10, rel=0.05)


def test_a_network_without_work_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        simulate({}, {})
