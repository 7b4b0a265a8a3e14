from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from pmbridge.connector import Reference
from pmbridge.errors import BadAnswer, Rejected
from pmbridge_jira import JiraConnector
from pmbridge_jira.changelog import Lexicon
from pmbridge_jira.reading import Position, pages_jql, project_jql

SEARCH, BULK = "search/jql", "changelog/bulkfetch"
SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(SINCE.timestamp() * 1000)


@pytest.fixture(autouse=True)
def _empty_history(tracker):
    tracker.on("POST", BULK, {"issueChangeLogs": []})


@pytest.fixture
def read(connector):
    def pages(*, since=None, cursor=None):
        return list(connector.fetch_pages("SHOP", since=since, cursor=cursor, reference=Reference()))

    return pages


def test_the_query_bounds_time_in_epoch_milliseconds_and_orders_by_what_updates_do_not_shift():
    assert pages_jql("SHOP", MS) == f'project = "SHOP" AND updated >= {MS} ORDER BY created ASC, key ASC'
    assert pages_jql("SHOP", None) == 'project = "SHOP" ORDER BY created ASC, key ASC'
    assert project_jql('A" OR 1') == 'project = "A\\" OR 1"'


def test_a_page_costs_one_search_and_one_bulk_changelog(read, tracker, issue, history, change):
    tracker.on("POST", SEARCH, {"issues": [issue(1), issue(2)], "isLast": True})
    log = {"issueId": "10001", "changeHistories": [history(5, change("status", "10000", "10001"))]}
    tracker.on("POST", BULK, {"issueChangeLogs": [log]})
    (page,) = read()
    assert [item.key for item in page.items] == ["SHOP-1", "SHOP-2"]
    assert [one.identity for one in page.changes] == ["jira-main:10001:5:100000"]
    assert page.cursor is None
    assert [route.partition("/rest/api/")[2][2:] for _, route, _ in tracker.sent] == [
        *("serverInfo", "field", SEARCH, BULK)
    ]
    (asked,) = tracker.bodies(BULK)
    assert asked["issueIdsOrKeys"] == ["10001", "10002"]
    assert len(asked["fieldIds"]) == 10
    assert tracker.bodies(SEARCH)[0]["maxResults"] == 100


def test_a_stored_payload_holds_all_that_its_rows_were_made_of(read, tracker, issue, history, change, site):
    from pmbridge_jira.reading import page as normalized

    tracker.on("POST", SEARCH, {"issues": [issue(1)], "isLast": True})
    log = {"issueId": "10001", "changeHistories": [history(5, change("status", "1", "2"))]}
    tracker.on("POST", BULK, {"issueChangeLogs": [log]})
    (page,) = read()
    again = normalized([orjson.loads(orjson.dumps(page.raw["10001"]))], site, Lexicon(site.fields), None)
    assert (again.items, again.changes, again.people) == (page.items, page.changes, page.people)


def test_an_empty_project_is_one_empty_page(read, tracker):
    tracker.on("POST", SEARCH, {"issues": [], "isLast": True})
    (page,) = read()
    assert (page.items, page.cursor) == ((), None)
    assert tracker.bodies(BULK) == []


def test_pages_follow_their_tokens_and_a_cursor_resumes_after_its_page(read, tracker, issue):
    first, second = {"issues": [issue(1)], "nextPageToken": "t1"}, {"issues": [issue(2)], "isLast": True}
    tracker.on("POST", SEARCH, first, second)
    one, two = read(since=SINCE)
    assert (one.items[0].key, two.items[0].key) == ("SHOP-1", "SHOP-2")
    tracker.on("POST", SEARCH, second)
    (resumed,) = read(since=SINCE, cursor=one.cursor)
    assert resumed.items == two.items
    assert tracker.bodies(SEARCH)[-1]["nextPageToken"] == "t1"
    assert tracker.bodies(SEARCH)[-1]["jql"] == pages_jql("SHOP", MS)


def test_an_expired_token_starts_again_from_the_bound_and_skips_nothing(read, tracker, issue):
    tracker.on(
        "POST",
        SEARCH,
        (400, {"errorMessages": ["The provided next page token is invalid or expired."]}),
        (200, {"issues": [issue(1)], "nextPageToken": "t9"}),
        (200, {"issues": [issue(2)], "isLast": True}),
    )
    pages = read(since=SINCE, cursor=Position("SHOP", MS, "stale").cursor())
    assert [item.key for page in pages for item in page.items] == ["SHOP-1", "SHOP-2"]
    asked = tracker.bodies(SEARCH)
    assert [body.get("nextPageToken") for body in asked] == ["stale", None, "t9"]
    assert {body["jql"] for body in asked} == {pages_jql("SHOP", MS)}


