from __future__ import annotations

from math import inf

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator

from pmbridge.metrics.simulation.autoregressive import WeeklyRates, correlation, how_many, items_within, nb_ar
from pmbridge.metrics.simulation.bootstrap import bayes_bootstrap, bootstrap
from pmbridge.metrics.simulation.closed_forms import negative_binomial_within
from pmbridge.metrics.simulation.convolution import finish
from pmbridge.metrics.simulation.history import TooLittleHistoryError, Weeks, per_full_week
from pmbridge.metrics.simulation.seed import Seed
from pmbridge.metrics.simulation.trials import Impact, Question, RiskEvent, horizon

WEEKS = (8, 5, 4, 6, 6, 5, 3, 1, 3, 3, 2, 7, 6, 6, 3, 5, 2, 2, 5, 6, 4, 3)
MODELS = (nb_ar, bootstrap, bayes_bootstrap)

histories = st.lists(st.integers(0, 9), min_size=4, max_size=26).filter(lambda w: sum(n > 0 for n in w) >= 4)
few = st.integers(1, 30)


def seeded(key: str = "1.0") -> Generator:
    return Seed(1, key, 739_000).generator()


def ask(remaining: int, **more: object) -> Question:
    return Question(remaining, trials=600, **more)  # type: ignore[arg-type]


def test_many_trials_of_the_bootstrap_come_within_a_period_of_the_convolution(rng: Generator) -> None:
    exact = finish(WEEKS, 38)
    drawn = bootstrap(Weeks(WEEKS), Question(38, trials=200_000), rng)
    for q in (0.5, 0.7, 0.85, 0.95):
        assert abs(drawn.quantile(q) - exact.quantile(q)) <= 1
    for week in (8, 9, 10, 11):
        assert drawn.probability_within(week) == pytest.approx(exact.probability_within(week), abs=0.005)


def test_the_urn_draws_what_dirichlet_weights_would(rng: Generator) -> None:
    weights = rng.dirichlet(numpy.ones(4), 100_000)
    two_of_a_kind = (weights**2).sum(axis=1).mean()
    pace = (1.0, 10.0, 100.0, 1000.0)
    # Two weeks bring 2,000 only where both are the week of 1,000.
    alike = bayes_bootstrap(Weeks(pace), Question(2000, trials=100_000), rng).probability_within(2)
    assert alike == pytest.approx(two_of_a_kind / 4, abs=0.005)


@pytest.mark.parametrize("model", MODELS)
def test_a_constant_pace_is_exact_for_the_bootstraps_and_central_for_the_rates(model, rng: Generator) -> None:
    found = model(Weeks((5,) * 26), Question(50), rng)
    if model is nb_ar:
        assert found.quantile(0.5) == pytest.approx(10, abs=0.3)
    else:
        assert {found.quantile(q) for q in (0.05, 0.5, 0.85, 0.95)} == {10}


def test_the_last_week_is_spread_evenly(rng: Generator) -> None:
    found = bootstrap(Weeks((5,) * 8), Question(7), rng)
    assert found.quantile(0.5) == pytest.approx(1.4)
    assert found.quantile_days(0.5) == 10


def test_rates_without_memory_or_doubt_are_the_negative_binomial_almost(rng: Generator) -> None:
    rates = WeeklyRates.of(WEEKS)
    means, last, sums = rates.means(200_000, rng), None, numpy.zeros(200_000)
    for _ in range(4):
        last = rates.deviates(last, 200_000, rng)
        sums += rates.factors(last)
    assert means.mean() == pytest.approx(rates.mean, rel=0.01)
    assert means.std() == pytest.approx(rates.deviation, rel=0.02)
    assert sums.mean() == pytest.approx(4, rel=0.01)
    steady = WeeklyRates(5, 1e-6, 0.0, 0.0)
    counts = rng.poisson(steady.means(200_000, rng) * 4)
    assert (counts >= 20).mean() == pytest.approx(negative_binomial_within(5, 5, 20, 4), abs=0.005)


def test_following_the_rates_to_one_goal_equals_counting_every_week(rng: Generator) -> None:
    followed = nb_ar(Weeks(WEEKS), Question(38, trials=100_000), rng)
    for week in (7, 9, 11, 13):
        counts = items_within(Weeks(WEEKS), week, 100_000, rng)
        assert followed.probability_within(week) == pytest.approx((counts >= 38).mean(), abs=0.008)


def test_the_correlation_of_weeks_is_shrunk_and_bounded() -> None:
    assert correlation((5, 5, 5, 5)) == pytest.approx(10 * 0.25 / 14)
    assert correlation(tuple(range(26))) == pytest.approx(0.7, abs=0.05)
    assert 0 <= correlation((9, 0) * 13) < 0.01
    assert WeeklyRates.of((5, 5, 5, 5)).persistence == 0


def test_how_many_by_a_date_falls_with_the_confidence_asked(rng: Generator) -> None:
    counts = items_within(Weeks(WEEKS), 4, 10_000, rng)
    answers = [how_many(counts, q) for q in (0.5, 0.7, 0.85, 0.95)]
    assert answers == sorted(answers, reverse=True)
    assert (counts >= answers[2]).mean() >= 0.85
    assert (counts >= answers[2] + 1).mean() < 0.85


