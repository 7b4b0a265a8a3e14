from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.calibration import TrackRecord
from pmbridge.metrics.causes import Suspects, causes, cost_of
from pmbridge.metrics.forecast import Snapshot
from pmbridge.metrics.outlook import Family, Outlook, outlook
from pmbridge.metrics.remedy import Remedy, remedy
from pmbridge.metrics.replay import FinishRule, Member, MilestoneWindow

ALONE = Family((), (), (), TrackRecord(0, None, None, 0, None, None))
DAY = 1000


def expected(remaining: int, finishes: tuple[int, ...], left: int) -> Outlook:
    """Build the outlook of a milestone with so many items open and so many finished in each week, oldest first."""
    weeks = len(finishes)
    begin = DAY - 7 * weeks
    done = [
        Member(begin, None, ((DAY - 7 * (weeks - 1 - week), None),), begin)
        for week, n in enumerate(finishes)
        for _ in range(n)
    ]
    still = [Member(begin, None, (), begin) for _ in range(remaining)]
    window = MilestoneWindow(FinishRule.RELEASE, (*done, *still), start=begin, dues=((0, DAY + left),))
    return outlook(window, ALONE, DAY)


def test_the_outlook_rests_on_the_finishes_of_the_milestone():
    one = expected(20, (0, 2, 1, 3, 2, 4), 21)
    assert one.snapshot == Snapshot(20, (0, 2, 1, 3, 2, 4), 21, None, 0)
    assert one.on_time is not None
    assert one.judgement.borrowed


def test_each_step_reaches_the_goal_and_a_smaller_one_does_not():
    one = expected(20, (0, 2, 1, 3, 2, 4), 35)
    way = remedy(one, 0.85)
    assert way is not None
    assert way.delay is not None
    left = one.snapshot.days_to_due or 0
    assert one.chance(replace(one.snapshot, days_to_due=left + way.delay)) >= 0.85
    assert one.chance(replace(one.snapshot, days_to_due=left + way.delay - 1)) < 0.85
    if way.drop is not None:
        assert one.without(way.drop) >= 0.85 > one.without(way.drop - 1)


def test_a_milestone_that_is_on_time_needs_no_remedy():
    one = expected(1, (3, 3, 3, 3, 3, 3), 200)
    assert one.on_time is not None
    assert one.on_time >= 0.85
    assert remedy(one, 0.85) is None


def test_after_the_due_date_only_a_new_one_helps_and_it_lies_ahead():
    one = expected(10, (2, 2, 2, 2), -5)
    assert one.on_time == 0.0
    way = remedy(one, 0.85)
    assert way is not None
    assert (way.drop, way.faster) == (None, None)
    assert way.delay is not None
    assert way.delay > 5


def test_a_remedy_is_one_sentence():
    assert Remedy(0.85, 9, 1.4, 12).text == (
        "Drop 9 items or finish 1.4 more a week or move the due date by 12 days to reach 85 %."
    )
    assert Remedy(0.85, None, None, 1).text == "Move the due date by 1 day to reach 85 %."
    assert Remedy(0.85, None, None, None).text is None


@given(st.integers(1, 60), st.lists(st.integers(0, 5), min_size=1, max_size=10).filter(any), st.integers(1, 200))
def test_dropping_or_finishing_faster_never_hurts(remaining: int, finishes: list[int], left: int):
    one = expected(remaining, tuple(finishes), left)
    assert one.on_time is not None
    assert one.without(1) >= one.on_time - 1e-12
    faster = (*one.snapshot.weekly_finishes[:-1], one.snapshot.weekly_finishes[-1] + 1)
    assert one.chance(replace(one.snapshot, weekly_finishes=faster)) >= one.on_time - 1e-12


def test_causes_are_weighed_by_the_chance_they_cost():
    one = expected(30, (3, 4, 3, 4, 0, 0, 1, 0), 40)
    found = {w.reason.rule: w for w in causes(one, Suspects(blocked=tuple(f"A-{n}" for n in range(12))))}
    assert found["flow.no_finishes"].reason.measured == "3 of the last 4 weeks"
    assert found["risks.blocked"].reason.remedy == "Unblock A-0, A-1, A-2 and 9 more."
    assert found["risks.blocked"].effect == cost_of(12, one)
    assert all(w.effect >= 0.02 for w in found.values())


def test_nothing_costs_anything_without_a_forecast():
    assert cost_of(3, None) == 0.0
    assert cost_of(0, expected(30, (3, 4), 40)) == 0.0
