from __future__ import annotations

import base64

import pytest
import requests
import responses

from pmbridge.errors import (
    Ambiguous,
    AuthFailed,
    BadAnswer,
    ConnectorError,
    NotFound,
    PermissionDenied,
    RateLimited,
    Rejected,
    Unavailable,
)
from pmbridge_jira.client import Client, explain, is_read

API = "https://acme.example/rest/api/3/"


@pytest.fixture
def client(settings):
    made = Client("jira-main", settings, sleep=lambda seconds: None)
    yield made
    made.close()


def test_requests_carry_the_account_and_come_back_decoded(client, http):
    http.get(f"{API}myself", json={"accountId": "me"})
    assert client.get("myself", expand="groups") == {"accountId": "me"}
    sent = http.calls[0].request
    assert base64.b64decode(sent.headers["Authorization"].split()[1]) == b"bot@acme.example:s3cret-token"
    assert sent.url == f"{API}myself?expand=groups"


def test_a_token_without_an_account_is_a_bearer_token(settings, http):
    bare = settings.model_copy(update={"auth": settings.auth.model_copy(update={"email": None})})
    http.get(f"{API}myself", json={})
    Client("jira-main", bare).get("myself")
    assert http.calls[0].request.headers["Authorization"] == "Bearer s3cret-token"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (401, AuthFailed), (403, PermissionDenied), (404, NotFound), (409, Rejected), (413, Rejected)],
)
def test_a_refusal_becomes_the_error_one_can_act_on_with_jiras_own_sentence(client, http, status, kind):
    http.get(f"{API}field", json={"errorMessages": ["No such thing."], "errors": {"jql": "bad"}}, status=status)
    with pytest.raises(kind, match=r"No such thing\. jql: bad") as caught:
        client.get("field")
    assert caught.value.status == status
    assert caught.value.source == "jira-main"
    assert "s3cret" not in str(caught.value)


def test_a_read_is_repeated_and_a_create_never(client, http):
    http.get(f"{API}status", status=503)
    with pytest.raises(Unavailable):
        client.get("status")
    reads = len(http.calls)
    http.post(f"{API}issue/1/comment", status=503)
    with pytest.raises(Ambiguous):
        client.post("issue/1/comment", {})
    assert reads > 1
    assert len(http.calls) == reads + 1


def test_a_create_that_loses_its_answer_is_sent_once(client, http):
    http.post(f"{API}issue/1/comment", body=requests.ConnectionError(ConnectionResetError()))
    with pytest.raises(Ambiguous):
        client.post("issue/1/comment", {})
    assert len(http.calls) == 1


def test_a_spent_quota_is_told_and_not_waited_for(client, http):
    http.post(f"{API}search/jql", status=429, headers={"Retry-After": "1800"})
    with pytest.raises(RateLimited) as caught:
        client.post("search/jql", {})
    assert caught.value.retry_at is not None
    assert len(http.calls) == 1


def test_an_answer_that_is_not_json_is_no_jira(client, http):
    http.get(f"{API}field", body="<html>Welcome</html>", content_type="text/plain")
    with pytest.raises(BadAnswer):
        client.get("field")


def test_a_create_whose_answer_cannot_be_read_is_of_unknown_outcome(client, http):
    http.post(f"{API}issue/1/comment", body="Created!", content_type="text/plain")
    with pytest.raises(Ambiguous):
        client.post("issue/1/comment", {})


def test_rows_end_where_a_short_page_is_all_there_is_to_go_by(client, http):
    http.get(f"{API}x", json={"values": [1, 2]})
    assert list(client.rows("x")) == [1, 2]
    assert len(http.calls) == 1


def test_rows_follow_what_came_and_not_what_was_asked_for(client, http):
    pages = {0: [1, 2], 2: [3], 3: []}

    def answer(request):
        start = int(request.params["startAt"])
        return 200, {}, f'{{"values": {pages[start]}, "total": 3, "isLast": false}}'

    http.add_callback(responses.GET, f"{API}project/SHOP/version", callback=answer, content_type="application/json")
    assert list(client.rows("project/SHOP/version")) == [1, 2, 3]
    assert len(http.calls) == 2


def test_rows_end_at_the_last_page_where_no_total_is_given(client, http):
    http.get(f"{API}x", json={"values": [1], "isLast": True})
    assert list(client.rows("x")) == [1]


def test_writes_and_reads_are_metered_apart(client, http):
    http.post(f"{API}search/jql", json={})
    http.put(f"{API}version/1", json={})
    client.post("search/jql", {})
    client.put("version/1", {"description": ""})
    usage = client.usage()
    assert (usage.requests, usage.writes) == (2, 1)
    assert usage.bytes_received > 0


@pytest.mark.parametrize(
    ("method", "path", "reads"),
    [
        ("GET", "/rest/api/3/issue/1/comment", True),
        ("POST", "/rest/api/3/search/jql", True),
        ("POST", "/ex/jira/cloud-id/rest/api/3/changelog/bulkfetch", True),
        ("POST", "/rest/api/3/issue/1/comment", False),
        ("POST", "/rest/api/3/comment/list", True),
        ("PUT", "/rest/api/3/version/1", False),
        ("DELETE", "/rest/api/3/issue/1/comment/2", False),
    ],
)
def test_reading_is_told_from_writing(method, path, reads):
    assert is_read(method, path) is reads


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"not json", ""),
        (b"[]", ""),
        (b'{"errorMessages": [], "errors": {"comment": "too long"}}', "comment: too long"),
        (b'{"message": "Gone."}', "Gone."),
        (b'{"errorMessages": ["A."], "errors": {}, "message": "B."}', "A."),
    ],
)
def test_the_trackers_sentence_is_found_in_each_of_its_forms(body, sentence):
    response = requests.Response()
    response._content = body
    assert explain(response) == sentence


def test_no_error_of_the_library_comes_through(client, http):
    http.get(f"{API}field", status=418)
    with pytest.raises(ConnectorError):
        client.get("field")
