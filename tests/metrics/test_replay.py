from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.forecast import Regime, Target
from pmbridge.metrics.replay import (
    FinishRule,
    Member,
    MilestoneWindow,
    done90_finish,
    hindsight_start,
    known_before,
    outcome_day,
    replay,
    snapshot_at,
    state_at,
)

AS_OF = 200


def member(added: int = 0, done: int | None = None, removed: int | None = None) -> Member:
    return Member(added, removed, () if done is None else ((done, None),), created=added)


def release(start: int, finish: int, items: int = 12) -> MilestoneWindow:
    """One item is done every so many days, the last on the day of the release."""
    days = [start + round((finish - start) * (n + 1) / items) for n in range(items)]
    return MilestoneWindow(
        FinishRule.RELEASE, tuple(member(start, day) for day in days), hindsight_start=start, finish=finish
    )


def running(*members: Member, start: int | None = 100, due: int | None = None) -> MilestoneWindow:
    return MilestoneWindow(FinishRule.RELEASE, members, start=start, dues=() if due is None else ((start or 0, due),))


days = st.integers(0, 400)


@st.composite
def members(draw: st.DrawFn) -> Member:
    created = draw(days)
    added = created + draw(st.integers(0, 60))
    removed = draw(st.none() | st.integers(1, 200).map(lambda n: added + n))
    edges = sorted(draw(st.lists(st.integers(created, 500), max_size=4, unique=True)))
    pairs = [(a, edges[i + 1] if i + 1 < len(edges) else None) for i, a in enumerate(edges) if i % 2 == 0]
    return Member(added, removed, tuple(pairs), created)


stayers = members().map(lambda m: m._replace(removed=None))


@st.composite
def windows(draw: st.DrawFn) -> MilestoneWindow:
    opening = draw(days)
    declared = draw(st.booleans())
    due = draw(st.none() | st.integers(10, 300).map(lambda n: opening + n))
    return MilestoneWindow(
        rule=draw(st.sampled_from(FinishRule)),
        members=tuple(draw(st.lists(members(), max_size=25) | st.lists(stayers, min_size=10, max_size=25))),
        start=opening if declared else None,
        hindsight_start=None if declared else opening,
        finish=draw(st.none() | st.integers(10, 300).map(lambda n: opening + n)),
        dues=() if due is None else ((opening, due),),
    )


def as_known_at(window: MilestoneWindow, day: int) -> MilestoneWindow:
    """Forget everything that happened after the day."""
    kept = tuple(
        m._replace(
            removed=m.removed if m.removed is not None and m.removed <= day else None,
            done=tuple((a, b if b is not None and b <= day else None) for a, b in m.done if a <= day),
        )
        for m in window.members
        if m.added <= day
    )
    return replace(window, members=kept, finish=None)


@given(project=st.lists(windows(), max_size=6), target=st.sampled_from(Target))
def test_an_outcome_after_the_instant_changes_nothing(project: list[MilestoneWindow], target: Target) -> None:
    known = [w if w.finish is not None and w.finish < AS_OF else as_known_at(w, AS_OF) for w in project]
    heard = [p for p in known_before(replay(project, target), AS_OF) if p.residuals]
    assert [p for p in known_before(replay(known, target), AS_OF) if p.residuals] == heard
    for before, after in zip(known, project, strict=True):
        assert snapshot_at(before, AS_OF, known) == snapshot_at(after, AS_OF, project)


@given(project=st.lists(windows(), max_size=6), target=st.sampled_from(Target))
def test_what_is_replayed_is_finite_and_newest_first(project: list[MilestoneWindow], target: Target) -> None:
    replayed = replay(project, target)
    assert [m.finish for m in replayed] == sorted((m.finish for m in replayed), reverse=True)
    for state in (s for milestone in replayed for s in milestone.states):
        assert state.true_days >= 1
        assert state.snapshot.remaining >= 1
        assert state.day < state.known_day


