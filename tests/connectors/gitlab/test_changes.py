from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.model import Change, FieldName
from pmbridge_gitlab import fields
from pmbridge_gitlab.changes import changes
from pmbridge_gitlab.history import IssueHistory
from pmbridge_gitlab.settings import LabelScopes

Row = dict[str, Any]
Make = Callable[..., Row]

A = {"id": 1, "title": "A"}
B = {"id": 2, "title": "B"}


def told(issue: Row, **lists: Any) -> list[Change]:
    return changes(issue, IssueHistory(**lists), "gl", LabelScopes())


def moves(found: list[Change]) -> list[tuple[str, int, str | None, str | None]]:
    return [(c.history, c.position, c.before, c.after) for c in found]


def test_an_issue_without_events_has_no_changes(make_issue: Make) -> None:
    assert told(make_issue()) == []


def test_a_move_between_milestones_takes_out_the_one_and_puts_in_the_other(make_issue: Make, make_event: Make) -> None:
    events = [
        make_event(5, "03T08:00:00", action="add", milestone=A),
        make_event(6, "04T08:00:00", action="add", milestone=B),
    ]
    found = told(make_issue(milestone=B), milestones=events)
    assert moves(found) == [
        ("milestone:5", 1, None, "milestone:1"),
        ("milestone:6", 0, "milestone:1", None),
        ("milestone:6", 1, None, "milestone:2"),
    ]
    assert {c.field for c in found} == {FieldName.MILESTONES}
    assert [c.before_name or c.after_name for c in found] == ["A", "A", "B"]
    assert found[1].at == found[2].at
    assert found[1].author == "9"


def test_a_removal_takes_out_once_and_a_return_puts_in_again(make_issue: Make, make_event: Make) -> None:
    events = [
        make_event(5, "03T08:00:00", action="add", milestone=A),
        make_event(6, "04T08:00:00", action="remove", milestone=A),
        make_event(7, "05T08:00:00", action="add", milestone=A),
    ]
    assert moves(told(make_issue(milestone=A), milestones=events)) == [
        ("milestone:5", 1, None, "milestone:1"),
        ("milestone:6", 0, "milestone:1", None),
        ("milestone:7", 1, None, "milestone:1"),
    ]


@pytest.mark.parametrize("removal", [6, 7])
def test_a_server_that_records_both_halves_of_a_move_is_not_counted_twice(
    make_issue: Make, make_event: Make, removal: int
) -> None:
    coming = 13 - removal
    events = [
        make_event(5, "03T08:00:00", action="add", milestone=A),
        make_event(removal, "04T08:00:00", action="remove", milestone=A),
        make_event(coming, "04T08:00:00", action="add", milestone=B),
    ]
    found = told(make_issue(milestone=B), milestones=events)
    assert [(c.before, c.after) for c in found] == [
        (None, "milestone:1"),
        ("milestone:1", None),
        (None, "milestone:2"),
    ]


def test_a_removal_of_a_milestone_that_no_event_brought_is_told(make_issue: Make, make_event: Make) -> None:
    events = [make_event(6, "04T08:00:00", action="remove", milestone=A)]
    assert moves(told(make_issue(), milestones=events)) == [("milestone:6", 0, "milestone:1", None)]


def test_a_milestone_deleted_since_still_pushes_out_the_one_before(make_issue: Make, make_event: Make) -> None:
    events = [
        make_event(5, "03T08:00:00", action="add", milestone=A),
        make_event(6, "04T08:00:00", action="add", milestone=None, user=None),
        make_event(7, "05T08:00:00", action="remove", milestone=None),
        make_event(8, "06T08:00:00", action="add", milestone=A),
    ]
    found = told(make_issue(milestone=A), milestones=events)
    assert [(c.before, c.after) for c in found] == [
        (None, "milestone:1"),
        ("milestone:1", None),
        (None, "milestone:1"),
    ]
    assert found[1].author is None


def test_the_same_milestone_added_twice_is_one_entry(make_issue: Make, make_event: Make) -> None:
    events = [make_event(n, "03T08:00:00", action="add", milestone=A) for n in (5, 6)]
    assert moves(told(make_issue(), milestones=events)) == [("milestone:5", 1, None, "milestone:1")]


