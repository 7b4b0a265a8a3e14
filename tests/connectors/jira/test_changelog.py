from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge.model import FieldName, Level
from pmbridge_jira.changelog import Lexicon, Role, changes
from pmbridge_jira.fields import FieldMap

M = FieldName.MILESTONES


@pytest.fixture
def read(issue, history, fields):
    def changes_of(*items, level=Level.STANDARD, **more):
        return list(changes(issue(histories=[history(1, *items, **more)]), Lexicon(fields), source="j", level=level))

    return changes_of


def _moves(found):
    return [(change.field, change.before, change.after) for change in found]


def test_a_status_goes_by_id_and_remembers_the_names_of_the_time(read, change):
    (found,) = read(change("status", "10000", "10001", "Offen", "In Arbeit"))
    assert (found.field, found.before, found.after) == (FieldName.STATUS, "10000", "10001")
    assert (found.before_name, found.after_name) == ("Offen", "In Arbeit")
    assert (found.history, found.author, found.item) == ("1", "acc-1", "10001")


@pytest.mark.parametrize("created", [1_772_500_000, 1_772_500_000_000, "2026-03-03T01:06:40.000+0000"])
def test_the_instant_of_an_edit_is_read_in_every_form(read, change, created):
    (found,) = read(change("status", "1", "2"), created=created)
    assert found.at == datetime.fromtimestamp(1_772_500_000, UTC)


def test_an_edit_of_a_deleted_user_has_no_author(read, change):
    (found,) = read(change("status", "1", "2"), author=None)
    assert found.author is None


def test_a_move_between_two_versions_in_one_edit_is_two_changes(read, change):
    found = read(change("fixVersions", "20", None, "1.0"), change("fixVersions", None, "21", None, "1.1"))
    assert _moves(found) == [(M, "version:20", None), (M, None, "version:21")]
    assert (found[0].before_name, found[1].after_name) == ("1.0", "1.1")
    assert len({one.identity for one in found}) == 2


def test_a_move_written_as_one_entry_is_two_changes_as_well(read, change):
    assert _moves(read(change("fixVersions", "20", "21"))) == [(M, "version:20", None), (M, None, "version:21")]


def test_sprints_are_lists_and_only_the_difference_is_a_change(read, change):
    found = read(change("customfield_10020", "4, 5", "5, 6", "S4, S5", "S5, S6"))
    assert _moves(found) == [(M, "sprint:4", None), (M, None, "sprint:6")]
    assert (found[0].before_name, found[1].after_name) == ("S4", "S6")


def test_a_comma_in_a_sprints_name_leaves_the_names_open_and_not_wrong(read, change):
    (found,) = read(change("customfield_10020", "4", "4, 6", "One, two", "One, two, three"))
    assert (found.after, found.after_name) == ("sprint:6", None)


def test_labels_are_told_apart_one_by_one(read, change):
    found = read(change("labels", old="a b", new="b c d"))
    assert _moves(found) == [
        (FieldName.LABELS, "a", None),
        (FieldName.LABELS, None, "c"),
        (FieldName.LABELS, None, "d"),
    ]
    assert len({one.position for one in found}) == 3


def test_an_assignee_leaves_and_another_comes(read, change):
    found = read(change("assignee", "a", "b", "Ada", "Bob"))
    assert _moves(found) == [(FieldName.ASSIGNEES, "a", None), (FieldName.ASSIGNEES, None, "b")]


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("customfield_10016", (None, None, "3.0", "5"), (FieldName.POINTS, "3", "5")),
        ("customfield_10016", (None, None, "", "0.50"), (FieldName.POINTS, None, "0.5")),
        ("customfield_10016", (None, None, "100", None), (FieldName.POINTS, "100", None)),
        ("customfield_10021", ("", "[10019]", "", "Impediment"), (FieldName.FLAGGED, None, "true")),
        ("duedate", ("2026-03-01", None, "2026-03-01 00:00:00.0", None), (FieldName.DUE, "2026-03-01", None)),
        ("timeoriginalestimate", (None, "3600", None, "3600"), (FieldName.ESTIMATE, None, "3600")),
        ("resolution", (None, "10001", None, "Won't Do"), (FieldName.RESOLUTION, None, "10001")),
        ("priority", ("3", "1", "Medium", "Highest"), (FieldName.PRIORITY, "3", "1")),
        ("issuetype", ("1", "2", "Task", "Bug"), (FieldName.TYPE, "1", "2")),
        ("summary", (None, None, "old", "new"), (FieldName.TITLE, "old", "new")),
        ("versions", (None, "19", None, "0.9"), (FieldName.AFFECTS, None, "version:19")),
        ("components", ("5", None, "Web", None), (FieldName.COMPONENTS, "Web", None)),
        ("Key", (None, None, "OLD-1", "SHOP-1"), (FieldName.PROJECT, "OLD", "SHOP")),
    ],
)
def test_each_field_has_its_own_form(read, change, field, values, expected):
    assert _moves(read(change(field, *values))) == [expected]


