from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.sandbox import Clock, GitlabSite

T0 = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


def made() -> tuple[GitlabSite, int, int]:
    site = GitlabSite(Clock(T0))
    project, ada = site.add_project("acme/shop-web"), site.add_user("ada", "Ada")
    return site, project, ada


def test_ids_are_global_and_numbers_count_within_a_project():
    site, project, ada = made()
    other = site.add_project("acme/pay")
    first, second = (site.create_issue(home, "A", at=T0, by=ada) for home in (project, other))
    third = site.create_issue(project, "B", at=T0, by=ada)
    assert [site.issues[id].iid for id in (first, second, third)] == [1, 1, 2]
    assert len({first, second, third}) == 3
    assert [group.path for group in site.groups.values()] == ["acme"]


def test_moving_between_milestones_leaves_one_addition_and_leaving_a_removal():
    site, project, ada = made()
    a, b = site.add_milestone(project, "A"), site.add_milestone(project, "B")
    id = site.create_issue(project, "Pay", at=T0, by=ada, milestone=a)
    site.set_milestone(id, b, at=T0 + timedelta(hours=1), by=ada)
    site.set_milestone(id, b, at=T0 + timedelta(hours=2), by=ada)
    site.set_milestone(id, None, at=T0 + timedelta(hours=3), by=ada)
    events = [(event.action, event.milestone) for event in site.issues[id].milestone_events]
    assert events == [("add", a), ("add", b), ("remove", b)]
    assert site.issues[id].updated == T0 + timedelta(hours=3)


def test_states_have_no_first_event():
    site, project, ada = made()
    id = site.create_issue(project, "Pay", at=T0, by=ada)
    assert site.issues[id].state_events == []
    site.close_issue(id, at=T0 + timedelta(hours=1), by=ada)
    site.close_issue(id, at=T0 + timedelta(hours=2), by=ada)
    assert (site.issues[id].closed, site.issues[id].closed_by) == (T0 + timedelta(hours=1), ada)
    site.reopen_issue(id, at=T0 + timedelta(hours=3), by=ada)
    assert [event.action for event in site.issues[id].state_events] == ["closed", "reopened"]
    assert site.issues[id].closed is None


def test_a_scoped_label_takes_the_place_of_its_sibling():
    site, project, ada = made()
    id = site.create_issue(project, "Pay", at=T0, by=ada, labels=["pm::green", "web"])
    site.add_labels(id, ["pm::amber", "web"], at=T0, by=ada)
    assert site.issues[id].labels == ["web", "pm::amber"]
    events = [(event.action, event.label) for event in site.issues[id].label_events]
    assert events == [("add", "pm::green"), ("add", "web"), ("remove", "pm::green"), ("add", "pm::amber")]
    assert (project, "pm::amber") in site.labels


def test_other_changes_leave_system_notes():
    site, project, ada = made()
    a = site.create_issue(project, "A", at=T0, by=ada)
    b = site.create_issue(project, "B", at=T0, by=ada)
    site.assign(a, [ada], at=T0, by=ada)
    site.edit(a, at=T0, by=ada, title="AA", due=date(2026, 9, 1))
    site.log_time(a, 5400, spent_at=T0, by=ada)
    site.link_issues(a, b, "is_blocked_by", at=T0, by=ada)
    assert [note.body for note in site.issues[a].notes if note.system] == [
        "assigned to @ada",
        "changed title from **A** to **AA**",
        "changed due date to September 01, 2026",
        "added 1h 30m of time spent",
        "marked this issue as blocked by #2",
    ]
    assert [note.body for note in site.issues[b].notes] == ["marked this issue as blocking #1"]


def test_weights_leave_their_values():
    site, project, ada = made()
    id = site.create_issue(project, "Pay", at=T0, by=ada, weight=3)
    site.set_weight(id, 5, at=T0, by=ada)
    site.set_weight(id, None, at=T0, by=ada)
    assert [event.weight for event in site.issues[id].weight_events] == [3, 5, None]


def test_deleting_an_issue_leaves_no_trace_of_it():
    site, project, ada = made()
    a = site.create_issue(project, "A", at=T0, by=ada)
    b = site.create_issue(project, "B", at=T0, by=ada)
    site.link_issues(a, b, at=T0, by=ada)
    site.delete_issue(a)
    assert (list(site.issues), site.issues[b].links, site.links) == ([b], [], {})
    with pytest.raises(KeyError):
        site.issue(project, 1)


def test_a_milestones_edit_does_not_touch_its_issues():
    site, project, ada = made()
    milestone = site.add_milestone(project, "A")
    id = site.create_issue(project, "Pay", at=T0, by=ada, milestone=milestone)
    site.clock.advance(timedelta(days=1))
    site.update_milestone(milestone, due=date(2026, 9, 1))
    site.close_milestone(milestone)
    assert site.issues[id].updated == T0
    assert (site.milestones[milestone].state, site.milestones[milestone].updated) == ("closed", T0 + timedelta(days=1))


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda site, id, by: site.edit(id, at=T0, by=by, colour=1), "no field 'colour'"),
        (lambda site, id, by: site.link_issues(id, id, "loves", at=T0, by=by), "not 'loves'"),
        (lambda site, id, by: site.add_project("alone"), "group/project"),
        (lambda site, id, by: site.update_milestone(site.add_milestone("acme/shop-web", "A"), iid=7), "'iid'"),
    ],
)
def test_a_change_that_makes_no_sense_says_why(act, words):
    site, project, ada = made()
    id = site.create_issue(project, "A", at=T0, by=ada)
    with pytest.raises(ValueError, match=words):
        act(site, id, ada)


@given(st.lists(st.lists(st.sampled_from(["a", "b", "s::1", "s::2", "s::3"])), max_size=8))
def test_replaying_the_label_events_gives_the_labels(steps):
    site, project, ada = made()
    id = site.create_issue(project, "Pay", at=T0, by=ada)
    for labels in steps:
        site.add_labels(id, labels, at=T0, by=ada)
        site.remove_labels(id, labels[:1], at=T0, by=ada)
    held: set[str] = set()
    for event in site.issues[id].label_events:
        assert (event.label in held) == (event.action == "remove")
        held ^= {event.label or ""}
    assert held == set(site.issues[id].labels)
    assert sum(label.startswith("s::") for label in held) <= 1


def test_a_moved_issue_stays_closed_and_points_at_its_copy():
    site, project, ada = made()
    other = site.add_project("acme/pay")
    id = site.create_issue(project, "Pay", at=T0, by=ada, labels=["web"])
    copy = site.move_issue(id, other, at=T0 + timedelta(hours=1), by=ada)
    assert (site.issues[id].state, site.issues[id].moved_to) == ("closed", copy)
    assert (site.issues[copy].title, site.issues[copy].labels, site.issues[copy].project) == ("Pay", ["web"], other)
    assert site.issues[id].notes[0].body == "moved to acme/pay#1"


def test_on_the_free_tier_scoped_labels_are_plain_text():
    site = GitlabSite(Clock(T0), premium=False)
    project, ada = site.add_project("acme/shop-web"), site.add_user("ada", "Ada")
    id = site.create_issue(project, "Pay", at=T0, by=ada, labels=["pm::green"])
    site.add_labels(id, ["pm::amber"], at=T0, by=ada)
    assert site.issues[id].labels == ["pm::green", "pm::amber"]
