from __future__ import annotations

from datetime import timedelta

import pytest

BULK = "/rest/api/3/changelog/bulkfetch"


@pytest.fixture
def edited(jira_site):
    start = jira_site.clock.now()
    ids = [jira_site.create_issue("SHOP", "Task", f"T{n}", at=start, by="u-ada") for n in range(3)]
    for hour in range(1, 4):
        for id in ids:
            changes = {"points": hour, "fix_versions": ["1.0"] if hour % 2 else ["1.1"]}
            jira_site.edit_issue(id, at=start + timedelta(hours=hour), by="u-ada", **changes)
    return ids


def test_a_changelog_is_paged_from_the_oldest(jira, edited):
    first = jira.get("/rest/api/3/issue/SHOP-1/changelog", maxResults=2)
    last = jira.get("/rest/api/3/issue/SHOP-1/changelog", startAt=2, maxResults=2)
    assert (first["total"], first["isLast"], last["isLast"]) == (3, False, True)
    created = [row["created"] for page in (first, last) for row in page["values"]]
    assert created == sorted(created)
    assert created[0].endswith("+0000")


def test_a_move_between_versions_shows_as_two_items(jira, edited):
    history = jira.get("/rest/api/3/issue/SHOP-1/changelog")["values"][1]
    moves = [item for item in history["items"] if item["fieldId"] == "fixVersions"]
    assert [(item["fromString"], item["toString"]) for item in moves] == [("1.0", None), (None, "1.1")]
    assert all(set(item) >= {"field", "fieldtype", "from", "to"} for item in moves)


def test_bulk_changelogs_give_whole_milliseconds_and_only_the_asked_fields(jira, jira_site, edited):
    page = jira.post(BULK, {"issueIdsOrKeys": edited, "fieldIds": ["fixVersions"]}, status=200)
    assert [row["issueId"] for row in page["issueChangeLogs"]] == edited
    histories = page["issueChangeLogs"][0]["changeHistories"]
    start = jira_site.clock.now()
    assert [row["created"] for row in histories] == [
        int((start + timedelta(hours=hour)).timestamp() * 1000) for hour in (1, 2, 3)
    ]
    assert {item["fieldId"] for row in histories for item in row["items"]} == {"fixVersions"}
    assert "nextPageToken" not in page


def test_bulk_changelogs_are_paged_by_time_over_all_issues(jira, edited):
    token, seen, pages = None, [], 0
    while True:
        body = {"issueIdsOrKeys": edited, "maxResults": 4} | ({"nextPageToken": token} if token else {})
        page = jira.post(BULK, body, status=200)
        rows = [(h["created"], h["id"]) for row in page["issueChangeLogs"] for h in row["changeHistories"]]
        assert not seen or min(rows)[0] >= max(seen)[0]
        seen, pages, token = seen + rows, pages + 1, page.get("nextPageToken")
        if token is None:
            break
    assert (pages, len(seen), len(set(seen))) == (3, 9, 9)


@pytest.mark.parametrize(
    "body",
    [{"issueIdsOrKeys": []}, {"issueIdsOrKeys": ["1"] * 1001}, {"issueIdsOrKeys": ["1"], "fieldIds": ["a"] * 11}],
)
def test_bulk_changelogs_have_limits(jira, body):
    assert jira.post(BULK, body, status=400)["errorMessages"]


def test_worklogs_are_listed_by_issue_by_time_and_by_id(jira, jira_site, edited):
    start = jira_site.clock.now()
    for hour in range(3):
        jira_site.log_work(edited[0], 3600 * (hour + 1), started=start + timedelta(hours=hour), by="u-ada")
    own = jira.get("/rest/api/3/issue/SHOP-1/worklog", maxResults=2)
    assert (own["total"], len(own["worklogs"]), own["worklogs"][0]["timeSpent"]) == (3, 2, "1h")
    since = int((start + timedelta(hours=1)).timestamp() * 1000)
    updated = jira.get("/rest/api/3/worklog/updated", since=since)
    assert (len(updated["values"]), updated["lastPage"]) == (2, True)
    ids = [row["worklogId"] for row in updated["values"]]
    listed = jira.post("/rest/api/3/worklog/list", {"ids": ids}, status=200)
    assert [row["timeSpentSeconds"] for row in listed] == [7200, 10800]
    assert {row["issueId"] for row in listed} == {edited[0]}
