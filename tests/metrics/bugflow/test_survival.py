from __future__ import annotations

import warnings

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.bugflow.incidence import without_cause
from pmbridge.metrics.bugflow.survival import kaplan_meier, log_rank

#: Freireich et al. 1963: weeks in remission under 6-MP and under placebo.
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

LIVES = st.lists(st.tuples(st.floats(0.01, 100), st.integers(0, 2)), min_size=1, max_size=60).filter(
    lambda lives: any(kind for _, kind in lives)
)


def referees():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines
        import lifelines.statistics
        from statsmodels.duration import survfunc
    return lifelines, survfunc


def test_freireichs_table_is_reproduced():
    curve = kaplan_meier(TREATED, [bool(e) for e in RELAPSED])
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.share.tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    published = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve.deviation.tolist() == pytest.approx(published, abs=6e-4)
    assert curve.quantile(0.5) == 23


def test_the_mean_of_those_that_are_over_is_far_too_low():
    over = [t for t, e in zip(TREATED, RELAPSED, strict=True) if e]
    curve = kaplan_meier(TREATED, [bool(e) for e in RELAPSED])
    assert sum(over) / len(over) == pytest.approx(12.1111, abs=1e-4)
    assert curve.quantile(0.5) == 23
    assert curve.mean_within(35) == pytest.approx(23.287395, abs=1e-4)


def test_the_log_rank_test_tells_the_two_treatments_apart():
    found = log_rank([(TREATED, [bool(e) for e in RELAPSED]), (PLACEBO, [True] * 21)])
    assert found.chi2 == pytest.approx(16.793, abs=6e-4)
    assert found.p == pytest.approx(4.17e-5, rel=1e-3)
    assert kaplan_meier(PLACEBO, [True] * 21).quantile(0.5) == 8


@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_lifelines_and_statsmodels(seed):
    lifelines, survfunc = referees()
    dice = numpy.random.default_rng(seed)
    size = int(dice.integers(15, 200))
    time = dice.exponential(8, size).round(int(dice.integers(0, 3))) + 0.5
    over = dice.random(size) < 0.6
    over[0] = True
    curve = kaplan_meier(time, over)
    one = lifelines.KaplanMeierFitter().fit(time, over)
    assert curve.share == pytest.approx(one.survival_function_at_times(curve.times).to_numpy(), abs=1e-9)
    band = one.confidence_interval_survival_function_.loc[curve.times].to_numpy()
    inside = curve.share > 0
    assert curve.lower[inside] == pytest.approx(band[inside, 0], abs=1e-9)
    assert curve.upper[inside] == pytest.approx(band[inside, 1], abs=1e-9)
    other = survfunc.SurvfuncRight(time, over.astype(int))
    assert curve.share == pytest.approx(other.surv_prob, abs=1e-9)
    kept = curve.share > 1e-12
    assert curve.deviation[kept] == pytest.approx(other.surv_prob_se[kept], abs=1e-9)
    assert curve.quantile(0.5) == pytest.approx(one.median_survival_time_) or one.median_survival_time_ == numpy.inf


