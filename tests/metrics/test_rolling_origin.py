from __future__ import annotations

from datetime import date

import pytest

from pmbridge.metrics.forecast import Target
from pmbridge.metrics.replay import FinishRule, Member, MilestoneWindow, replay
from pmbridge.metrics.rolling_origin import mean_crps, pinball, pit_tenths, rolling_origin, skill
from pmbridge.metrics.throughput_origin import throughput_origins

FIRST = date(2024, 1, 1).toordinal()


def project(count: int, length: int = 40) -> list[MilestoneWindow]:
    """Build releases that follow each other, an item of theirs done every other day."""
    found = []
    for n in range(count):
        begin = FIRST + n * length
        members = tuple(Member(begin, None, ((begin + 2 * k + 1, None),), begin) for k in range(length // 2))
        found.append(
            MilestoneWindow(
                FinishRule.RELEASE, members, start=begin, finish=begin + length, dues=((begin, begin + length),)
            )
        )
    return found


@pytest.fixture(scope="module")
def origins():
    windows = project(12)
    return rolling_origin(replay(windows, Target.GROWING), replay(windows, Target.FROZEN))


def test_every_monday_of_an_earlier_milestone_is_asked_again(origins) -> None:
    assert {date.fromordinal(one.day).weekday() for one in origins} == {0}
    assert len({one.milestone for one in origins}) == 12
    assert all(one.day < one.finish for one in origins)
    assert all(list(one.percentiles) == sorted(one.percentiles) for one in origins)


def test_a_project_that_keeps_its_rhythm_does_better_than_the_naive_rate_at_first(origins) -> None:
    assert sum(pit_tenths(origins)) == pytest.approx(1)
    assert mean_crps(origins) is not None
    p50, p85, p95 = pinball(origins)
    assert min(p50, p85, p95) > 0
    assert skill(origins) is not None


def test_what_came_later_changes_no_earlier_forecast(origins) -> None:
    windows = project(9)
    fewer = rolling_origin(replay(windows, Target.GROWING), replay(windows, Target.FROZEN))
    by_day = {(one.day, one.finish): one.percentiles for one in origins}
    assert fewer
    assert all(by_day[one.day, one.finish] == one.percentiles for one in fewer)


def test_a_project_without_a_past_has_nothing_to_show() -> None:
    assert rolling_origin((), ()) == ()
    assert (pit_tenths(()), mean_crps(()), pinball(()), skill(())) == ((), None, None, None)


def test_a_steady_team_keeps_its_promises_about_as_often_as_said() -> None:
    weekly = [5, 4, 6, 5, 3, 7, 5, 6, 4, 5] * 6
    for held in throughput_origins(weekly, "1.0"):
        assert held.forecasts == 60 - 8 - held.weeks + 1
        assert held.p50 is not None
        assert held.p85 is not None
        assert held.p85 >= 0.8
        assert held.p85 >= held.p50


def test_a_short_series_says_nothing() -> None:
    assert [held.forecasts for held in throughput_origins([1, 2, 3], "1.0")] == [0, 0, 0]
    assert all(held.p50 is None for held in throughput_origins([0] * 40, "1.0"))