def test_closing_and_reopening_go_there_and_back(make_issue: Make, make_event: Make) -> None:
    events = [
        make_event(3, "05T08:00:00", state="closed"),
        make_event(1, "03T08:00:00", state="closed"),
        make_event(2, "04T08:00:00", state="reopened"),
    ]
    found = told(make_issue(state="closed", closed_at="2026-03-05T08:00:00.000Z"), states=events)
    assert moves(found) == [
        ("state:1", 0, "opened", "closed"),
        ("state:2", 0, "closed", "opened"),
        ("state:3", 0, "opened", "closed"),
    ]
    assert {c.field for c in found} == {FieldName.STATUS}


def test_a_closing_that_is_recorded_twice_counts_once(make_issue: Make, make_event: Make) -> None:
    events = [make_event(number, f"0{number}T08:00:00", state="closed") for number in (3, 4)]
    found = told(make_issue(state="closed", closed_at="2026-03-03T08:00:00.000Z"), states=events)
    assert moves(found) == [("state:3", 0, "opened", "closed")]


def test_a_reopening_whose_closing_left_no_event_is_told(make_issue: Make, make_event: Make) -> None:
    found = told(make_issue(), states=[make_event(3, "03T08:00:00", state="reopened")])
    assert moves(found) == [("state:3", 0, "closed", "opened")]


def test_a_closing_without_an_event_is_taken_from_the_issue(make_issue: Make, make_user: Make) -> None:
    issue = make_issue(state="closed", closed_at="2026-03-05T08:00:00.000Z", closed_by=make_user(8))
    (only,) = told(issue)
    assert (only.history, only.before, only.after, only.author) == ("closed_at", "opened", "closed", "8")
    assert only.at.isoformat() == "2026-03-05T08:00:00+00:00"


def test_a_closing_without_event_and_instant_is_dated_by_the_last_update(make_issue: Make) -> None:
    (only,) = told(make_issue(state="closed", updated_at="2026-03-09T08:00:00.000Z"))
    assert only.at.isoformat() == "2026-03-09T08:00:00+00:00"
    assert only.author is None


def test_a_label_comes_and_goes_by_its_name(make_issue: Make, make_event: Make) -> None:
    label = {"id": 4, "name": "needs, review"}
    events = [
        make_event(1, "03T08:00:00", action="add", label=label),
        make_event(2, "04T08:00:00", action="remove", label=label),
        make_event(3, "05T08:00:00", action="add", label=None),
    ]
    found = told(make_issue(), labels=events)
    assert moves(found) == [("label:1", 0, None, "needs, review"), ("label:2", 0, "needs, review", None)]


def test_scoped_labels_move_the_fields_they_stand_for(make_issue: Make, make_event: Make) -> None:
    def event(number: int, at: str, action: str, name: str) -> Row:
        return make_event(number, at, action=action, label={"id": number, "name": name})

    events = [
        event(1, "03T08:00:00", "add", "priority::low"),
        event(2, "04T08:00:00", "remove", "priority::low"),
        event(3, "04T08:00:00", "add", "priority::high"),
        event(4, "05T08:00:00", "add", "weight::3"),
        event(5, "06T08:00:00", "add", "weight::5"),
        event(6, "06T08:00:01", "remove", "weight::3"),
        event(7, "07T08:00:00", "add", "weight::much"),
    ]
    found = [c for c in told(make_issue(), labels=events) if c.field is not FieldName.LABELS]
    assert [(c.field.value, c.before, c.after) for c in found] == [
        ("priority", None, "low"),
        ("priority", "low", None),
        ("priority", None, "high"),
        ("points", None, "3"),
        ("points", "3", "5"),
    ]
    assert len({c.identity for c in found}) == len(found)


def test_a_label_that_goes_without_having_come_was_there_at_the_beginning(make_issue: Make, make_event: Make) -> None:
    event = make_event(2, "04T08:00:00", action="remove", label={"id": 1, "name": "priority::low"})
    found = told(make_issue(), labels=[event])
    assert [(c.field.value, c.before, c.after) for c in found] == [
        ("labels", "priority::low", None),
        ("priority", "low", None),
    ]


