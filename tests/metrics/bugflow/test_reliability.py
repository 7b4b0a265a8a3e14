from __future__ import annotations

from collections import Counter

import numpy
import pytest
from scipy.optimize import brentq, curve_fit

from pmbridge.metrics.bugflow.goodness import probability
from pmbridge.metrics.bugflow.growth import Finds, Fit, Model, fit, shape
from pmbridge.metrics.bugflow.growth_region import chance_of_none, region
from pmbridge.metrics.bugflow.reliability import Circumstances, assess, choose
from pmbridge.metrics.bugflow.trend import estimate_exists, laplace

GO, DSS, MO = Model
#: Jelinski & Moranda 1972: the NTDS production phase, days between failures.
NTDS = [9, 12, 11, 4, 7, 2, 5, 8, 5, 7, 1, 6, 1, 9, 4, 1, 3, 3, 6, 1, 11, 33, 7, 91, 2, 1]
#: Ohba 1984: hours of computing and faults found by the end of each of 19 weeks.
OHBA_HOURS = [
    2.45, 4.9, 6.86, 7.84, 9.52, 12.89, 17.1, 20.47, 21.43, 23.35, 26.23, 27.67, 30.93, 34.77, 38.61, 40.91, 42.67,
    44.66, 47.65,
]  # fmt: skip
OHBA = [15, 44, 66, 103, 105, 110, 146, 175, 179, 206, 233, 255, 276, 298, 304, 311, 320, 325, 328]
#: Wood 1996, release 1: hours of execution and defects found by the end of each of 20 weeks.
WOOD_HOURS = [
    519, 968, 1430, 1893, 2490, 3058, 3625, 4422, 5218, 5823, 6539, 7083, 7487, 7846, 8205, 8564, 8923, 9282, 9641,
    10000,
]  # fmt: skip
WOOD = [16, 24, 27, 33, 41, 49, 54, 58, 69, 75, 81, 86, 90, 93, 96, 98, 99, 100, 100, 100]
SYS1_HOURLY = [27, 16, 11, 10, 11, 7, 2, 5, 3, 1, 4, 7, 2, 5, 5, 6, 0, 5, 1, 1, 2, 1, 2, 1, 1]


def ntds() -> Finds:
    return Finds.at(numpy.cumsum(NTDS).tolist(), 250)


def least_squares(model: Model, t, found) -> Fit:
    """Fit as the authors of several published tables did; ours is maximum likelihood."""
    start = (max(found) * 1.3, 1.5 / max(t))
    (a, b), _ = curve_fit(lambda x, a, b: a * shape(model, x, b), t, found, p0=start, maxfev=10_000)
    return Fit(model, a, b, 0.0, max(found), max(t))


def made(a: float, found: float, seed: int, span: float = 60.0) -> Finds:
    """Make data of a Goel-Okumoto process of which a share has been found."""
    dice = numpy.random.default_rng(seed)
    times = dice.exponential(-span / numpy.log(1 - found), dice.poisson(a))
    return Finds.at(times[times < span].tolist(), span)


def test_goel_and_okumotos_estimates_on_ntds_are_reproduced():
    found = fit(GO, ntds())
    assert found.a == pytest.approx(33.99, abs=0.006)
    assert found.b == pytest.approx(0.00579, rel=1e-3)
    assert found.log_likelihood == pytest.approx(-82.690, abs=1e-3)
    assert found.residual == pytest.approx(7.9935, abs=6e-4)


def test_the_fit_predicts_what_was_found_later():
    found = fit(GO, ntds())
    later = [found.mean(t) for t in (540, 798, 814, 849)]
    assert later == pytest.approx([32.5025, 33.6588, 33.6884, 33.7443], abs=6e-4)
    assert later == pytest.approx([31, 32, 33, 34], abs=2)


def test_the_interval_on_ntds_is_the_message_and_not_the_point():
    low, high = region(fit(GO, ntds()), ntds()).total()
    assert low == pytest.approx(22.3, abs=0.1)
    assert high == pytest.approx(102.9, abs=0.1)


def test_the_interval_ends_where_the_profile_likelihood_has_dropped_by_its_cut():
    data, found = ntds(), fit(GO, ntds())
    times = numpy.cumsum(NTDS)

    def profile(a: float) -> float:
        grid = numpy.exp(numpy.linspace(numpy.log(1e-5), numpy.log(0.2), 20_000))
        return (26 * numpy.log(a * grid) - grid * times.sum() - a * (1 - numpy.exp(-grid * 250))).max()

    for bound in region(found, data).total():
        assert profile(bound) == pytest.approx(found.log_likelihood - 1.3528, abs=2e-3)


