from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.concentration import concentration, half_since


def test_one_person_with_more_than_half_is_a_bus_factor_of_one() -> None:
    found = concentration({"ada": 6, "bob": 3, "eve": 1})
    assert found is not None
    assert (found.bus_factor, found.largest, found.people) == (1, 0.6, 3)
    assert found.is_thin


def test_half_is_not_more_than_half() -> None:
    found = concentration({"ada": 5, "bob": 3, "eve": 2})
    assert found is not None
    assert (found.bus_factor, found.is_thin) == (2, False)


def test_nobody_with_work_is_no_concentration() -> None:
    assert concentration({}) is None
    assert concentration({"ada": 0.0}) is None


@given(st.dictionaries(st.text(max_size=3), st.floats(0.1, 50), min_size=1, max_size=12))
def test_the_few_hold_more_than_half_and_one_fewer_do_not(weights: dict[str, float]) -> None:
    found = concentration(weights)
    assert found is not None
    held, total = sorted(weights.values(), reverse=True), sum(weights.values())
    assert sum(held[: found.bus_factor]) > total / 2 - 1e-9
    assert sum(held[: found.bus_factor - 1]) <= total / 2 + 1e-9
    assert found.largest == pytest.approx(held[0] / total)


def test_half_is_passed_with_the_piece_that_makes_it_more_than_half() -> None:
    days = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 4, 9)]
    taken = [(days[2], 1.0), (days[0], 1.0), (days[1], 0.5)]
    assert half_since(taken, 4) == days[2]
    assert half_since(taken, 2.9) == days[1]
    assert half_since(taken, 5) is None


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from((0.25, 0.5, 1.0))), min_size=1), st.integers(0, 20))
def test_before_the_instant_it_was_no_half_and_after_it_always_is(pieces: list[tuple[int, float]], more: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    taken = [(begin + timedelta(days=day), weight) for day, weight in pieces]
    total = sum(weight for _, weight in taken) + more
    at = half_since(taken, total)
    held = sum(weight for when, weight in taken if at is None or when <= at)
    assert (held > total / 2) == (at is not None)
    assert at is None or sum(weight for when, weight in taken if when < at) <= total / 2
