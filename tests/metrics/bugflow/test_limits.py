from __future__ import annotations

import numpy
import pytest
from scipy.stats import poisson

from pmbridge.metrics.bugflow.limits import PART, limits


@pytest.mark.parametrize("mean", [0.3, 2.0, 6.0])
def test_chance_passes_the_limit_no_oftener_than_designed(mean):
    found = limits([0] * 5, [mean] * 5, 200)
    assert poisson.sf(found.ceiling[0], mean) <= 1 / (PART * 200)
    assert found.ceiling[0] >= mean + 3 * mean**0.5


def test_a_single_bad_day_is_above_and_a_day_without_expectation_is_not_judged():
    found = limits([1, 12, 0, 30], [2.0, 2.0, 2.0, None])
    assert found.above == (1,)
    assert found.ceiling[3] is None


def test_counts_that_scatter_more_than_chance_widen_the_limit_for_later_days():
    calm = limits([4] * 60, [4.0] * 60)
    wild = limits([0, 9] * 30, [4.0] * 60)
    assert wild.ceiling[-1] > 1.5 * calm.ceiling[-1]
    assert wild.ceiling[10] == calm.ceiling[10]


def test_a_week_without_reports_where_many_were_expected_is_a_silence():
    found = limits([2] * 10 + [0] * 9 + [2] * 10, [2.0] * 29)
    (silence,) = found.silences
    assert silence[0] >= 9
    assert silence[1] <= 20


def test_a_silence_is_judged_against_the_least_that_was_expected():
    assert limits([0] * 14, [2.0] * 14, least=[0.5] * 14).silences == ()
    assert limits([0] * 14, [2.0] * 14).silences == ((0, 13),)


def test_silences_and_spikes_of_a_known_process_are_rare():
    dice = numpy.random.default_rng(4)
    days, above, silent = 0, 0, 0
    for _ in range(200):
        counts = dice.poisson(2.0, 200).tolist()
        found = limits(counts, [2.0] * 200)
        days, above, silent = days + 200, above + len(found.above), silent + len(found.silences)
    assert above / days < 1 / 700
    assert silent / days < 1 / 600