def test_a_query_that_is_refused_without_a_token_is_an_error(read, tracker):
    tracker.on("POST", SEARCH, {"errorMessages": ["no such project"]}, status=400)
    with pytest.raises(Rejected, match="no such project"):
        read()


def test_a_tracker_that_refuses_every_token_is_not_asked_for_ever(read, tracker, issue):
    tracker.on("POST", SEARCH, *[(200, {"issues": [issue(1)], "nextPageToken": "t"}), (400, {})] * 3)
    with pytest.raises(Rejected):
        read()
    assert len(tracker.bodies(SEARCH)) == 4


def test_a_search_that_turns_in_circles_is_refused(read, tracker, issue):
    tracker.on("POST", SEARCH, {"issues": [issue(1)], "nextPageToken": "t"})
    with pytest.raises(BadAnswer, match="already sent"):
        read()


@pytest.mark.parametrize(
    ("kept", "since", "resumes"),
    [
        (Position("SHOP", None, "t"), MS, True),
        (Position("SHOP", MS, "t"), MS, True),
        (Position("SHOP", MS, "t"), MS - 1, False),
        (Position("SHOP", MS, "t"), None, False),
        (Position("PAY", None, "t"), None, False),
    ],
)
def test_a_cursor_is_taken_up_only_if_it_reads_at_least_as_far_back(kept, since, resumes):
    start = Position("SHOP", since)
    assert start.resumed(kept.cursor()) == (kept if resumes else start)


@pytest.mark.parametrize("cursor", [None, "", "x", "[]", "{}", '{"project": "SHOP"}', "7"])
def test_a_cursor_that_cannot_be_read_starts_anew(cursor):
    start = Position("SHOP", MS)
    assert start.resumed(cursor) == start


def test_worklogs_beyond_the_first_ones_are_fetched(read, tracker, issue):
    def log(number):
        return {"id": str(number), "author": None, "started": "2026-03-02T09:00:00.000+0000", "timeSpentSeconds": 60}

    cut = {"total": 3, "worklogs": [log(1)]}
    tracker.on(
        "POST", SEARCH, {"issues": [issue(1, worklog=cut), issue(2, worklog={"total": 1, "worklogs": [log(9)]})]}
    )
    tracker.on("GET", "issue/10001/worklog", {"worklogs": [log(1), log(2), log(3)], "total": 3})
    (page,) = read()
    assert [worklog.id for worklog in page.worklogs] == ["1", "2", "3", "9"]


def test_remote_links_are_read_only_where_they_are_asked_for(settings, tracker, issue):
    tracker.on("POST", SEARCH, {"issues": [issue(1)], "isLast": True})
    tracker.on("GET", "issue/10001/remotelink", [{"object": {"url": "https://gitlab.example/1", "title": "a#1"}}])
    for wanted in (False, True):
        connector = JiraConnector("j", settings.model_copy(update={"remote_links": wanted}), owner="o")
        (page,) = connector.fetch_pages("SHOP", since=None, cursor=None, reference=Reference())
        assert len(page.items[0].remote_links) == wanted
        connector.close()


def test_a_full_history_is_not_cut_to_ten_fields(settings, tracker, issue):
    tracker.on("POST", SEARCH, {"issues": [issue(1)], "isLast": True})
    connector = JiraConnector("j", settings.model_copy(update={"full_history": True}), owner="o")
    list(connector.fetch_pages("SHOP", since=None, cursor=None, reference=Reference()))
    connector.close()
    assert "fieldIds" not in tracker.bodies(BULK)[0]


def test_an_issue_of_an_unexpected_shape_is_named(read, tracker, issue):
    broken = issue(3)
    del broken["fields"]["status"]
    tracker.on("POST", SEARCH, {"issues": [broken], "isLast": True})
    with pytest.raises(BadAnswer, match="SHOP-3"):
        read()


def test_links_that_both_ends_show_are_one_row(read, tracker, issue):
    kind = {"name": "Blocks", "outward": "blocks", "inward": "is blocked by"}
    one = issue(1, issuelinks=[{"id": "5", "type": kind, "outwardIssue": {"id": "10002"}}])
    two = issue(2, issuelinks=[{"id": "5", "type": kind, "inwardIssue": {"id": "10001"}}])
    tracker.on("POST", SEARCH, {"issues": [one, two], "isLast": True})
    (page,) = read()
    assert [(link.item, link.target) for link in page.links] == [("10001", "10002")]
