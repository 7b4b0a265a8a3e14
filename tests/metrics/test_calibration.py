from __future__ import annotations

from itertools import accumulate, pairwise
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.calibration import (
    ScoredForecast,
    binomial_p_value,
    coverage,
    score,
    track_record,
)
from pmbridge.metrics.forecast import Prediction, Regime, Target
from pmbridge.metrics.replay import FinishRule, Member, MilestoneWindow, replay

PREDICTION = Prediction(Target.GROWING, Regime.NONE, location=log(30), scale=0.5, freedom=8, n=2, shift=0)


def ended(start: int, finish: int, done: list[int]) -> MilestoneWindow:
    items = tuple(Member(start, None, ((day, None),), start) for day in done)
    return MilestoneWindow(FinishRule.RELEASE, items, hindsight_start=start, finish=finish)


def release(start: int, finish: int) -> MilestoneWindow:
    return ended(start, finish, [start + (finish - start) * n // 12 for n in range(1, 13)])


def regular(count: int, length: int = 40) -> list[MilestoneWindow]:
    return [release(length * n, length * (n + 1)) for n in range(count)]


@pytest.mark.parametrize(("hits", "p"), [(14, 0.106), (12, 0.006)])
def test_the_binomial_test_tells_suspicious_from_broken(hits: int, p: float) -> None:
    assert round(binomial_p_value(hits, 20, 0.85), 3) == p


def test_seventeen_of_twenty_is_what_was_promised() -> None:
    assert binomial_p_value(17, 20, 0.85) == pytest.approx(1.0)


@given(trials=st.integers(1, 60), hits=st.integers(0, 60), probability=st.floats(0.01, 0.99))
def test_the_binomial_test_equals_that_of_scipy(trials: int, hits: int, probability: float) -> None:
    from scipy.stats import binomtest

    hits = min(hits, trials)
    assert binomial_p_value(hits, trials, probability) == pytest.approx(
        binomtest(hits, trials, probability).pvalue, abs=1e-9
    )


@given(q=st.floats(0.02, 0.98))
def test_a_forecast_holds_exactly_as_often_as_it_says_where_it_is_right(q: float) -> None:
    held = sum(
        score(PREDICTION, day).hit(q) * (PREDICTION.probability_within(day) - PREDICTION.probability_within(day - 1))
        for day in range(1, 1000)
    )
    assert held == pytest.approx(q, abs=1e-3)


def test_an_outcome_is_hit_in_part_where_its_day_straddles_the_percentile() -> None:
    straddling = ScoredForecast(before=0.80, upto=0.90)
    assert [straddling.hit(q) for q in (0.80, 0.85, 0.90)] == pytest.approx([0, 0.5, 1])


def test_an_outcome_beyond_everything_foreseen_is_no_hit() -> None:
    assert ScoredForecast(before=1.0, upto=1.0).hit(0.95) == 0


def test_coverage_of_nothing_is_none() -> None:
    assert coverage([], 0.85) is None


def test_a_project_without_a_past_has_no_record() -> None:
    record = track_record(replay([], Target.GROWING))
    assert (record.n, record.p85_coverage, record.p85_interval, record.is_shown) == (0, None, None, False)


def test_a_record_counts_one_forecast_a_milestone_and_is_tested_from_twenty_on() -> None:
    few, many = (track_record(replay(regular(n), Target.GROWING)) for n in (8, 20))
    assert (few.n, few.is_shown, few.p85_p_value) == (8, True, None)
    assert many.n == 20
    assert many.p85_p_value is not None


def test_a_project_that_keeps_its_rhythm_keeps_its_dates() -> None:
    record = track_record(replay(regular(20), Target.GROWING))
    assert record.p85_hits == 20
    assert record.p85_coverage == 1.0
    assert record.p85_interval is not None
    assert record.p85_interval[0] > 0.8


def test_milestones_that_drag_ever_longer_after_a_quick_begin_miss_their_dates() -> None:
    finishes = list(accumulate(round(12 * 1.55**n) for n in range(10)))
    windows = [ended(a, b, [*range(a + 1, a + 12), b]) for a, b in pairwise(finishes)]
    record = track_record(replay(windows, Target.GROWING))
    assert record.p50_coverage is not None
    assert record.p50_coverage < 0.25


def test_each_forecast_of_a_record_hears_only_what_was_known_then() -> None:
    history = [release(60 * n, 60 * n + 20 + 7 * (n % 4)) for n in range(10)]
    endless = release(600, 1300)
    before, after = (track_record(replay(p, Target.GROWING)) for p in (history, [*history, endless]))
    assert before.p50_coverage is not None
    assert after.p50_coverage is not None
    assert 0.1 < before.p50_coverage < 0.9
    assert 11 * after.p50_coverage == pytest.approx(10 * before.p50_coverage)
