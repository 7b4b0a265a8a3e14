"""Histories are decoded for what they mean, and say when something of them is wanting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.errors import BadAnswer
from pmbridge_jira.client import Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.histories import Edit, edits, encoded, history_of, in_order, is_cut
from pmbridge_jira.settings import JiraSettings

API = "https://acme.example/rest/api/3/"
AUTHOR = {"accountId": "a", "displayName": "Ada", "avatarUrls": {"48x48": "https://x/y.png"}, "self": "https://x/a"}


def edit(number: Any, created: Any, **more: Any) -> dict[str, Any]:
    return {"id": number, "created": created, "author": AUTHOR, "items": [], **more}


@pytest.fixture
def client(settings: JiraSettings) -> Iterator[Client]:
    made = Client("jira-main", settings, sleep=lambda seconds: None)
    yield made
    made.close()


def test_what_has_no_meaning_is_not_kept() -> None:
    (found,) = edits([edit("1", 1_772_500_000_000, historyMetadata={"type": "x"})])
    kept = json.loads(encoded({"changelog": {"histories": [found]}}))
    (told,) = kept["changelog"]["histories"]
    assert told["author"] == {"accountId": "a", "displayName": "Ada"}
    assert "historyMetadata" not in told


def test_a_payload_is_read_alike_before_and_after_it_was_stored() -> None:
    entry = {"field": "status", "fieldId": "status", "from": 1, "to": "2", "fromString": None, "toString": "Done"}
    payload = {"id": "7", "changelog": {"histories": edits([edit(5, "2026-03-02T09:00:00.000+0100", items=[entry])])}}
    again = history_of(json.loads(encoded(payload)))
    assert list(again) == payload["changelog"]["histories"]
    assert again[0].created == datetime(2026, 3, 2, 8, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 10_000)), unique_by=lambda row: row[1]), st.randoms())
def test_any_order_becomes_the_one_of_time_and_number(rows: list[tuple[int, int]], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    found = in_order(Edit(id=str(number), created=1_772_500_000 + second) for second, number in shuffled)
    assert [int(edit.id) for edit in found] == [number for _, number in sorted(rows)]


@pytest.mark.parametrize(
    ("issue", "cut"),
    [
        ({"changelog": {"histories": [1, 2], "total": 2}}, False),
        ({"changelog": {"histories": [1, 2], "total": 3}}, True),
        ({"changelog": {"histories": [1, 2]}}, False),
        ({"fields": {"worklog": {"worklogs": [], "total": "1"}}}, True),
        ({"fields": {"worklog": None}}, False),
        ({}, False),
    ],
)
def test_a_list_that_is_shorter_than_its_stated_total_is_cut(issue: dict[str, Any], cut: bool) -> None:
    assert is_cut(issue) is cut


@pytest.mark.parametrize("body", ["[]", '{"issueChangeLogs": 5}', '{"issueChangeLogs": [{}]}'])
def test_a_bulk_changelog_of_another_shape_is_a_bad_answer(
    client: Client, http: responses.RequestsMock, body: str
) -> None:
    http.post(f"{API}changelog/bulkfetch", body=body, content_type="application/json")
    with pytest.raises(BadAnswer, match="changelog/bulkfetch has an unexpected shape"):
        Cloud(client).histories(["1"], [])


def test_a_bulk_changelog_that_is_no_json_is_a_bad_answer(client: Client, http: responses.RequestsMock) -> None:
    http.post(f"{API}changelog/bulkfetch", body="Welcome", content_type="text/plain")
    with pytest.raises(BadAnswer, match="something that is not JSON"):
        Cloud(client).histories(["1"], [])


def test_characters_that_no_store_holds_are_mended_in_histories_too(
    client: Client, http: responses.RequestsMock
) -> None:
    entry = {"field": "summary", "fieldId": "summary", "fromString": "a\x00b", "toString": "c\ud83d"}
    log = {"issueId": "1", "changeHistories": [edit("1", 1_772_500_000_000, items=[entry])]}
    http.post(f"{API}changelog/bulkfetch", body=json.dumps({"issueChangeLogs": [log]}), content_type="application/json")
    (found,) = Cloud(client).histories(["1"], [])["1"]["histories"]
    assert (found.items[0].old, found.items[0].new) == ("a\ufffdb", "c\ufffd")


def test_a_collection_that_ends_before_its_total_is_no_collection(client: Client, http: responses.RequestsMock) -> None:
    http.get(f"{API}project/SHOP/version", json={"values": [1], "total": 3, "isLast": False})
    http.get(f"{API}project/SHOP/version", json={"values": [], "total": 3, "isLast": False})
    with pytest.raises(BadAnswer, match="says it has 3 rows and ends after 1"):
        list(client.rows("project/SHOP/version"))


def test_a_history_that_ends_before_its_total_says_so(client: Client, http: responses.RequestsMock) -> None:
    http.get(f"{API}issue/1/changelog", json={"values": [], "total": 3})
    assert client.gathered("issue/1/changelog") == ([], 3)


def test_an_edit_without_its_number_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        edits([{"created": 1}])
