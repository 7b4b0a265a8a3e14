from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.chronicle import NEVER
from pmbridge.metrics.bugflow.bug import Bug, Outcome, Turn
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.model import StatusCategory
from pmbridge.model.instants import from_micros

MOVES = st.lists(st.sampled_from(list(StatusCategory)), min_size=1, max_size=8)


def endings(bug):
    """Return the endings of a bug, each with the re-opening that undid it."""
    own = BugColumns.of([bug]).spells
    rows = zip(own.ended.tolist(), own.again.tolist(), strict=True)
    return [(from_micros(end), None if again == NEVER else from_micros(again)) for end, again in rows]


def test_an_open_bug_has_no_ending(bug, at):
    one = bug(1)
    assert one.is_open
    assert one.ended_at is None
    assert one.open_intervals == ((at(1), None),)


def test_the_last_ending_counts_when_it_was_re_opened(bug, at):
    one = bug(1, ended=[3, 9], reopened=[5])
    assert one.ended_at == at(9)
    assert one.open_intervals == ((at(1), at(3)), (at(5), at(9)))


def test_a_bug_written_down_as_closed_was_never_open(at):
    one = Bug(id=("j", "1"), key="A-1", created_at=at(1), turns=(Turn(at(1), StatusCategory.DONE),))
    assert one.open_intervals == ()
    assert one.ended_at == at(1)


def test_a_move_between_two_ended_statuses_is_no_second_ending(at):
    turns = (
        Turn(at(1), StatusCategory.TODO),
        Turn(at(2), StatusCategory.DONE),
        Turn(at(3), StatusCategory.CANCELLED),
    )
    one = Bug(id=("j", "1"), key="A-1", created_at=at(1), turns=turns, outcome=Outcome.DECLINED)
    assert one.ended_at == at(2)
    assert endings(one) == [(at(2), None)]


def test_its_severity_is_that_of_the_moment(bug, at):
    one = bug(1, severities=[(1, "minor"), (4, "blocker")])
    assert [one.severity_at(at(t)) for t in (0, 1, 3.9, 4, 9)] == ["minor", "minor", "minor", "blocker", "blocker"]
    assert bug(1).severity_at(at(3)) is None


@given(moves=MOVES)
def test_endings_and_re_openings_take_turns(at, moves):
    turns = tuple(Turn(at(n), category) for n, category in enumerate(moves))
    one = Bug(id=("j", "1"), key="A-1", created_at=at(0), turns=turns)
    found = endings(one)
    assert all(again is not None and end <= again for end, again in found[:-1])
    assert all(again <= following for (_, again), (following, _) in pairwise(found))
    assert not found or (found[-1][1] is None) == (not one.is_open)
    assert one.ended_at == (None if one.is_open else found[-1][0])
    assert one.reopened_at == max((again for _, again in found if again is not None), default=None)
    assert one.is_open == (moves[-1] not in (StatusCategory.DONE, StatusCategory.CANCELLED))
