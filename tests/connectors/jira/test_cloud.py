from __future__ import annotations

import msgspec
import pytest

from pmbridge.errors import BadAnswer
from pmbridge_jira.client import Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.histories import Entry

BULK = "changelog/bulkfetch"


@pytest.fixture
def cloud(settings, tracker):
    client = Client("jira-main", settings)
    yield Cloud(client)
    client.close()


def log(issue, *edits):
    return {"issueId": issue, "changeHistories": list(edits)}


def test_an_issue_that_spans_two_answers_is_one_history(cloud, tracker, history, change):
    first, second = history(1, change("status")), history(2, change("labels"), created=1_772_500_000_500)
    third = history(3, change("status"), created="2026-03-04T00:00:00.000+0000")
    tracker.on(
        "POST",
        BULK,
        {"issueChangeLogs": [log("1", first), log("2", third)], "nextPageToken": "t"},
        {"issueChangeLogs": [log("1", second)]},
    )
    found = cloud.histories(["1", "2", "3"], ["status"])
    assert [edit.id for edit in found["1"]["histories"]] == ["1", "2"]
    assert [edit.id for edit in found["2"]["histories"]] == ["3"]
    assert found["3"] == {"histories": [], "total": 0}
    assert [body.get("nextPageToken") for body in tracker.bodies(BULK)] == [None, "t"]


def test_an_edit_that_spans_two_answers_is_one_edit_and_repeats_count_once(cloud, tracker, history, change):
    one, other = change("status", "1", "2"), change("labels", old="a", new="b")
    tracker.on(
        "POST",
        BULK,
        {"issueChangeLogs": [log("1", history(1, one))], "nextPageToken": "t"},
        {"issueChangeLogs": [log("1", history(1, one, other))]},
    )
    (edit,) = cloud.histories(["1"], [])["1"]["histories"]
    assert edit.items == msgspec.convert([one, other], list[Entry])
    assert "fieldIds" not in tracker.bodies(BULK)[0]


def test_a_bulk_changelog_that_turns_in_circles_is_refused(cloud, tracker):
    tracker.on("POST", BULK, {"issueChangeLogs": [], "nextPageToken": "t"})
    with pytest.raises(BadAnswer, match="already sent"):
        cloud.histories(["1"], [])


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_bulk_changelog_is_replaced_by_whole_histories_issue_by_issue(
    cloud, tracker, history, change, caplog, status
):
    tracker.on("POST", BULK, {"errorMessages": ["no"]}, status=status)
    tracker.on(
        "GET",
        "issue/1/changelog",
        {"values": [history(1, change("status"))], "total": 2, "isLast": False},
        {"values": [history(2, change("status"))], "total": 2, "isLast": True},
    )
    assert [edit.id for edit in cloud.histories(["1"], ["status"])["1"]["histories"]] == ["1", "2"]
    assert "issue by issue" in caplog.text
    cloud.histories(["1"], ["status"])
    assert len(tracker.bodies(BULK)) == 1


def test_known_issues_are_read_a_hundred_at_a_time(cloud, tracker):
    tracker.on("POST", "issue/bulkfetch", {"issues": [{"id": "5"}], "issueErrors": [{"id": "6"}]})
    found = cloud.issues([str(n) for n in range(150)] + ["5"], ["labels"])
    assert set(found) == {"5"}
    assert [len(body["issueIdsOrKeys"]) for body in tracker.bodies("issue/bulkfetch")] == [100, 50]


def test_nothing_is_asked_when_there_is_nothing_to_ask(cloud, tracker):
    assert cloud.histories([], ["status"]) == {}
    assert cloud.issues([], []) == {}
    assert tracker.sent == []