def test_jelinski_and_morandas_count_lies_within_the_interval():
    gaps, n = numpy.array(NTDS, float), len(NTDS)
    weighed = (numpy.arange(n) * gaps).sum() / gaps.sum()
    number = brentq(lambda N: (1 / (N - numpy.arange(n))).sum() - n / (N - weighed), n + 0.01, 500)
    assert number == pytest.approx(31.2, abs=0.02)
    assert n / (number * gaps.sum() - (numpy.arange(n) * gaps).sum()) == pytest.approx(0.00685, abs=2e-5)
    low, high = region(fit(GO, ntds()), ntds()).total()
    assert low < number < fit(GO, ntds()).a < high


def test_ohbas_data_by_computing_time_are_reproduced():
    found = fit(GO, Finds.by_period(OHBA_HOURS, numpy.diff([0, *OHBA]).tolist()))
    assert found.a == pytest.approx(455.371, abs=0.012)
    assert found.b == pytest.approx(0.0267368, rel=1e-3)
    misses = [(found.mean(t) - n) ** 2 for t, n in zip(OHBA_HOURS, OHBA, strict=True)]
    assert sum(misses) / 19 == pytest.approx(206.93, abs=0.012)


def test_the_delayed_s_shape_is_the_one_of_the_published_tables():
    weeks = list(range(1, 20))
    found = least_squares(DSS, weeks, OHBA)
    assert found.a == pytest.approx(374.05, abs=0.006)
    assert found.b == pytest.approx(0.197651, rel=1e-3)
    assert sum((found.mean(t) - n) ** 2 for t, n in zip(weeks, OHBA, strict=True)) / 19 == pytest.approx(
        168.67, abs=0.006
    )


def test_woods_predicted_totals_are_least_squares_and_ours_is_lower():
    for week, total in {10: 98, 12: 116, 14: 129, 16: 138, 18: 138, 20: 133}.items():
        assert least_squares(GO, WOOD_HOURS[:week], WOOD[:week]).a == pytest.approx(total, abs=1)
    ours = fit(GO, Finds.by_period(WOOD_HOURS, numpy.diff([0, *WOOD]).tolist()))
    assert ours.a == pytest.approx(122.02, abs=0.01)


def test_laplaces_factor_is_negative_where_finds_slow_down():
    assert laplace(ntds()) == pytest.approx(-2.059838381, abs=1e-8)
    rows = {
        "sys1": (SYS1_HOURLY, -9.096834826),
        "flat": ([5] * 10, 0),
        "rising": (list(range(1, 11)), 3.872983346),
        "falling": (list(range(10, 0, -1)), -3.872983346),
    }
    for counts, factor in rows.values():
        assert laplace(Finds.by_period(list(range(1, len(counts) + 1)), counts)) == pytest.approx(factor, abs=1e-8)


@pytest.mark.parametrize(
    ("times", "span", "exists"),
    [
        (list(range(1, 11)), 10, False),
        (numpy.cumsum(NTDS).tolist(), 250, True),
        ([1, 4, 6, 8, 9, 9.5, 10], 10, False),
    ],
    ids=["flat", "ntds", "rising"],
)
def test_a_best_fit_exists_only_where_finds_lie_early(times, span, exists):
    finds = Finds.at(times, span)
    assert estimate_exists(finds) is exists
    assert (fit(GO, finds) is not None) is exists


@pytest.mark.parametrize("seed", range(20))
def test_the_condition_for_an_estimate_is_the_likelihoods_own(seed):
    dice = numpy.random.default_rng(seed)
    finds = Finds.at((dice.random(int(dice.integers(3, 40))) ** dice.uniform(0.7, 1.4) * 9 + 0.01).tolist(), 9.5)
    margin = float(finds.times.mean()) / finds.span - 0.5
    assert abs(margin) < 2e-3 or (fit(GO, finds) is not None) is (margin < 0) is estimate_exists(finds)


@pytest.mark.parametrize("model", list(Model))
def test_counts_of_short_periods_give_the_fit_of_exact_times(model):
    finds = made(200, 0.8, seed=4)
    exact, counted = fit(model, finds), fit(model, finds.in_periods(0.05))
    assert counted.b == pytest.approx(exact.b, rel=0.02)
    assert counted.a == pytest.approx(exact.a, rel=0.02)


@pytest.mark.parametrize("model", list(Model))
def test_a_change_of_units_changes_no_answer(model):
    finds = made(120, 0.85, seed=9)
    hours = Finds.at((finds.times * 24).tolist(), finds.span * 24)
    one, other = fit(model, finds), fit(model, hours)
    assert other.a == pytest.approx(one.a, rel=1e-6)
    assert other.b * 24 == pytest.approx(one.b, rel=1e-6)


def test_a_process_that_slows_down_by_the_logarithm_is_recognised():
    dice = numpy.random.default_rng(2)
    times = numpy.expm1(numpy.cumsum(dice.exponential(1, 400)) / 60) / 1.0
    finds = Finds.at(times.tolist(), float(times[-1]) + 1)
    chosen, tied = choose([one for model in Model if (one := fit(model, finds))], finds)
    assert chosen.model is MO
    assert tied is None
    assert assess(finds).residual is None
    assert assess(finds).ahead > 0


