from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.concentration import concentration


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
