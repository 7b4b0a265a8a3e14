from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.bugflow.bug import Bug, Outcome, Turn
from pmbridge.model import StatusCategory

MOVES = st.lists(st.sampled_from(list(StatusCategory)), min_size=1, max_size=8)


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
    assert one.endings == (at(2),)


def test_its_severity_is_that_of_the_moment(bug, at):
    one = bug(1, severities=[(1, "minor"), (4, "blocker")])
    assert [one.severity_at(at(t)) for t in (0, 1, 3.9, 4, 9)] == ["minor", "minor", "minor", "blocker", "blocker"]
    assert bug(1).severity_at(at(3)) is None


@given(moves=MOVES)
def test_endings_and_re_openings_take_turns(at, moves):
    turns = tuple(Turn(at(n), category) for n, category in enumerate(moves))
    one = Bug(id=("j", "1"), key="A-1", created_at=at(0), turns=turns)
    assert len(one.endings) - len(one.reopenings) in (0, 1)
    merged = sorted([(t, "end") for t in one.endings] + [(t, "open") for t in one.reopenings])
    assert [kind for _, kind in merged] == ["end", "open"] * len(one.reopenings) + ["end"] * (
        len(one.endings) - len(one.reopenings)
    )
    assert one.is_open == (moves[-1] not in (StatusCategory.DONE, StatusCategory.CANCELLED))