def test_musas_system_one_slows_down_by_the_logarithm_and_has_no_residual():
    finds = Finds.by_period(list(range(1, 26)), SYS1_HOURLY)
    found = assess(finds, Circumstances(horizon=5.0), week=1.0)
    assert found.refusal is None
    assert found.fitted.model is MO
    assert found.residual is found.residual_interval is None
    assert found.ahead_interval[0] < found.ahead < found.ahead_interval[1]
    assert found.quiet == pytest.approx(chance_of_none(found.ahead))


@pytest.mark.parametrize(("a", "share"), [(60, 0.7), (60, 0.9), (100, 0.8), (200, 0.9)])
def test_intervals_cover_the_truth_as_often_as_they_say(a, share):
    held, ahead = [], []
    for seed in range(300):
        found = assess(made(a, share, seed), seed=seed)
        if found.total_interval is not None:
            held.append(found.total_interval[0] <= a <= found.total_interval[1])
        if found.ahead_interval is not None:
            truth = a * ((1 - share) - (1 - share) ** 1.5)
            ahead.append(found.ahead_interval[0] <= truth <= found.ahead_interval[1])
    assert 0.85 <= sum(held) / len(held) <= 0.95
    assert 0.85 <= sum(ahead) / len(ahead) <= 0.95


def test_flat_and_rising_data_are_refused():
    dice = numpy.random.default_rng(8)
    flat = [assess(Finds.at((dice.random(50) * 60 + 1e-9).tolist(), 60.1)) for _ in range(300)]
    rising = [assess(Finds.at((numpy.sqrt(dice.random(50)) * 60 + 1e-9).tolist(), 60.1)) for _ in range(300)]
    assert sum(one.refusal is not None for one in flat) / 300 > 0.95
    assert sum(one.refusal is not None for one in rising) / 300 > 0.99
    assert set(Counter(one.rule for one in rising)) <= {"estimate", "trend"}


def test_a_process_with_a_burst_is_not_described_by_any_of_the_models():
    calm = numpy.linspace(1, 59, 30)
    burst = numpy.linspace(20, 20.5, 60)
    found = assess(Finds.at(numpy.concatenate((calm, burst)).tolist(), 60.0), seed=1)
    assert found.rule == "fit"


def test_the_test_of_fit_accepts_what_the_model_made():
    refused = 0
    for seed in range(120):
        finds = made(80, 0.8, seed)
        refused += probability(fit(GO, finds), finds, seed) < 0.05
    assert refused <= 14


@pytest.mark.parametrize(
    ("finds", "around", "rule"),
    [
        (Finds.at([1.0, 2.0], 60), None, "events"),
        (made(200, 0.9, 1, span=8.0), None, "periods"),
        (made(200, 0.9, 1), Circumstances(exposure_known=False), "exposure"),
        (made(200, 0.9, 1), Circumstances(reports=100, mixed=30), "releases"),
        (made(200, 0.9, 1), Circumstances(reports=100, by_date=30), "releases"),
    ],
)
def test_each_rule_of_refusal_names_itself(finds, around, rule):
    found = assess(finds, around)
    assert found.rule == rule
    assert found.refusal
    assert found.residual is None


def test_a_total_without_bound_is_refused():
    wide = next(one for seed in range(200) if (one := assess(made(40, 0.6, seed), seed=seed)).rule == "width")
    assert "upper bound" in wide.refusal


def test_a_total_that_keeps_moving_is_refused():
    rules = Counter(assess(made(60, 0.7, seed), seed=seed).rule for seed in range(150))
    assert rules["stability"] > 0


def test_finding_that_still_speeds_up_is_refused():
    dice = numpy.random.default_rng(4)
    rules = set()
    for _ in range(60):
        times = dice.gamma(2, 60 / 0.98, 4000)
        rules.add(assess(Finds.at(times[times < 60].tolist(), 60.0)).rule)
    assert rules <= {"inflection", "estimate", "trend"}


def test_the_same_data_and_seed_give_the_same_answer():
    assert assess(made(100, 0.9, 3), seed=5) == assess(made(100, 0.9, 3), seed=5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Finds.at([0.0, 1.0], 5),
        lambda: Finds.at([1.0, 9.0], 5),
        lambda: Finds.by_period([1, 2], [3]),
        lambda: Finds.by_period([2, 1], [3, 4]),
        lambda: Finds.by_period([1, 2], [3, -4]),
    ],
    ids=["at the beginning", "after the end", "lengths", "order", "a total that falls"],
)
def test_data_that_cannot_be_are_refused(call):
    with pytest.raises(ValueError, match=r"defects|periods"):
        call()


def test_nothing_found_is_no_fit_and_no_trend():
    nothing = Finds.at([], 30)
    assert fit(GO, nothing) is None
    assert laplace(nothing) is None
    assert assess(nothing).rule == "events"