def test_where_the_server_has_weights_labels_estimate_nothing(make_issue: Make, make_event: Make) -> None:
    event = make_event(2, "04T08:00:00", action="add", label={"id": 1, "name": "weight::3"})
    found = told(make_issue(weight=None), labels=[event])
    assert [c.field for c in found] == [FieldName.LABELS]


def test_weights_follow_each_other(make_issue: Make, make_event: Make) -> None:
    events = [
        make_event(1, "03T08:00:00", weight=3),
        make_event(2, "04T08:00:00", weight=5),
        make_event(3, "05T08:00:00", weight=None),
    ]
    assert moves(told(make_issue(weight=None), weights=events)) == [
        ("weight:1", 0, None, "3"),
        ("weight:2", 0, "3", "5"),
        ("weight:3", 0, "5", None),
    ]


def test_a_weight_event_that_knows_the_previous_weight_is_believed(make_issue: Make, make_event: Make) -> None:
    found = told(make_issue(weight=5), weights=[make_event(1, "03T08:00:00", weight=5, previous_weight=2)])
    assert moves(found) == [("weight:1", 0, "2", "5")]


def test_changes_of_all_kinds_stand_in_the_order_of_time(make_issue: Make, make_event: Make) -> None:
    found = told(
        make_issue(state="closed", closed_at="2026-03-06T08:00:00.000Z"),
        states=[make_event(1, "06T08:00:00", state="closed")],
        milestones=[make_event(1, "03T08:00:00", action="add", milestone=A)],
        labels=[make_event(1, "04T08:00:00", action="add", label={"id": 1, "name": "bug"})],
    )
    assert [c.history for c in found] == ["milestone:1", "label:1", "state:1"]
    assert len({c.identity for c in found}) == 3


steps = st.lists(st.tuples(st.booleans(), st.sampled_from(["weight::3", "weight::13", "weight::x", "priority::1"])))


@given(steps)
def test_the_history_of_labels_leads_to_what_the_labels_say_now(steps: list[tuple[bool, str]]) -> None:
    held: list[str] = []
    events: list[Row] = []
    for number, (adds, name) in enumerate(steps):
        if adds == (name in held):
            continue
        held = [*held, name] if adds else [label for label in held if label != name]
        at = f"2026-03-01T08:{number:02d}:00Z"
        events.append({"id": number, "created_at": at, "action": "add" if adds else "remove", "label": {"name": name}})
    issue: Row = {"id": 1, "state": "opened", "labels": sorted(held)}
    found = told(issue, labels=events)
    for name, now in (
        (FieldName.POINTS, fields.points(issue, LabelScopes())),
        (FieldName.PRIORITY, fields.priority(issue, LabelScopes())),
    ):
        chain = [(c.before, c.after) for c in found if c.field is name]
        last = chain[-1][1] if chain else None
        assert (None if last is None else float(last)) == (None if now is None else float(now))
        assert all(one[1] == two[0] for one, two in pairwise(chain))
        assert all(before != after for before, after in chain)


moves_made = st.lists(st.sampled_from([1, 2, 3, None]), max_size=12)


@given(moves_made, st.booleans())
def test_the_history_of_milestones_is_told_whole_however_the_server_records_it(
    moves: list[int | None], both_halves: bool
) -> None:
    now: int | None = None
    events: list[Row] = []

    def record(action: str, milestone: int) -> None:
        at = f"2026-03-01T{len(events) // 60:02d}:{len(events) % 60:02d}:00Z"
        row = {"id": len(events), "created_at": at, "action": action, "milestone": {"id": milestone, "title": "M"}}
        events.append(row)

    expected: list[tuple[int | None, int | None]] = []
    for wanted in moves:
        if wanted == now:
            continue
        if now is not None:
            expected.append((now, None))
            if both_halves or wanted is None:
                record("remove", now)
        if wanted is not None:
            expected.append((None, wanted))
            record("add", wanted)
        now = wanted
    issue: Row = {"id": 1, "state": "opened", "labels": []}
    found = told(issue, milestones=events)

    def named(end: int | None) -> str | None:
        return None if end is None else f"milestone:{end}"

    assert [(c.before, c.after) for c in found] == [(named(a), named(b)) for a, b in expected]
    assert len({c.identity for c in found}) == len(found)
