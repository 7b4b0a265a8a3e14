from __future__ import annotations

from math import exp

import pytest

from pmbridge.metrics.bugflow.gravest import gravest
from pmbridge.metrics.bugflow.ratios import Ratio
from pmbridge.metrics.bugflow.severity import Ranks


def test_the_gravest_are_a_share_of_what_is_to_come():
    found = gravest(Ratio(4, 40), 6.0, (2.0, 12.0))
    assert found.ahead == pytest.approx(0.6)
    assert found.chance == pytest.approx(1 - exp(-0.6))
    low, high = Ratio(4, 40).interval
    assert found.interval == (2 * low, 12 * high)


def test_none_found_so_far_does_not_mean_that_none_can_come():
    found = gravest(Ratio(0, 40), 6.0, (2.0, 12.0))
    assert found.chance == 0
    assert found.interval[1] > 0.5


def test_without_severities_nothing_is_said_of_the_gravest():
    assert gravest(Ratio(0, 0), 6.0, (2.0, 12.0)) is None


def test_words_of_one_rank_have_one_name():
    labels = Ranks.of().labels(["Low", "4", "odd", "High", None])
    assert labels == {"Low": "4/Low", "4": "4/Low", "odd": "odd", "High": "High", None: "none"}
