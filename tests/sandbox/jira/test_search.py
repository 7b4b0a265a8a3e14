from __future__ import annotations

from datetime import timedelta

import pytest

from pmbridge.sandbox.jira.catalog import FLAGGED, POINTS, SPRINT

SEARCH = "/rest/api/3/search/jql"


@pytest.fixture
def many(jira_site):
    start = jira_site.clock.now()
    return [
        jira_site.create_issue("SHOP", "Task", f"Task {n}", at=start + timedelta(minutes=n), by="u-ada")
        for n in range(25)
    ]


def walk(jira, jql, size, between=lambda: None, **more):
    seen, token = [], None
    while True:
        body = {"jql": jql, "maxResults": size, **more} | ({"nextPageToken": token} if token else {})
        page = jira.post(SEARCH, body, status=200)
        seen.append([row["id"] for row in page["issues"]])
        if page["isLast"]:
            assert "nextPageToken" not in page
            return seen
        token = page["nextPageToken"]
        between()


def test_pages_follow_each_other_by_token_without_gap_or_repeat(jira, many):
    pages = walk(jira, "project = SHOP ORDER BY created ASC", 10)
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [id for page in pages for id in page] == many


def test_an_issue_touched_between_two_pages_is_met_again_and_none_is_lost(jira, jira_site, many):
    def touch():
        jira_site.edit_issue(many[0], at=jira_site.clock.now() + timedelta(hours=1), by="u-ada", points=1)

    pages = walk(jira, "project = SHOP ORDER BY updated ASC, key ASC", 10, between=touch)
    seen = [id for page in pages for id in page]
    assert set(seen) == set(many)
    assert seen.count(many[0]) == 2


def test_the_question_in_the_address_and_in_the_body_are_one(jira, many):
    asked = {"jql": "project = SHOP ORDER BY key", "maxResults": 3, "fields": "summary,status"}
    by_address = jira.get(SEARCH, **asked)
    by_body = jira.post(SEARCH, asked | {"fields": ["summary", "status"]}, status=200)
    assert by_address == by_body
    assert list(by_body["issues"][0]["fields"]) == ["summary", "status"]


def test_without_fields_only_ids_come(jira, many):
    page = jira.post(SEARCH, {"jql": "project = SHOP", "maxResults": 5000}, status=200)
    assert len(page["issues"]) == 25
    assert all(list(row) == ["id"] for row in page["issues"])
    assert "total" not in page


def test_pages_with_fields_hold_a_hundred_issues_at_most(jira, jira_site, many):
    for number in range(100):
        jira_site.create_issue("SHOP", "Task", f"More {number}", at=jira_site.clock.now(), by="u-ada")
    body = {"jql": "project = SHOP", "maxResults": 5000}
    assert len(jira.post(SEARCH, body | {"fields": ["summary"]}, status=200)["issues"]) == 100
    assert len(jira.post(SEARCH, body | {"fields": ["id"]}, status=200)["issues"]) == 125


def test_an_unbounded_or_senseless_query_is_refused(jira):
    assert "Unbounded" in jira.post(SEARCH, {"jql": "order by key"}, status=400)["errorMessages"][0]
    assert jira.post(SEARCH, {"jql": "project = NONE"}, status=400)["errors"] == {}
    refused = jira.post(SEARCH, {"jql": "id > 0", "nextPageToken": "nonsense"}, status=400)
    assert "token is invalid" in refused["errorMessages"][0]


def test_the_old_search_is_gone(jira):
    for version in ("2", "3"):
        answer = jira("GET", f"/rest/api/{version}/search?jql=project=SHOP")
        assert answer.status_code == 410
        assert "search/jql" in answer.json()["errorMessages"][0]


def test_counts_are_given_apart(jira, many):
    assert jira.post("/rest/api/3/search/approximate-count", {"jql": "project = SHOP"}, status=200) == {"count": 25}


def test_an_embedded_changelog_is_cut_to_the_newest_forty(jira, jira_site, many):
    for points in range(1, 51):
        jira_site.edit_issue(many[0], at=jira_site.clock.now(), by="u-ada", points=points)
    body = {"jql": f"id = {many[0]}", "fields": ["summary"], "expand": "changelog"}
    changelog = jira.post(SEARCH, body, status=200)["issues"][0]["changelog"]
    assert (changelog["total"], len(changelog["histories"])) == (50, 40)
    assert changelog["histories"][0]["items"][0]["toString"] == "50"


def test_named_issues_are_fetched_together_and_missing_ones_named(jira, many):
    body = {"issueIdsOrKeys": ["SHOP-1", many[0], "SHOP-99"], "fields": ["summary"], "expand": ["changelog"]}
    page = jira.post("/rest/api/3/issue/bulkfetch", body, status=200)
    assert [row["key"] for row in page["issues"]] == ["SHOP-1"]
    assert [row["id"] for row in page["issueErrors"]] == ["SHOP-99"]
    too_many = {"issueIdsOrKeys": [str(n) for n in range(101)]}
    assert jira.post("/rest/api/3/issue/bulkfetch", too_many, status=400)["errorMessages"]


@pytest.mark.parametrize("count", [39, 40, 41])
def test_named_issues_bring_their_newest_forty_edits(jira, jira_site, story, count):
    before = len(jira_site.issues[story].histories)
    for n in range(count - before):
        jira_site.edit_issue(story, at=jira_site.clock.now(), by="u-ada", points=100 + n)
    body = {"issueIdsOrKeys": [story], "fields": ["summary"], "expand": ["changelog"]}
    (row,) = jira.post("/rest/api/3/issue/bulkfetch", body, status=200)["issues"]
    log = row["changelog"]
    assert (log["total"], len(log["histories"])) == (count, min(count, 40))
    assert [int(edit["id"]) for edit in log["histories"]] == sorted(int(e["id"]) for e in log["histories"])[::-1]
    (row,) = jira.post("/rest/api/3/issue/bulkfetch", {**body, "expand": []}, status=200)["issues"]
    assert "changelog" not in row


def test_fields_can_be_chosen_and_left_out(jira, jira_site, story):
    sprint = jira_site.add_sprint(jira_site.add_board("SHOP", "Board"), "Sprint, 1]", state="active")
    jira_site.edit_issue(story, at=jira_site.clock.now(), by="u-ada", sprints=[sprint], flagged=True)
    body = {"jql": f"id = {story}", "fields": ["*navigable", "-description"], "expand": "names"}
    page = jira.post(SEARCH, body, status=200)
    fields = page["issues"][0]["fields"]
    assert "description" not in fields
    assert "comment" not in fields
    assert (fields[POINTS], fields[FLAGGED][0]["value"], fields[SPRINT][0]["name"]) == (3, "Impediment", "Sprint, 1]")
    assert sum(value is None for name, value in fields.items() if name.startswith("customfield")) >= 12
    assert page["names"][POINTS] == "Story Points"


def test_properties_come_with_the_search(jira, story):
    jira.put("/rest/api/3/issue/SHOP-1/properties/pmbridge", {"v": 1}, status=201)
    body = {"jql": "project = SHOP", "fields": ["summary"], "properties": ["pmbridge", "other"]}
    assert jira.post(SEARCH, body, status=200)["issues"][0]["properties"] == {"pmbridge": {"v": 1}}


def test_a_restricted_issue_carries_its_level(jira, jira_site):
    jira_site.create_issue("SHOP", "Bug", "Hole", at=jira_site.clock.now(), by="u-ada", restricted=True)
    assert jira.get("/rest/api/3/issue/SHOP-1")["fields"]["security"]["name"] == "Restricted"
