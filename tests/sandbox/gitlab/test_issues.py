from __future__ import annotations

from datetime import date, timedelta

import pytest

ISSUES = "/projects/acme%2Fshop-web/issues"


@pytest.fixture
def many(gitlab_site, ada):
    start = gitlab_site.clock.now()
    return [
        gitlab_site.create_issue("acme/shop-web", f"Issue {n}", at=start + timedelta(minutes=n), by=ada)
        for n in range(25)
    ]


def test_pages_by_number_say_where_the_others_are(gitlab, many):
    first = gitlab("GET", ISSUES, params={"per_page": 10, "sort": "asc"})
    assert first.headers["X-Total"] == "25"
    assert first.headers["X-Total-Pages"] == "3"
    assert (first.headers["X-Prev-Page"], first.headers["X-Next-Page"]) == ("", "2")
    seen, address = [row["id"] for row in first.json()], first.links["next"]["url"]
    while address:
        page = gitlab("GET", address.partition("/api/v4")[2])
        seen += [row["id"] for row in page.json()]
        address = page.links.get("next", {}).get("url")
    assert seen == many
    assert "%2F" in first.links["next"]["url"]


def test_pages_hold_twenty_rows_by_default_and_a_hundred_at_most(gitlab, gitlab_site, ada, many):
    for number in range(100):
        gitlab_site.create_issue("acme/shop-web", f"More {number}", at=gitlab_site.clock.now(), by=ada)
    assert len(gitlab.get(ISSUES)) == 20
    assert len(gitlab.get(ISSUES, per_page=1000)) == 100


def test_pages_by_cursor_lose_nothing_when_an_issue_moves(gitlab, gitlab_site, ada, many):
    how = {"pagination": "keyset", "order_by": "updated_at", "sort": "asc", "per_page": 10}
    page = gitlab("GET", ISSUES, params=how)
    assert "X-Total" not in page.headers
    seen = [row["id"] for row in page.json()]
    gitlab_site.set_weight(many[0], 1, at=gitlab_site.clock.now() + timedelta(days=1), by=ada)
    while "next" in page.links:
        page = gitlab("GET", page.links["next"]["url"].partition("/api/v4")[2])
        seen += [row["id"] for row in page.json()]
    assert seen == [*many, many[0]]
    assert gitlab("GET", ISSUES, params=how | {"cursor": "nonsense"}).status_code == 400


def test_offset_pages_by_change_lose_a_row_when_an_issue_moves(gitlab, gitlab_site, ada, many):
    how = {"order_by": "updated_at", "sort": "asc", "per_page": 10}
    seen = [row["id"] for row in gitlab.get(ISSUES, **how)]
    gitlab_site.set_weight(many[0], 1, at=gitlab_site.clock.now() + timedelta(days=1), by=ada)
    seen += [row["id"] for number in (2, 3) for row in gitlab.get(ISSUES, page=number, **how)]
    assert many[10] not in seen


def test_an_order_a_cursor_cannot_follow_falls_back_to_pages_by_number(gitlab, many):
    page = gitlab("GET", ISSUES, params={"pagination": "keyset", "order_by": "weight"})
    assert page.headers["X-Total"] == "25"
    assert gitlab("GET", ISSUES, params={"order_by": "colour"}).status_code == 400


def test_updated_after_is_inclusive_and_absolute(gitlab, gitlab_site, many):
    edge = gitlab_site.issues[many[20]].updated
    rows = gitlab.get(ISSUES, updated_after=edge.isoformat().replace("+00:00", "Z"), per_page=100)
    assert {row["id"] for row in rows} == set(many[20:])
    rows = gitlab.get(ISSUES, updated_before=edge.isoformat(), per_page=100)
    assert {row["id"] for row in rows} == set(many[:21])
    assert gitlab("GET", ISSUES, params={"updated_after": "yesterday"}).status_code == 400


