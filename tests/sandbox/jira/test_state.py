from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.sandbox import Clock, JiraSite

T0 = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


def made() -> JiraSite:
    site = JiraSite(Clock(T0))
    site.add_user("ada", "Ada", "ada@example.com")
    site.add_project("SHOP", "Shop", "ada")
    return site


def shown(site: JiraSite, issue: str) -> list[list[tuple[str, str | None, str | None]]]:
    return [[(item.field, item.before, item.after) for item in h.items] for h in site.issue(issue).histories]


def test_what_an_issue_is_created_with_leaves_no_history():
    site = made()
    version = site.add_version("SHOP", "1.0")
    id = site.create_issue("SHOP", "Bug", "Crash", at=T0, by="ada", fix_versions=[version], points=3, labels=["a"])
    issue = site.issue(id)
    assert (issue.key, issue.histories, issue.fix_versions) == ("SHOP-1", [], [version])
    assert issue.created == issue.updated == T0


def test_moving_between_two_versions_is_one_edit_with_two_items():
    site = made()
    one, two = site.add_version("SHOP", "1.0"), site.add_version("SHOP", "1.1")
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada", fix_versions=["1.0"])
    site.edit_issue(id, at=T0 + timedelta(hours=1), by="ada", fix_versions=["1.1"], status="In Progress")
    assert shown(site, id) == [[("Fix Version", one, None), ("Fix Version", None, two), ("status", "10000", "10001")]]
    assert site.issue(id).updated == T0 + timedelta(hours=1)


def test_an_edit_that_changes_nothing_leaves_no_trace():
    site = made()
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada", points=3)
    site.edit_issue(id, at=T0 + timedelta(hours=1), by="ada", points=3, status="To Do")
    assert shown(site, id) == []
    assert site.issue(id).updated == T0


def test_a_resolution_sets_its_date_and_reopening_clears_it():
    site = made()
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada")
    site.edit_issue(id, at=T0 + timedelta(hours=1), by="ada", status="Done", resolution="Done")
    assert site.issue(id).resolved == site.issue(id).category_changed == T0 + timedelta(hours=1)
    site.edit_issue(id, at=T0 + timedelta(hours=2), by="ada", status="To Do", resolution=None)
    assert site.issue(id).resolved is None


def test_every_kind_of_field_is_shown_with_ids_and_words():
    site = made()
    epic = site.create_issue("SHOP", "Epic", "Checkout", at=T0, by="ada")
    cart = site.add_component("SHOP", "Cart")
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada", points=3)
    changes = {
        "assignee": "ada",
        "points": 5.5,
        "labels": ["a", "b"],
        "priority": "High",
        "flagged": True,
        "components": [cart],
        "due": date(2026, 9, 1),
        "summary": "Pay now",
        "description": "Text",
        "parent": epic,
    }
    site.edit_issue(id, at=T0, by="ada", **changes)
    items = {i.field: (i.before, i.before_text, i.after, i.after_text) for i in site.issue(id).histories[0].items}
    assert items == {
        "assignee": (None, None, "ada", "Ada"),
        "Story Points": (None, "3", None, "5.5"),
        "labels": (None, "", None, "a b"),
        "priority": ("3", "Medium", "2", "High"),
        "Flagged": ("", "", "[10019]", "Impediment"),
        "Component": (None, None, cart, "Cart"),
        "duedate": (None, None, "2026-09-01", "2026-09-01 00:00:00.0"),
        "summary": (None, "Pay", None, "Pay now"),
        "description": (None, None, None, "Text"),
        "IssueParentAssociation": (None, None, epic, "SHOP-1"),
    }
    assert site.children[epic] == [id]


def test_histories_stand_in_the_order_of_time_whenever_they_were_made():
    site = made()
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada")
    site.edit_issue(id, at=T0 + timedelta(hours=2), by="ada", points=1)
    site.edit_issue(id, at=T0 + timedelta(hours=1), by="ada", priority="Low")
    assert [items[0][0] for items in shown(site, id)] == ["priority", "Story Points"]
    assert site.issue(id).updated == T0 + timedelta(hours=2)


def test_a_link_is_recorded_at_both_ends_and_made_once():
    site = made()
    a = site.create_issue("SHOP", "Bug", "A", at=T0, by="ada")
    b = site.create_issue("SHOP", "Bug", "B", at=T0, by="ada")
    first = site.link_issues("Blocks", a, b, at=T0 + timedelta(hours=1), by="ada")
    assert site.link_issues("Blocks", a, b, at=T0 + timedelta(hours=2), by="ada") == first
    assert site.issue(a).histories[0].items[0].after_text == "This issue blocks SHOP-2"
    assert site.issue(b).histories[0].items[0].after_text == "This issue is blocked by SHOP-1"
    assert site.issue(b).updated == T0 + timedelta(hours=1)


