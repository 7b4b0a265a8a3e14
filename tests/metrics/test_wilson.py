from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.wilson import wilson_interval


@pytest.mark.parametrize(
    ("hits", "low", "high"), [(7, 18, 57), (6, 15, 52), (1, 1, 24)], ids=["7 of 20", "6 of 20", "1 of 20"]
)
def test_it_gives_the_intervals_printed_by_flakerate(hits: int, low: int, high: int) -> None:
    interval = wilson_interval(hits, 20)
    assert interval is not None
    assert [round(100 * bound) for bound in interval] == [low, high]


@given(trials=st.integers(1, 5000), share=st.floats(0, 1))
def test_it_holds_the_observed_share_and_stays_within_it(trials: int, share: float) -> None:
    hits = round(share * trials)
    interval = wilson_interval(hits, trials)
    assert interval is not None
    assert 0 <= interval[0] <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= interval[1] <= 1


@given(trials=st.integers(1, 500), hits=st.integers(0, 500))
def test_misses_mirror_hits(trials: int, hits: int) -> None:
    hits = min(hits, trials)
    some, others = wilson_interval(hits, trials), wilson_interval(trials - hits, trials)
    assert some is not None
    assert others is not None
    assert some[0] == pytest.approx(1 - others[1], abs=1e-12)


def test_without_trials_there_is_none() -> None:
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize("hits", [-1, 5])
def test_a_count_that_cannot_be_is_refused(hits: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson_interval(hits, 4)
