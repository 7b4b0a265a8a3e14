from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.replay import Member
from pmbridge.metrics.weekly_growth import weekly_growth


@st.composite
def members(draw: st.DrawFn) -> Member:
    added = draw(st.integers(0, 60))
    removed = draw(st.none() | st.integers(added + 1, added + 40))
    done = draw(st.none() | st.integers(added, added + 40))
    return Member(added, removed, () if done is None else ((done, None),), added)


def member(added: int, removed: int | None = None, done: int | None = None) -> Member:
    return Member(added, removed, () if done is None else ((done, None),), added)


def test_what_joined_and_left_is_counted_in_the_week_it_did() -> None:
    found = [member(0), member(8), member(9), member(16), member(3, removed=17)]
    assert weekly_growth(found, 20, 3, since=0) == (1, 2, 0)


def test_the_plan_is_no_growth_and_finished_work_that_leaves_takes_nothing_away() -> None:
    assert weekly_growth([member(5), member(6)], 20, 3, since=5) == (1, 0, 0)
    assert weekly_growth([member(0, removed=18, done=10)], 20, 3, since=0) == (0, 0, 0)
    assert weekly_growth([member(0, removed=18, done=19)], 20, 3, since=0) == (0, 0, -1)


@given(work=st.lists(members(), max_size=20), today=st.integers(20, 80), since=st.integers(0, 30))
def test_what_comes_later_changes_nothing(work: list[Member], today: int, since: int) -> None:
    known = [
        Member(m.added, m.removed if m.removed is not None and m.removed <= today else None, m.done, m.created)
        for m in work
        if m.added <= today
    ]
    assert weekly_growth(work, today, 8, since) == weekly_growth(known, today, 8, since)