def test_filters_cut_the_list(gitlab, gitlab_site, ada, milestones, many):
    now = gitlab_site.clock.now()
    gitlab_site.close_issue(many[0], at=now, by=ada)
    gitlab_site.add_labels(many[1], ["a", "b"], at=now, by=ada)
    gitlab_site.set_milestone(many[2], milestones[0], at=now, by=ada)
    incident = gitlab_site.create_issue(
        "acme/shop-web", "Fire", at=now, by=ada, issue_type="incident", confidential=True
    )
    asked = [
        ({"state": "closed"}, many[0]),
        ({"labels": "a,b"}, many[1]),
        ({"labels": "Any"}, many[1]),
        ({"milestone": "1.0"}, many[2]),
        ({"milestone": "Any"}, many[2]),
        ({"issue_type": "incident"}, incident),
        ({"confidential": "true"}, incident),
        ({"iids[]": [4]}, many[3]),
    ]
    for filters, expected in asked:
        assert [row["id"] for row in gitlab.get(ISSUES, **filters)] == [expected], filters
    assert gitlab.get("/projects/acme%2Fshop-web/issues_statistics")["statistics"]["counts"] == {
        "all": 26,
        "closed": 1,
        "opened": 25,
    }


@pytest.mark.parametrize("kind", ["issues", "merge_requests"])
def test_a_group_leaves_out_archived_projects_unless_told_otherwise(gitlab, gitlab_site, ada, bug, kind):
    home = gitlab_site.projects[gitlab_site.issues[bug].project]
    gitlab_site.add_merge_request(home.path, "Broken", branch="a", at=gitlab_site.clock.now(), by=ada)
    home.archived = True
    assert gitlab.get(f"/groups/acme/{kind}") == []
    assert [row["title"] for row in gitlab.get(f"/groups/acme/{kind}", non_archived="false")] == ["Broken"]
    assert [row["title"] for row in gitlab.get(f"/projects/{home.id}/{kind}")] == ["Broken"]
    assert gitlab.get(f"/projects/{home.id}")["archived"] is True


def test_a_group_lists_the_issues_of_all_its_projects(gitlab, gitlab_site, ada, bug):
    gitlab_site.create_issue(gitlab_site.add_project("acme/deep/pay"), "Pay", at=gitlab_site.clock.now(), by=ada)
    assert {row["title"] for row in gitlab.get("/groups/acme/issues")} == {"Broken", "Pay"}
    assert [row["title"] for row in gitlab.get("/groups/acme%2Fdeep/issues")] == ["Pay"]
    assert [row["path"] for row in gitlab.get("/groups/acme/projects")] == ["shop-web"]
    deep = gitlab.get("/groups/acme/projects", include_subgroups="true")
    assert [row["path_with_namespace"] for row in deep] == ["acme/shop-web", "acme/deep/pay"]


def test_an_issue_shows_boxes_time_and_what_it_blocks(gitlab, gitlab_site, ada, bug):
    now = gitlab_site.clock.now()
    other = gitlab_site.create_issue("acme/shop-web", "Other", at=now, by=ada)
    gitlab_site.edit(
        bug, at=now, by=ada, description="- [x] one\n- [ ] two\n* [X] three\n[ ] none", due=date(2026, 9, 1)
    )
    gitlab_site.log_time(bug, 36000, spent_at=now, by=ada)
    gitlab_site.link_issues(bug, other, "blocks", at=now, by=ada)
    shown = gitlab.get(f"{ISSUES}/1")
    assert shown["task_completion_status"] == {"count": 3, "completed_count": 2}
    assert shown["time_stats"]["total_time_spent"] == 36000
    assert shown["time_stats"]["human_total_time_spent"] == "1d 2h"
    assert (shown["blocking_issues_count"], shown["due_date"]) == (1, "2026-09-01")
    assert [(row["iid"], row["link_type"]) for row in gitlab.get(f"{ISSUES}/1/links")] == [(2, "blocks")]
    assert [(row["iid"], row["link_type"]) for row in gitlab.get(f"{ISSUES}/2/links")] == [(1, "is_blocked_by")]


