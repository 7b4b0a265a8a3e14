from __future__ import annotations

import numpy
import pytest

from pmbridge.history.micros import all_micros
from pmbridge.metrics.bugflow.alerts import episodes, watch
from pmbridge.metrics.bugflow.cusum import Design, design, rounded, run_lengths, tabular
from pmbridge.metrics.bugflow.expected import decay, expect, past_curve
from pmbridge.metrics.bugflow.series import Days

#: Montgomery & Runger, example 16-6.
CONCENTRATION = [
    102, 94.8, 98.3, 98.4, 102, 98.5, 99, 97.7, 100, 98.1, 101.3, 98.7, 101.1, 98.4, 97, 96.7, 100.3, 101.4, 97.2, 101,
]  # fmt: skip


def spacing(chart: Design, mean: float, alarms: int, seed: int) -> float:
    """Simulate charts that restart after each alarm; return the mean number of days between alarms."""
    dice = numpy.random.default_rng(seed)
    level, days, found = numpy.zeros(500), 0, 0
    while found < alarms:
        level = numpy.maximum(0, level + dice.poisson(mean, 500) - chart.reference)
        over = level >= chart.threshold - 1e-9
        found += int(over.sum())
        level[over] = 0
        days += 500
    return days / found


def test_montgomerys_table_is_reproduced():
    upper, lower = tabular(CONCENTRATION, 99, 1)
    assert upper == pytest.approx([2, 0, 0, 0, 2, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1], abs=1e-9)
    assert lower == pytest.approx([0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1, 2.3, 0, 0, 0.8, 0], abs=1e-9)
    assert max(upper + lower) < 10


def test_a_chart_for_four_a_day_has_the_run_lengths_known_of_it():
    chart = Design(5, 10, 1)
    assert chart.run_length(4) == pytest.approx(421.65, abs=0.01)
    assert chart.run_length(5) == pytest.approx(29.81, abs=0.01)
    assert chart.run_length(7) == pytest.approx(5.594, abs=0.001)


def test_a_head_start_finds_a_rise_sooner_and_costs_little():
    chart = Design(5, 10, 1)
    assert chart.run_length(7, start=5) < 0.7 * chart.run_length(7)
    assert chart.run_length(4, start=5) > 0.8 * chart.run_length(4)


@pytest.mark.parametrize("mean", [0.05, 0.3, 1.0, 2.7, 6.0, 20.0])
def test_a_design_keeps_its_promise_of_false_alarms_and_finds_a_rise(mean):
    chart = design(mean)
    assert chart.run_length(mean) >= 200
    smaller = Design(chart.reference, chart.threshold - 1 / chart.parts, chart.parts)
    assert round(smaller.threshold * chart.parts) == 0 or smaller.run_length(mean) < 200
    assert chart.run_length(1.75 * mean) < chart.run_length(mean) / 2.5


@pytest.mark.parametrize("mean", [0.4, 2.0, 5.0])
def test_simulated_false_alarms_come_as_seldom_as_computed(mean):
    chart = design(mean)
    assert spacing(chart, mean, 8000, seed=11) == pytest.approx(chart.run_length(mean), rel=0.05)


def test_the_run_length_from_the_threshold_is_the_shortest():
    lengths = run_lengths(4, Design(5, 10, 1))
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize("asked", [{"mean": 0}, {"mean": 1, "rise": 1}, {"mean": 1, "false_alarm_days": 1}])
def test_a_design_without_sense_is_refused(asked):
    with pytest.raises(ValueError, match="CUSUM"):
        design(**asked)


def test_means_are_rounded_to_two_digits():
    assert [rounded(x) for x in (0.12345, 4.56, 12.3)] == [0.12, 4.6, 12]


def test_a_steady_stream_is_watched_with_the_designed_false_alarms():
    dice = numpy.random.default_rng(5)
    counts = dice.poisson(2.0, 40_000).tolist()
    found = watch(counts, [2.0] * len(counts), head_start=False)
    assert len(counts) / len(found.alarms) == pytest.approx(design(2.0).run_length(2.0), rel=0.15)


def test_alarms_stay_rare_while_the_expectation_falls():
    dice = numpy.random.default_rng(6)
    means = (6 * 0.97 ** numpy.arange(120)).tolist()
    runs = [watch(dice.poisson(means).tolist(), means, head_start=False).alarms for _ in range(200)]
    assert sum(map(len, runs)) / (200 * 120) < 1.6 / 200


def test_a_day_without_expectation_is_not_judged():
    found = watch([50, 50, 1], [None, None, 2.0])
    assert found.alarms == ()
    assert found.level[:2] == (0.0, 0.0)


def test_the_decay_that_fits_is_the_maximum_likelihood_one():
    means = decay([10, 8, 6, 5, 4, 3, 2, 2, 1, 1], 20)
    assert len(means) == 20
    assert means == sorted(means, reverse=True)
    assert sum(means[:10]) == pytest.approx(42)


def test_finds_that_do_not_slow_down_are_expected_to_go_on():
    assert decay([2, 2, 2, 3], 6) == [2.25] * 6