def test_deleting_an_issue_leaves_no_trace_of_it():
    site = made()
    epic = site.create_issue("SHOP", "Epic", "E", at=T0, by="ada")
    story = site.create_issue("SHOP", "Story", "S", at=T0, by="ada", parent=epic)
    step = site.create_issue("SHOP", "Sub-task", "T", at=T0, by="ada", parent=story)
    bug = site.create_issue("SHOP", "Bug", "B", at=T0, by="ada")
    site.link_issues("Blocks", story, bug, at=T0, by="ada")
    site.add_comment(story, "Hello", at=T0, by="ada")
    site.log_work(story, 60, started=T0, by="ada")
    site.delete_issue(story)
    assert set(site.issues) == {epic, bug}
    assert step not in site.issues
    assert (site.comments, site.worklogs, site.issue(bug).links, site.children[epic]) == ({}, {}, [], [])
    with pytest.raises(KeyError, match="no issue 'SHOP-2'"):
        site.issue_by_key("SHOP-2")


def test_a_versions_dates_change_without_history():
    site = made()
    id = site.add_version("SHOP", "1.0", release_date=date(2026, 9, 1))
    site.update_version(id, release_date=date(2026, 9, 15))
    site.release_version(id, date(2026, 9, 20))
    assert (site.versions[id].released, site.versions[id].release_date) == (True, date(2026, 9, 20))
    with pytest.raises(ValueError, match="no field 'colour'"):
        site.update_version(id, colour="red")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "Nowhere"}, "no statuses entry 'Nowhere'"),
        ({"fix_versions": ["9.9"]}, "no versions entry '9.9'"),
        ({"labels": ["two words"]}, "can't contain spaces"),
        ({"assignee": "nobody"}, "no account 'nobody'"),
        ({"colour": "red"}, "no field 'colour'"),
    ],
)
def test_an_edit_that_makes_no_sense_says_what_would(changes, words):
    site = made()
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada")
    with pytest.raises(ValueError, match=words):
        site.edit_issue(id, at=T0, by="ada", **changes)


def test_comments_and_worklogs_move_the_issue():
    site = made()
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada")
    comment = site.add_comment(id, "Hello", at=T0 + timedelta(hours=1), by="ada")
    assert site.issue(id).updated == T0 + timedelta(hours=1)
    site.edit_comment(comment, "Hello again", at=T0 + timedelta(hours=2), by=site.bot)
    assert (site.comments[comment].by, site.comments[comment].updated_by) == ("ada", site.bot)
    site.log_work(id, 3600, started=T0 + timedelta(hours=3), by="ada")
    site.log_work(id, 1800, started=T0 + timedelta(hours=4), by="ada")
    assert [h.items[0].after for h in site.issue(id).histories] == ["3600", "5400"]
    assert site.issue(id).updated == T0 + timedelta(hours=4)


@given(st.lists(st.sets(st.sampled_from(["1.0", "1.1", "1.2"])), max_size=12))
def test_replaying_the_changes_of_versions_gives_the_versions(steps):
    site = made()
    ids = {name: site.add_version("SHOP", name) for name in ("1.0", "1.1", "1.2")}
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada")
    for hours, names in enumerate(steps, 1):
        site.edit_issue(id, at=T0 + timedelta(hours=hours), by="ada", fix_versions=sorted(names))
    held: set[str] = set()
    for item in (item for history in site.issue(id).histories for item in history.items):
        assert (item.before is None) != (item.after is None)
        held ^= {item.before or item.after or ""}
    assert held == set(site.issue(id).fix_versions)
    assert held == {ids[name] for name in (steps[-1] if steps else ())}


def test_a_moved_issue_keeps_its_id_and_is_found_by_both_keys():
    site = made()
    site.add_project("PAY", "Pay", "ada")
    version = site.add_version("SHOP", "1.0")
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada", fix_versions=[version])
    site.move_issue(id, "PAY", at=T0 + timedelta(hours=1), by="ada")
    assert site.issue("SHOP-1") is site.issue("PAY-1") is site.issues[id]
    moved = [(item.field, item.before_text, item.after_text) for item in site.issue(id).histories[0].items]
    assert moved == [("project", "Shop", "Pay"), ("Key", "SHOP-1", "PAY-1"), ("Fix Version", "1.0", None)]
    site.move_issue(id, "PAY", at=T0 + timedelta(hours=2), by="ada")
    assert len(site.issue(id).histories) == 1
    site.delete_issue("PAY-1")
    with pytest.raises(KeyError):
        site.issue("SHOP-1")


def test_a_new_web_link_is_recorded_when_it_has_an_author():
    site = made()
    id = site.create_issue("SHOP", "Story", "Pay", at=T0, by="ada")
    site.add_remote_link(id, "http://a.example", "A", "mirrors")
    assert site.issue(id).updated == T0
    site.add_remote_link(id, "http://b.example", "B", "mirrors", "g", at=T0 + timedelta(hours=1), by="ada")
    site.add_remote_link(id, "http://b.example", "B2", "mirrors", "g", at=T0 + timedelta(hours=2), by="ada")
    assert [link.title for link in site.issue(id).remote_links] == ["A", "B2"]
    assert [items[0][0] for items in shown(site, id)] == ["RemoteIssueLink"]
