"""Bugs side by side say what the same bugs say one by one."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.chronicle import NEVER
from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.metrics.bugflow.columns import BugColumns, instants
from pmbridge.metrics.bugflow.groups import Defects, Group
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.model import StatusCategory
from pmbridge.model.instants import from_micros, to_micros

OVER = (StatusCategory.DONE, StatusCategory.CANCELLED)
LIVES = st.lists(st.lists(st.sampled_from(list(StatusCategory)), max_size=6), max_size=6)
WORDS = st.sampled_from([None, "blocker", "minor"])


def followed(created, turns):
    """Follow one life turn by turn: its endings with what undid them, and its open stretches."""
    endings, stretches, begin = [], [], created
    for number, (since, over) in enumerate(turns):
        if over and begin is not None:
            endings.append([since, None])
            if number:
                stretches.append((begin, since))
            begin = None
        elif not over and begin is None:
            endings[-1][1] = begin = since
    return endings, [*stretches, *([] if begin is None else [(begin, None)])]


def unwritten(bug):
    """Return what was told of a bug."""
    return {name: getattr(bug, name) for name in bug.__dataclass_fields__ if name not in ("turns", "state")}


@given(lives=LIVES)
def test_many_lives_followed_at_once_are_each_followed_by_itself(bug, at, lives):
    bugs = [bug(0, turns=[(n, one) for n, one in enumerate(life)]) for life in lives]
    own = BugColumns.of(bugs).spells
    for place, one in enumerate(bugs):
        endings, stretches = followed(one.created_at, [(turn.since, turn.category in OVER) for turn in one.turns])
        rows = own.endings.slice(place)
        assert [instants(pair).tolist() for pair in endings] == [
            list(pair) for pair in zip(own.ended[rows].tolist(), own.again[rows].tolist(), strict=True)
        ]
        assert one.open_intervals == tuple(stretches)
        assert one.is_open == bool(stretches and stretches[-1][1] is None)
        assert one.ended_at == (None if one.is_open else endings[-1][0])


@given(
    given=st.lists(st.tuples(st.floats(0, 9), st.lists(st.tuples(st.integers(1, 9), WORDS), max_size=3)), max_size=5)
)
def test_a_bug_made_from_columns_is_the_one_that_was_told(bug, given):
    bugs = [
        bug(day, severities=sorted(words, key=lambda pair: pair[0]), affects=frozenset({"1.0"}), url=f"https://x/{day}")
        for day, words in given
    ]
    columns = BugColumns.of(bugs)
    columns.made.clear()
    assert [unwritten(one) for one in columns] == [unwritten(one) for one in bugs]
    assert [tuple(one.turns) for one in columns] == [tuple(one.turns) for one in bugs]
    assert [columns.severity.values()[n] for n in range(len(bugs))] == [one.severity for one in bugs]


@given(words=st.lists(st.tuples(st.integers(1, 9), WORDS), max_size=4), day=st.integers(0, 10))
def test_the_severity_of_a_moment_is_the_same_for_one_and_for_many(bug, at, words, day):
    graded = sorted(words, key=lambda pair: pair[0])
    one = bug(1, severities=graded)
    said = [word for since, word in graded if since <= day] or [word for _, word in graded[:1]]
    assert one.severity_at(at(day)) == BugColumns.of([bug(0), one]).severity_at(1, at(day)) == (said or [None])[-1]


def test_bugs_are_kept_by_place_and_those_beyond_are_refused(bug):
    columns = BugColumns.of([bug(1), bug(2)])
    assert columns[0] is columns[0] is columns[-2]
    assert BugColumns.of(columns) is columns
    assert len(columns[:1]) == 1
    with pytest.raises(IndexError, match="none at -3"):
        columns[-3]
    with pytest.raises(IndexError, match="there are 2 bugs and none at 2"):
        columns[2]


def test_a_part_of_a_group_is_a_group(bug):
    bugs = [bug(n) for n in range(4)]
    group = Group.of(bugs)
    assert Group.of(group) is group
    assert list(group[1:3]) == bugs[1:3]
    assert group.where(numpy.array([True, False, False, True])).keys == [bugs[0].key, bugs[3].key]


def test_defects_are_read_over_all_of_their_reports(bug, at):
    first, second, alone = bug(1, is_incident=True), bug(2), bug(3, ended=5)
    defects = Defects.of([Defect(second, (first, second), at(1)), Defect(alone, (alone,), at(3))])
    created = defects.columns.created
    assert [from_micros(one) for one in defects.first_of(created).tolist()] == [at(1), at(3)]
    assert [from_micros(one) for one in defects.last_of(created).tolist()] == [at(2), at(3)]
    assert defects.any_of(defects.columns.is_incident).tolist() == [True, False]
    assert [one.root for one in defects[1:]] == [alone]
    assert defects.where(numpy.array([1, 0])).keys == [alone.key, second.key]


def test_a_defect_is_open_from_its_first_report_on(bug, at):
    late, again = bug(4), bug(2, ended=[5], reopened=[7])
    whose, begin, until = Defects.of([Defect(late, (late,), at(1)), Defect(again, (again,), at(1))]).stretches()
    ends = [None if one == NEVER else from_micros(one) for one in until.tolist()]
    assert list(zip(whose.tolist(), map(from_micros, begin.tolist()), ends, strict=True)) == [
        (0, at(1), None), (1, at(1), at(5)), (1, at(7), None),
    ]  # fmt: skip


def test_what_is_asked_of_defects_without_any_has_no_answer():
    none = Defects.of([])
    assert not len(none.first_of(none.columns.created))
    assert not none.any_of(none.columns.is_report).any()


@given(lengths=st.lists(st.integers(0, 4), min_size=1, max_size=8), data=st.data())
def test_rows_of_some_owners_are_found_in_their_order(lengths, data):
    layout = Ragged.of(lengths)
    owners = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=6))
    rows, whose = layout.rows(numpy.array(owners, numpy.int64))
    expected = [(row, n) for n, owner in enumerate(owners) for row in range(*layout.slice(owner).indices(99))]
    assert list(zip(rows.tolist(), whose.tolist(), strict=True)) == expected


@given(values=st.lists(st.sampled_from("abc")))
def test_numbered_values_come_back_and_are_asked_once(values):
    coded, asked = Coded.of(values), []
    assert coded.values() == values
    assert {kind: rows.tolist() for kind, rows in coded.parts()} == {
        one: [n for n, value in enumerate(values) if value == one] for one in values
    }
    assert coded.told(lambda one: asked.append(one) or one == "a").tolist() == [one == "a" for one in values]
    assert len(asked) == len(set(values))
    assert coded.renamed(lambda one: one == "a").values() == [one == "a" for one in values]


def test_an_outcome_is_found_among_many(bug):
    columns = BugColumns.of([bug(1, ended=2), bug(1), bug(1, ended=2, outcome=Outcome.DECLINED)])
    assert columns.is_outcome(Outcome.FIXED).tolist() == [True, False, False]


def test_absent_instants_are_never(at):
    assert instants([at(1), None]).tolist() == [to_micros(at(1)), NEVER]


def test_a_bug_that_was_made_does_not_keep_the_columns_that_made_it(bug):
    columns = replace(BugColumns.of([bug(0), bug(3)]), made={})
    gone, kept = weakref.ref(columns), columns[1]
    gc.disable()
    try:
        del columns
        assert gone() is None
    finally:
        gc.enable()
    assert kept.turns[0].since == kept.created_at