@given(window=windows(), day=days)
def test_the_frozen_scope_of_a_release_never_ends_after_the_release(window: MilestoneWindow, day: int) -> None:
    window = replace(window, rule=FinishRule.RELEASE)
    state = state_at(window, day)
    growing, frozen = outcome_day(window, state, Target.GROWING), outcome_day(window, state, Target.FROZEN)
    assert (growing is None) == (frozen is None)
    if growing is not None and frozen is not None:
        assert day < frozen <= growing


@given(window=windows(), day=days)
def test_scope_is_open_and_finished_items_and_nothing_else(window: MilestoneWindow, day: int) -> None:
    state = state_at(window, day)
    assert len(state.open_members) + len(state.finish_days) == sum(m.belongs(day) for m in window.members)
    assert all(finish <= day for finish in state.finish_days)


def test_a_state_is_that_of_the_end_of_its_day() -> None:
    window = running(member(100, done=110), member(100, removed=110), member(110), member(111))
    state = state_at(window, 110)
    assert state.finish_days == (110,)
    assert state.open_members == (member(110),)


def test_a_reopened_item_is_open_until_it_is_done_again() -> None:
    window = running(Member(100, None, ((105, 110), (120, None)), 100))
    assert [state_at(window, day).remaining for day in (104, 105, 109, 110, 119, 120)] == [1, 0, 0, 1, 1, 0]
    assert state_at(window, 121).finish_days == (120,)


def test_a_milestone_that_ends_at_nine_tenths_has_that_much_less_remaining() -> None:
    items = [member(100, done=110)] * 5 + [member(100)] * 15
    window = replace(running(*items), rule=FinishRule.DONE90)
    assert state_at(window, 120).remaining == 13
    assert len(state_at(window, 120).open_members) == 15


def test_with_nine_tenths_done_nothing_remains() -> None:
    window = replace(running(*[member(100, done=110)] * 19, member(100)), rule=FinishRule.DONE90)
    assert state_at(window, 120).remaining == 0


def test_the_weekly_history_begins_at_the_declared_start_or_the_first_finish_before_it() -> None:
    assert len(snapshot_at(running(member(100)), 142, ()).weekly_finishes) == 6
    assert len(snapshot_at(running(member(90, done=93), member(100)), 142, ()).weekly_finishes) == 7


def test_without_a_sign_of_work_the_history_begins_at_the_last_release_or_when_items_were_written() -> None:
    window = running(member(100), member(114), member(135), start=None)
    assert len(snapshot_at(window, 142, ()).weekly_finishes) == 4
    assert len(snapshot_at(window, 142, [release(50, 121)]).weekly_finishes) == 3


def test_the_hindsight_start_is_no_input_of_a_forecast() -> None:
    window = running(member(100), start=None)
    for guess in (1, 50, 120):
        assert snapshot_at(replace(window, hindsight_start=guess), 142, ()) == snapshot_at(window, 142, ())


def test_the_usual_length_is_that_of_milestones_that_had_ended() -> None:
    project = [release(0, 40), release(40, 100), release(100, 300)]
    snapshot = snapshot_at(running(member(100)), AS_OF, project)
    assert (snapshot.typical_days, snapshot.finished_windows) == (50, 2)


def test_a_release_of_the_same_day_is_not_heard_yet() -> None:
    project = [release(0, 40), release(40, 100), release(100, AS_OF)]
    assert snapshot_at(running(member(100)), AS_OF, project).finished_windows == 2
    assert snapshot_at(running(member(100)), AS_OF + 1, project).finished_windows == 3


def test_only_the_last_eight_milestones_tell_the_usual_length() -> None:
    project = [release(0, 90), *(release(10 * n, 10 * n + 20) for n in range(9, 17))]
    snapshot = snapshot_at(running(member(100)), AS_OF, project)
    assert (snapshot.typical_days, snapshot.finished_windows) == (20, 8)


def test_a_due_date_counts_from_the_day_it_was_seen() -> None:
    window = replace(running(member(100)), dues=((110, 150), (130, 180)))
    assert [window.due_at(day) for day in (100, 110, 129, 130, 200)] == [150, 150, 150, 180, 180]
    assert snapshot_at(window, 120, ()).days_to_due == 30
    assert snapshot_at(window, 140, ()).days_to_due == 40


