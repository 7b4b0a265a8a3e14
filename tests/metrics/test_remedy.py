from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics import wording
from pmbridge.metrics.calibration import TrackRecord
from pmbridge.metrics.causes import Suspects, causes, cost_of
from pmbridge.metrics.forecast import Snapshot, Target
from pmbridge.metrics.outlook import Family, Outlook, outlook
from pmbridge.metrics.remedy import Limits, Step, remedy
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


def after(one: Outlook, step: Step) -> float:
    """Take a step and ask again."""
    snapshot = one.snapshot
    weekly = snapshot.weekly_finishes
    changed = replace(
        snapshot,
        remaining=snapshot.remaining - step.drop,
        weekly_finishes=(*weekly[:-1], weekly[-1] + step.faster),
        days_to_due=(snapshot.days_to_due or 0) + step.delay,
    )
    return one.chance(changed)


def smaller(step: Step) -> Step:
    return Step(max(0, step.drop - 1), max(0, step.faster - 1), max(0, step.delay - 1))


outlooks = st.builds(
    expected,
    st.integers(1, 60),
    st.lists(st.integers(0, 6), min_size=1, max_size=10).filter(any).map(tuple),
    st.integers(1, 150),
)


@given(one=outlooks, planned=st.integers(10, 120))
def test_each_single_step_reaches_the_goal_and_a_smaller_one_does_not(one: Outlook, planned: int):
    way = remedy(one, 0.85, planned)
    for step in way.singles if way else ():
        assert after(one, step) >= 0.85 > after(one, smaller(step))


@given(one=outlooks, planned=st.integers(10, 120))
def test_nobody_is_told_to_do_what_is_not_plausible(one: Outlook, planned: int):
    way = remedy(one, 0.85, planned, 0.6)
    assert way is None or way.text
    for step in (*way.singles, *([way.combined] if way.combined else [])) if way else ():
        assert step.drop <= one.snapshot.remaining / 2
        assert step.delay <= planned
        weeks = len(one.snapshot.weekly_finishes) + 0.5
        assert step.faster <= one.snapshot.weekly_rate * weeks


@given(one=outlooks, planned=st.integers(10, 120))
def test_a_combination_is_offered_where_no_single_step_is_enough_and_it_reaches_the_goal(one: Outlook, planned: int):
    way = remedy(one, 0.85, planned)
    if way is not None and way.combined is not None:
        assert not way.singles
        assert after(one, way.combined) >= 0.85
        assert "No single step is enough" in way.text
    if way is not None and not way.reaches:
        assert way.best is not None
        assert way.best[1] == after(one, way.best[0]) < 0.85
        assert "Nothing plausible" in way.text


def test_the_cheapest_step_comes_first_and_is_called_so():
    one = expected(20, (3, 3, 3, 3, 3, 3), 42)
    way = remedy(one, (one.on_time or 0.0) + 0.02, 60)
    assert way is not None
    assert len(way.singles) == 3
    limits = Limits(10, 19, 60)
    efforts = [step.effort(limits) for step in way.singles]
    assert efforts == sorted(efforts)
    assert ", or " in way.text
    assert "; the first costs least." in way.text


def test_out_of_red_is_offered_where_green_is_out_of_reach():
    one = expected(60, (1, 1, 1, 1), 30)
    way = remedy(one, 0.85, 40, 0.6)
    assert way is not None
    assert way.beyond in (0.85, None)
    if way.beyond is not None:
        assert way.text.startswith("Nothing plausible reaches 85 %. ")
        assert "60 %" in way.text


def test_a_date_later_than_the_likely_one_is_explained_with_both_days():
    one = expected(5, (3, 3, 3, 3), 21)
    found = remedy(one, 0.85, 60)
    assert found is not None
    assert one.scopes is not None
    likely = date.fromordinal(DAY + one.scopes.quantile_days(Target.GROWING, 0.85))
    asked = date.fromordinal(DAY + 21 + found.singles[0].delay)
    assert asked > likely
    assert found.text.endswith(
        f" Today's 85 % day is {wording.day(likely)}, but work tends to fill a later date, "
        f"so ask for {wording.day(asked)}."
    )


def test_a_milestone_that_is_on_time_needs_no_remedy():
    one = expected(1, (3, 3, 3, 3, 3, 3), 200)
    assert one.on_time is not None
    assert one.on_time >= 0.85
    assert remedy(one, 0.85) is None


def test_after_the_due_date_only_a_new_one_helps_and_it_lies_ahead():
    one = expected(10, (2, 2, 2, 2), -5)
    assert one.on_time == 0.0
    way = remedy(one, 0.60, 120)
    assert way is not None
    (step,) = way.singles
    assert (step.drop, step.faster) == (0, 0)
    assert step.delay > 5
    assert way.text.startswith("Agree on ")
    assert "as the new due date to reach 60 %." in way.text


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