def test_labels_are_changed_relative_to_what_is_there_or_replaced(gitlab, gitlab_site, ada, bug):
    gitlab_site.add_labels(bug, ["keep", "pm::green"], at=gitlab_site.clock.now(), by=ada)
    changed = gitlab.put(f"{ISSUES}/1", {"add_labels": "pm::amber,new", "remove_labels": "pm::green"})
    assert changed["labels"] == ["keep", "new", "pm::amber"]
    assert gitlab.put(f"{ISSUES}/1", {"labels": ["only"]})["labels"] == ["only"]
    events = gitlab.get(f"{ISSUES}/1/resource_label_events", per_page=100)
    assert [(row["action"], row["label"]["name"]) for row in events][:3] == [
        ("add", "keep"),
        ("add", "pm::green"),
        ("remove", "pm::green"),
    ]
    details = gitlab.get(ISSUES, with_labels_details="true")[0]["labels"]
    assert details[0]["name"] == "only"


def test_events_tell_states_milestones_and_weights(gitlab, gitlab_site, ada, bug, milestones):
    gitlab.put(f"{ISSUES}/1", {"state_event": "close"})
    gitlab.put(f"{ISSUES}/1", {"state_event": "reopen", "weight": 3, "milestone_id": milestones[0]})
    gitlab.put(f"{ISSUES}/1", {"milestone_id": milestones[1]})
    gitlab.put(f"{ISSUES}/1", {"milestone_id": 0, "title": "New"})
    states = gitlab.get(f"{ISSUES}/1/resource_state_events")
    assert [row["state"] for row in states] == ["closed", "reopened"]
    moves = gitlab.get(f"{ISSUES}/1/resource_milestone_events")
    assert [(row["action"], row["milestone"]["title"]) for row in moves] == [
        ("add", "1.0"),
        ("add", "1.1"),
        ("remove", "1.1"),
    ]
    assert [row["weight"] for row in gitlab.get(f"{ISSUES}/1/resource_weight_events")] == [3]
    assert all(row["created_at"].endswith("Z") for row in states + moves)
    assert gitlab("PUT", f"{ISSUES}/1", json={"state_event": "explode"}).status_code == 400


def test_a_link_is_made_once(gitlab, gitlab_site, ada, bug):
    gitlab_site.create_issue("acme/shop-web", "Other", at=gitlab_site.clock.now(), by=ada)
    body = {"target_project_id": "acme/shop-web", "target_issue_iid": "2"}
    assert gitlab.post(f"{ISSUES}/1/links", body)["link_type"] == "relates_to"
    gitlab.post(f"{ISSUES}/1/links", body, status=409)
    gitlab.post(f"{ISSUES}/1/links", {**body, "target_issue_iid": "99"}, status=404)
    gitlab.post(f"{ISSUES}/1/links", {}, status=404)
    assert gitlab.get(f"{ISSUES}/1/closed_by") == gitlab.get(f"{ISSUES}/1/related_merge_requests") == []


def test_on_the_free_tier_the_paid_keys_and_addresses_are_missing(gitlab, gitlab_site, bug):
    assert "weight" in gitlab.get(f"{ISSUES}/1")
    gitlab_site.premium = False
    assert "weight" not in gitlab.get(f"{ISSUES}/1")
    assert gitlab("GET", f"{ISSUES}/1/resource_weight_events").status_code == 404
    assert gitlab.get("/metadata")["enterprise"] is False


def test_a_very_long_list_does_not_say_how_long_it_is(gitlab, gitlab_site, ada):
    for number in range(10_001):
        gitlab_site.create_issue("acme/shop-web", f"Issue {number}", at=gitlab_site.clock.now(), by=ada)
    page = gitlab("GET", ISSUES, params={"per_page": 100})
    assert "X-Total" not in page.headers
    assert "last" not in page.links
    assert page.headers["X-Next-Page"] == "2"