def test_a_resolution_keeps_its_name_for_telling_cancelled_from_done(read, change):
    (found,) = read(change("resolution", None, "10001", None, "Won't Do"))
    assert found.after_name == "Won't Do"


def test_a_description_tells_that_it_changed_and_not_what_it_said(read, change):
    (found,) = read(change("description", None, None, "old secret", "new secret"))
    assert found.before != found.after
    assert "secret" not in repr(found)


def test_the_parent_of_a_standard_item_is_its_epic(read, change):
    moved = {
        "field": "IssueParentAssociation",
        "from": "900",
        "to": "901",
        "fromString": "SHOP-8",
        "toString": "SHOP-9",
    }
    assert _moves(read(moved)) == [
        (FieldName.PARENT, "900", "901"),
        (M, "epic:900", None),
        (M, None, "epic:901"),
    ]
    assert _moves(read(moved, level=Level.SUBTASK)) == [(FieldName.PARENT, "900", "901")]


def test_a_move_noted_as_parent_and_as_epic_link_is_one_move(read):
    ends = {"from": "900", "to": "901", "fromString": "SHOP-8", "toString": "SHOP-9"}
    once = read({"field": "IssueParentAssociation", **ends})
    twice = read({"field": "IssueParentAssociation", **ends}, {"field": "Epic Link", **ends})
    assert [change.identity for change in twice] == [change.identity for change in once]


def test_what_is_not_kept_and_what_did_not_change_yields_nothing(read, change):
    assert read(change("Rank", None, None, "", "Ranked higher")) == []
    assert read(change("customfield_10016", None, None, "3", "3.0")) == []
    assert read(change("status", "1", "1")) == []


def test_a_position_does_not_depend_on_which_other_fields_were_asked_for(read, change):
    status, points = change("status", "1", "2"), change("customfield_10016", None, None, "1", "2")
    together = {one.field: one.position for one in read(points, change("Rank"), status)}
    assert together[FieldName.STATUS] == read(status)[0].position
    assert together[FieldName.POINTS] == read(points)[0].position


def test_the_numbers_of_the_roles_are_kept_for_ever():
    assert [role.name for role in Role] == [
        *("STATUS", "RESOLUTION", "FIX_VERSIONS", "POINTS", "ASSIGNEE", "LABELS", "SPRINT", "PRIORITY", "TYPE"),
        *("FLAGGED", "PARENT", "AFFECTS", "DUE", "COMPONENTS", "TITLE", "DESCRIPTION", "KEY", "ESTIMATE", "SEVERITY"),
    ]
    assert [role.value for role in Role] == list(range(1, 20))


ids = st.sets(st.integers(1, 30), max_size=6)


@settings(deadline=None)
@given(ids, ids, ids)
def test_replaying_set_changes_leads_from_the_first_to_the_last_state(first, second, third):
    """What the deltas take out and put in is exactly what the lists say."""
    lists = [", ".join(map(str, sorted(state))) for state in (first, second, third)]
    entries = [{"fieldId": "s", "from": a, "to": b} for a, b in pairwise(lists)]
    histories = [
        {"id": str(n), "created": 1_772_500_000 + n, "author": None, "items": [entry]}
        for n, entry in enumerate(entries)
    ]
    issue = {"id": "1", "changelog": {"histories": histories}}
    state = {f"sprint:{number}" for number in first}
    for one in changes(issue, Lexicon(FieldMap(sprint=("s",))), source="j", level=Level.STANDARD):
        state = state - {one.before} | ({one.after} if one.after else set())
    assert state == {f"sprint:{number}" for number in third}


def test_what_an_edit_meant_elsewhere_or_at_another_level_is_not_taken_over(issue, history, change):
    told = issue(histories=[history(1, change("customfield_1", None, None, "3", "5"), change("parent", "7", "8"))])
    elsewhere = [Lexicon(FieldMap(story_points=(f"customfield_{n}",))) for n in (2, 1)]
    levels = Level.STANDARD, Level.SUBTASK
    found = [[_moves(changes(told, at, source="j", level=level)) for level in levels] for at in elsewhere for _ in "ab"]
    parent, epics = [(FieldName.PARENT, "7", "8")], [(M, "epic:7", None), (M, None, "epic:8")]
    points = [(FieldName.POINTS, "3", "5")]
    assert found[0] == found[1] == [parent + epics, parent]
    assert found[2] == found[3] == [points + parent + epics, points + parent]


def test_a_lexicon_remembers_its_own_site_and_no_more_than_it_may(issue, history, change, monkeypatch):
    monkeypatch.setattr("pmbridge_jira.changelog._REMEMBERED", 3)
    people = [
        history(n, change("assignee", "a", f"b{n}", "Ada", f"Bob {n}"), created=1_772_500_000 + n) for n in range(9)
    ]
    mine, other = Lexicon(FieldMap()), Lexicon(FieldMap())
    told = issue(histories=people)
    first, again = (changes(told, mine, source="j", level=Level.STANDARD) for _ in "ab")
    assert [one.after for one in first if one.after] == [f"b{n}" for n in range(9)]
    assert first == again
    assert [len(known) for known in mine._known.values()] == [0, 3, 0]
    assert not any(other._known.values())