def test_a_due_date_that_was_taken_away_is_none() -> None:
    window = replace(running(member(100)), dues=((110, 150), (130, None)))
    assert window.due_at(140) is None


def test_replayed_states_stand_at_three_parts_of_the_window() -> None:
    (milestone,) = replay([release(0, 100, items=40)], Target.GROWING)
    assert [(s.fraction, s.day, s.true_days) for s in milestone.states] == [(0.3, 30, 70), (0.5, 50, 50), (0.7, 70, 30)]
    assert {s.residual[0] for s in milestone.states} == {Regime.NONE}


def test_a_window_with_a_due_date_is_divided_up_to_it() -> None:
    window = replace(release(0, 60, items=40), dues=((0, 100),))
    (milestone,) = replay([window], Target.GROWING)
    assert [(s.day, s.residual[0]) for s in milestone.states] == [(30, Regime.DUE), (50, Regime.DUE)]


@pytest.mark.parametrize(
    "window",
    [
        release(0, 100, items=9),
        release(0, 9),
        release(0, 731),
        replace(release(0, 100), finish=None),
        replace(release(0, 100), hindsight_start=None),
    ],
    ids=["too few items", "too short", "too long", "still running", "no start"],
)
def test_a_milestone_that_is_not_comparable_is_not_learned_from(window: MilestoneWindow) -> None:
    assert not window.is_comparable
    assert replay([window], Target.GROWING) == ()


def test_a_milestone_is_learned_from_once_its_outcome_is_known() -> None:
    replayed = replay([release(0, 100)], Target.GROWING)
    assert known_before(replayed, 100) == ()
    assert len(known_before(replayed, 101)) == 1


def test_a_frozen_outcome_is_learned_from_once_its_items_are_done() -> None:
    planned = [*[member(0, done=40)] * 8, *[member(0, done=300)] * 2]
    joined = [member(45, done=60)] * 20
    window = MilestoneWindow(FinishRule.DONE90, (*planned, *joined), start=0, finish=60)
    assert done90_finish(window.members) == window.finish
    replayed = replay([window], Target.FROZEN)
    assert [len(p.residuals) for p in known_before(replayed, 300)] == [0]
    assert [len(p.residuals) for p in known_before(replayed, 301)] == [3]


def test_an_item_that_never_ends_leaves_the_frozen_outcome_unknown() -> None:
    window = replace(running(member(100), member(100)), rule=FinishRule.DONE90, finish=150)
    assert outcome_day(window, state_at(window, 120), Target.FROZEN) is None
    assert outcome_day(window, state_at(window, 120), Target.GROWING) == 150


def test_an_item_that_is_taken_out_or_shipped_is_no_longer_waited_for() -> None:
    window = replace(running(member(100, removed=130), member(100)), finish=150)
    assert outcome_day(window, state_at(window, 120), Target.FROZEN) == 150
    only = replace(window, members=window.members[:1])
    assert outcome_day(only, state_at(only, 120), Target.FROZEN) == 130


def test_nine_tenths_are_done_on_the_day_the_last_needed_item_is_done_for_good() -> None:
    items = [member(0, done=day) for day in range(10, 19)]
    assert done90_finish([*items, member(0)]) == 18
    assert done90_finish([*items, member(0), member(0)]) is None
    reopened = Member(0, None, ((1, 5), (30, None)), 0)
    assert done90_finish([*items[:-1], reopened, member(0)]) == 30
    assert done90_finish([*items, member(0), member(0, removed=50)]) == 18
    assert done90_finish([]) is None


def test_a_window_without_a_declared_start_begins_with_its_first_sign_of_work() -> None:
    items = [member(0, done=40 + n) for n in range(20)]
    assert hindsight_start(items, 80, [10, 30, 70, 80]) == 30
    assert hindsight_start(items, 80, [60, 80]) == 40
    assert hindsight_start([member(20, done=40)] * 3 + [member(10)] * 3, 80, [80]) == 10
    assert hindsight_start([], 80, []) is None