def test_a_scope_that_grows_ends_later_and_a_freeze_sooner_than_growth(rng: Generator) -> None:
    grows = Weeks(WEEKS, tuple(1 + n // 4 for n in WEEKS))
    for model in MODELS:
        frozen = model(Weeks(WEEKS), Question(38), seeded()).quantile(0.85)
        growing = model(grows, Question(38), seeded()).quantile(0.85)
        stopped = model(grows, Question(38, freeze_weeks=3), seeded()).quantile(0.85)
        assert frozen < stopped < growing


def test_a_scope_that_grows_faster_than_work_is_done_never_ends_and_says_so(rng: Generator) -> None:
    for model in MODELS:
        found = model(Weeks((5,) * 8, (9.0,) * 8), Question(30), seeded())
        assert found.beyond > 0.99
        assert found.quantile(0.85) == inf
        assert found.quantile_days(0.85) is None


def test_register_risks_cost_items_or_days(rng: Generator) -> None:
    sure_days, sure_items = RiskEvent(1, 14), RiskEvent(1, 10, Impact.ITEMS)
    plain = bootstrap(Weeks((5,) * 8), Question(20), seeded())
    assert plain.quantile(0.5) == 4
    assert bootstrap(Weeks((5,) * 8), Question(20, risks=(sure_days,)), seeded()).quantile(0.5) == 6
    assert bootstrap(Weeks((5,) * 8), Question(20, risks=(sure_items,)), seeded()).quantile(0.5) == 6
    even = bootstrap(Weeks((5,) * 8), Question(20, risks=(RiskEvent(0.5, 14),)), seeded())
    assert even.probability_within(4) == pytest.approx(0.5, abs=0.02)
    assert even.expected_slip_days(28) == pytest.approx(7, abs=0.3)
    with pytest.raises(ValueError, match="probability"):
        RiskEvent(1.5, 1)


def test_splits_multiply_what_is_left_and_closed_weeks_bring_nothing(rng: Generator) -> None:
    assert bootstrap(Weeks((5,) * 8), Question(20, split=1.5), seeded()).quantile(0.5) == 6
    for model in MODELS:
        open_ = model(Weeks((5,) * 8), Question(20), seeded()).quantile(0.5)
        closed = model(Weeks((5,) * 8), Question(20, open_share=(0.0, 0.5)), seeded()).quantile(0.5)
        assert closed == pytest.approx(open_ + 1.5, abs=0.02)


def test_holidays_are_taken_out_of_the_past() -> None:
    assert per_full_week((4, 2, 1, 3), (1, 0.5, 0, 1)) == (4, 4, 4)


def test_too_little_history_is_refused_in_words() -> None:
    with pytest.raises(TooLittleHistoryError, match="no throughput in 26 weeks"):
        nb_ar(Weeks((0,) * 26), Question(5), seeded())
    with pytest.raises(TooLittleHistoryError, match="only 3 of the 4 weeks"):
        bootstrap(Weeks((1, 0, 2, 3)), Question(5), seeded())
    with pytest.raises(ValueError, match="counts of 0 or more"):
        Weeks((1, -1))
    with pytest.raises(ValueError, match="same weeks"):
        Weeks((1, 1), (1,))
    assert Weeks((3, 2, 0, 0, 0, 0)).is_paused
    assert [Weeks((1,) * n).confidence for n in (4, 8, 12)] == ["low", "medium", "high"]
    assert (horizon(None), horizon(30)) == (52, 90)


@pytest.mark.parametrize("model", MODELS)
@given(weekly=histories, remaining=few, extra=st.integers(0, 20))
def test_percentiles_are_ordered_and_more_work_is_never_earlier(model, weekly, remaining, extra) -> None:
    less, more = (model(Weeks(tuple(weekly)), ask(n, horizon=200), seeded()) for n in (remaining, remaining + extra))
    found = [less.quantile(q) for q in (0.5, 0.85, 0.95)]
    assert found == sorted(found)
    if model is not nb_ar:
        assert all(less.quantile(q) <= more.quantile(q) for q in (0.5, 0.85, 0.95))


@pytest.mark.parametrize("model", [bootstrap, bayes_bootstrap])
@given(weekly=histories, remaining=few)
def test_double_the_pace_is_never_later(model, weekly, remaining) -> None:
    slow = model(Weeks(tuple(weekly)), ask(remaining, horizon=200), seeded())
    fast = model(Weeks(tuple(2 * n for n in weekly)), ask(remaining, horizon=200), seeded())
    assert all(fast.quantile(q) <= slow.quantile(q) for q in (0.5, 0.85, 0.95))


@given(weekly=histories, remaining=few)
def test_the_rates_end_later_with_much_more_work_and_sooner_at_double_the_pace(weekly, remaining) -> None:
    middle = nb_ar(Weeks(tuple(weekly)), ask(remaining, horizon=400), seeded())
    more = nb_ar(Weeks(tuple(weekly)), ask(3 * remaining + 20, horizon=400), seeded())
    fast = nb_ar(Weeks(tuple(4 * n for n in weekly)), ask(remaining, horizon=400), seeded())
    assert more.quantile(0.5) > middle.quantile(0.5)
    assert fast.quantile(0.5) < middle.quantile(0.5) + 0.5


@pytest.mark.parametrize("model", MODELS)
def test_the_same_question_has_the_same_answer_to_the_byte(model) -> None:
    one, two = (model(Weeks(WEEKS), Question(38), seeded()) for _ in range(2))
    assert one.weeks.tobytes() == two.weeks.tobytes()
    other = model(Weeks(WEEKS), Question(38), seeded("1.1"))
    assert other.weeks.tobytes() != one.weeks.tobytes()


def test_the_seed_is_stable_across_machines() -> None:
    assert Seed(7, "Checkout 2.0", 739_000).words == (7, 3736329959879629503, 739_000, 1)
    assert int(Seed(7, "Checkout 2.0", 739_000).generator().integers(0, 10**9)) == 75_451_157


@pytest.mark.parametrize("model", MODELS)
def test_nothing_left_is_done_at_once(model, rng: Generator) -> None:
    assert model(Weeks(WEEKS), Question(0), rng).quantile(0.95) == 0