@pytest.mark.parametrize("seed", range(8))
def test_delayed_entry_agrees_with_both(seed):
    lifelines, survfunc = referees()
    dice = numpy.random.default_rng(100 + seed)
    entry = numpy.where(dice.random(80) < 0.5, 0.0, dice.exponential(3, 80))
    time = entry + dice.exponential(6, 80) + 0.01
    over = dice.random(80) < 0.7
    curve = kaplan_meier(time, over, entry)
    one = lifelines.KaplanMeierFitter().fit(time, over, entry=entry)
    assert curve.share == pytest.approx(one.survival_function_at_times(curve.times).to_numpy(), abs=1e-9)
    other = survfunc.SurvfuncRight(time, over.astype(int), entry=entry)
    assert curve.share == pytest.approx(other.surv_prob, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_competing_endings_agree_with_statsmodels(seed):
    _, survfunc = referees()
    dice = numpy.random.default_rng(200 + seed)
    time, kind = dice.exponential(8, 120), dice.integers(0, 3, 120)
    kind[time.argmax()] = 0
    other = survfunc.CumIncidenceRight(time, kind)
    for cause in (1, 2):
        curve = without_cause(time, kind, cause)
        at = numpy.searchsorted(other.times, curve.times)
        assert 1 - curve.share == pytest.approx(other.cinc[cause - 1][at], abs=1e-9)
        assert curve.deviation == pytest.approx(other.cinc_se[cause - 1][at], abs=1e-9)


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_the_log_rank_test_agrees_with_lifelines(groups):
    lifelines, _ = referees()
    dice = numpy.random.default_rng(groups)
    samples = [(dice.exponential(5 + n, 50).round(1) + 0.1, dice.random(50) < 0.7) for n in range(groups)]
    found = log_rank(samples)
    names = numpy.repeat(range(groups), 50)
    time, over = (numpy.concatenate([sample[i] for sample in samples]) for i in (0, 1))
    other = lifelines.statistics.multivariate_logrank_test(time, names, over)
    assert found.chi2 == pytest.approx(other.test_statistic, abs=1e-9)
    assert found.p == pytest.approx(other.p_value, abs=1e-9)


@given(lives=LIVES)
def test_the_share_never_rises_and_the_band_holds_it(lives):
    curve = kaplan_meier([t for t, _ in lives], [bool(kind) for _, kind in lives])
    assert (numpy.diff(curve.share) <= 1e-15).all()
    assert ((curve.share >= -1e-15) & (curve.share <= 1)).all()
    assert (curve.lower <= curve.share + 1e-12).all()
    assert (curve.share <= curve.upper + 1e-12).all()


@given(times=st.lists(st.floats(0.01, 50), min_size=1, max_size=50))
def test_without_censoring_it_is_the_empirical_distribution(times):
    curve = kaplan_meier(times, [True] * len(times))
    for t in times:
        assert curve.at(t) == pytest.approx(sum(x > t for x in times) / len(times), abs=1e-12)


@given(lives=LIVES)
def test_the_shares_of_all_endings_and_of_none_make_one(lives):
    time, kind = [t for t, _ in lives], [k for _, k in lives]
    none = kaplan_meier(time, [k > 0 for k in kind])
    for t in time:
        ended = sum(1 - without_cause(time, kind, cause).at(t) for cause in (1, 2))
        assert ended + none.at(t) == pytest.approx(1, abs=1e-9)


@given(lives=LIVES)
def test_taking_a_declined_bug_for_one_still_open_overstates_repairs(lives):
    time, kind = [t for t, _ in lives], [k for _, k in lives]
    naive = kaplan_meier(time, [k == 1 for k in kind])
    honest = without_cause(time, kind, 1)
    assert all(honest.at(t) >= naive.at(t) - 1e-12 for t in time)


def test_a_quantile_out_of_reach_is_none_and_its_bound_too():
    curve = kaplan_meier([1, 2, 3, 4], [True, False, False, False])
    assert curve.quantile(0.5) is None
    assert curve.quantile_interval(0.5)[1] is None


def test_nothing_over_yet_is_a_flat_line():
    curve = kaplan_meier([1.0, 2.0], [False, False])
    assert curve.at(5) == 1
    assert curve.quantile(0.5) is None
    assert curve.mean_within(30) == 30


@pytest.mark.parametrize(
    ("time", "entry", "said"),
    [
        ([1, -2], None, "negative"),
        ([1, float("nan")], None, "finite"),
        ([1, 2], [0, 2], "observation"),
        ([1, 2], [0], "length"),
    ],
)
def test_times_that_cannot_be_are_refused(time, entry, said):
    with pytest.raises(ValueError, match=said):
        kaplan_meier(time, [True, True], entry)


def test_one_group_cannot_be_compared():
    with pytest.raises(ValueError, match="two groups"):
        log_rank([([1.0], [True])])