def test_the_usual_curve_needs_three_earlier_launches():
    launches = [[7] * 28, [14] * 28, [0] * 28]
    assert past_curve(launches, 28) == (7.0,) * 28
    falling = past_curve([[4] * 7 + [0] * 7, [2] * 7 + [0] * 7, [0] * 7 + [2] * 7], 14)
    assert falling[0] == 3 * falling[13] > 0
    assert past_curve([[0] * 28] * 4, 28) is None
    assert past_curve(launches[:2], 28) is None
    assert past_curve([[1] * 5] * 9, 28) is None


def flow(seed, bad_week=None, floor=0.3):
    dice = numpy.random.default_rng(seed)
    means = 5 * 0.95 ** numpy.arange(70) + floor
    if bad_week is not None:
        means[bad_week : bad_week + 7] += 4
    return dice.poisson(means).tolist()


@pytest.mark.parametrize("floor", [0.0, 0.3])
def test_a_plain_decay_alarms_no_oftener_than_designed(floor):
    runs = [expect(flow(seed, floor=floor)) for seed in range(80)]
    judged = sum(mean is not None for run in runs for mean in run.means)
    assert judged / max(1, sum(len(run.watch.alarms) for run in runs)) >= 200


@pytest.mark.parametrize("mean", [1.0, 4.0])
def test_alarms_stay_rare_when_a_launch_has_long_been_steady(mean):
    dice = numpy.random.default_rng(8)
    runs = [expect(dice.poisson(mean, 180).tolist()) for _ in range(400)]
    judged = sum(day is not None for run in runs for day in run.means)
    assert judged / sum(len(run.watch.alarms) for run in runs) == pytest.approx(200, rel=0.1)


def test_arrivals_are_judged_by_the_users_that_had_the_release():
    shares = [0.1] * 21 + [1.0] * 14
    counts = [1] * 21 + [10] * 14
    assert expect(counts).watch.alarms
    assert not expect(counts, shares=shares).watch.alarms
    assert expect(counts, shares=shares).means[21] == pytest.approx(10, rel=0.2)


def test_a_bad_week_is_noticed_within_days():
    found = [expect(flow(seed, bad_week=35)).watch.alarms for seed in range(50)]
    assert sum(any(35 <= day < 40 for day in alarms) for alarms in found) >= 48


def test_the_limits_do_not_adapt_to_the_trouble():
    counts = flow(1, bad_week=35)
    found = expect(counts)
    assert found.watch.alarms
    assert found.means[50] == pytest.approx(expect(flow(1)).means[50], rel=0.6)


def test_no_day_is_judged_by_itself_or_later_ones():
    counts = flow(3)
    assert expect(counts).means[:35] == expect(counts[:35]).means


def test_earlier_launches_speak_until_there_is_enough_to_learn_from():
    found = expect([6] * 14, past=[1.0] * 14)
    assert found.means == (1.0,) * 14
    assert found.watch.alarms
    assert found.own_from == 14
    assert expect([6] * 14).means == (None,) * 14


def test_a_launch_that_is_worse_than_its_predecessors_ends_up_being_judged_by_itself():
    found = expect([6] * 42, past=[0.5] * 42)
    assert found.own_from == 14
    assert found.means[-1] == pytest.approx(6, rel=0.1)
    assert not [day for day in found.watch.alarms if day > 21]


def test_one_episode_is_one_alert_and_names_what_drives_it(defect, at):
    from zoneinfo import ZoneInfo

    calm = [defect(n * 2 + 0.2, component="Cart") for n in range(10)]
    storm = [defect(20 + n / 4, component="Payment" if n % 4 else "Cart") for n in range(32)]
    days = Days.between(at(0), at(40), ZoneInfo("UTC"))
    expected = [0.5] * len(days)
    defects = [*calm, *storm]
    watched = watch(days.count(all_micros([one.arrived_at for one in defects])), expected)
    (episode,) = episodes(watched, defects, expected, days)
    assert len(watched.alarms) > 1
    assert episode.driver == ("Payment", sum(one.root.component == "Payment" for one in storm[: episode.observed]))
    assert days.place(at(19)) <= days.dates.index(episode.since) <= days.place(at(20))
    assert episode.observed > 3 * episode.expected
    assert not episode.ongoing


def test_being_worse_than_earlier_launches_is_another_matter_than_a_bad_week(defect, at):
    from zoneinfo import ZoneInfo

    defects = [defect(n / 2) for n in range(28)] + [defect(17 + n / 6) for n in range(28)]
    days = Days.between(at(0), at(40), ZoneInfo("UTC"))
    found = expect(days.count(all_micros([one.arrived_at for one in defects])), past=[0.2] * 60)
    first, second = episodes(found.watch, defects, found.means, days, own_from=found.own_from)
    assert (first.own, second.own) == (False, True)
    assert days.dates.index(second.since) >= 14


def test_trouble_that_comes_back_later_is_another_episode(defect, at):
    from zoneinfo import ZoneInfo

    defects = [defect(begin + n / 4) for begin in (5, 40) for n in range(24)]
    days = Days.between(at(0), at(50), ZoneInfo("UTC"))
    expected = [0.5] * len(days)
    watched = watch(days.count(all_micros([one.arrived_at for one in defects])), expected)
    found = episodes(watched, defects, expected, days)
    assert len(found) == 2
    assert found[1].ongoing
    assert found[0].driver is None
