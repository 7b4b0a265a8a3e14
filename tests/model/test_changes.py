from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.model import Change, FieldName
from pmbridge.model.changes import Changes, Recorder
from pmbridge.model.instants import to_micros

words = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3)
changes = st.builds(
    Change,
    source=st.sampled_from(("jira", "gitlab")),
    item=st.sampled_from(("1", "2", "10")),
    history=st.text("019a", min_size=1, max_size=3),
    position=st.integers(0, 3),
    at=st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.timezones()),
    author=words,
    field=st.sampled_from(FieldName),
    before=words,
    after=words,
    before_name=words,
    after_name=words,
)
some = st.lists(changes, max_size=8)


def happened(change: Change) -> tuple[object, ...]:
    return change.at, len(change.history), change.history, change.position


@given(some)
def test_columns_are_the_sequence_of_the_values_they_were_given(values: list[Change]):
    told = Changes.of(values)
    assert len(told) == len(values)
    assert list(told) == values
    assert [told[place] for place in range(len(values))] == values
    assert list(reversed(told)) == values[::-1]
    assert told == tuple(values)
    assert tuple(values) == told
    assert Changes.of(told) is told


@given(some, st.slices(8))
def test_a_slice_holds_the_same_as_that_of_a_tuple(values: list[Change], part: slice):
    assert Changes.of(values)[part] == tuple(values)[part]


@given(some, st.sampled_from(FieldName))
def test_ends_are_everything_a_field_came_from_or_went_to(values: list[Change], field: FieldName):
    moves = [change for change in values if change.field is field]
    ends = {(change.source, end) for change in moves for end in (change.before, change.after) if end is not None}
    assert Changes.of(values).ends(field) == ends


@given(some)
def test_they_happened_in_the_order_of_their_instants_and_of_the_numbers_of_their_edits(values: list[Change]):
    told = Changes.of(values)
    assert list(told.taken(told.sequence())) == sorted(values, key=happened)


@given(some)
def test_what_is_alike_is_ordered_by_what_else_is_given(values: list[Change]):
    told = Changes.of(values)
    backwards = numpy.arange(len(values))[::-1]
    wanted = sorted(enumerate(values), key=lambda one: (*happened(one[1]), -one[0]))
    assert list(told.taken(told.sequence(backwards))) == [change for _, change in wanted]


@given(some)
def test_the_changes_of_some_items_are_told_by_source_and_id(values: list[Change]):
    wanted = {("jira", "1"), ("gitlab", "10"), ("gitlab", "unheard of")}
    assert list(Changes.of(values).of_items(wanted)) == [c for c in values if (c.source, c.item) in wanted]


@given(some, some)
def test_rows_may_be_written_down_in_several_parts(first: list[Change], second: list[Change]):
    recorder = Recorder()
    for part in (first, second):
        recorder.record([row(change) for change in part])
    assert recorder.changes() == (*first, *second)


def row(change: Change) -> Sequence[object]:
    values = dict(change)
    return [*list(values.values())[:4], to_micros(change.at), *list(values.values())[5:]]


def test_nothing_written_down_is_an_empty_sequence():
    assert Recorder().changes() == ()


def test_columns_differ_from_other_values_and_from_what_is_no_sequence():
    one = Change(source="s", item="1", history="1", position=0, at="2025-01-01T00:00Z", field="title", after="x")
    told = Changes.of([one])
    assert told != (one.model_copy(update={"after": "y"}),)
    assert told != (one, one)
    assert told != 1


def test_columns_cannot_be_altered():
    one = Change(source="s", item="1", history="1", position=0, at="2025-01-01T00:00Z", field="title", after="x")
    with pytest.raises(ValueError, match="read-only"):
        Changes.of([one]).at[0] = 0
    with pytest.raises(IndexError):
        Changes.of([one])[1]
