from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import HealthStatus
from pmbridge.metrics.hysteresis import fold, told
from pmbridge.metrics.schedule import Thresholds

GREEN, AMBER, RED, UNKNOWN = HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED, HealthStatus.UNKNOWN
LIMITS = Thresholds()
PUBLISHED = [0.9, 0.82, 0.79, 0.84, 0.86, 0.55, 0.49, 0.55, 0.61, None, 0.82, 0.86]

chances = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=30)


def test_the_published_series_of_chances_and_colours() -> None:
    words = "green green amber amber green amber red red amber unknown amber green"
    assert [colour.value for colour in fold(PUBLISHED, LIMITS)] == words.split()


def test_a_change_is_told_once_two_evaluations_agree() -> None:
    assert told([0.9, 0.79], LIMITS).status is GREEN
    assert told([0.9, 0.79], LIMITS).computed is AMBER
    assert told([0.9, 0.79, 0.78], LIMITS).status is AMBER
    assert told([0.9, 0.79, 0.86], LIMITS).status is GREEN


def test_a_jump_is_believed_at_once_and_so_is_the_loss_of_a_forecast() -> None:
    assert told([0.9, 0.45], LIMITS).status is RED
    assert told([0.9, None], LIMITS).status is UNKNOWN
    assert told([None, 0.9], LIMITS).status is GREEN
    assert told([0.3], LIMITS).status is RED


def test_a_colour_that_changes_often_is_unstable() -> None:
    assert told([0.9, 0.6, 0.9, 0.6], LIMITS).is_unstable
    assert not told([0.9, 0.6, 0.6, 0.9], LIMITS).is_unstable


@given(series=chances)
def test_told_in_order_every_prefix_gives_the_colour_of_its_day(series: list[float | None]) -> None:
    days = [told(series[: n + 1], LIMITS).status for n in range(len(series))]
    again = [told(series[: n + 1], LIMITS).status for n in reversed(range(len(series)))]
    assert days == again[::-1]
    assert told(series, LIMITS).flips == sum(a is not b for a, b in pairwise(days))


@given(series=chances)
def test_what_is_told_is_a_colour_some_evaluation_had_and_unknown_is_never_green(series: list[float | None]) -> None:
    found = told(series, LIMITS)
    assert found.status in fold(series, LIMITS)
    if series[-1] is None:
        assert found.status is UNKNOWN
