from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

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
from pmbridge.transport import Policy

NOW_EPOCH = 1795521600


def test_a_good_answer_passes_and_is_metered(tracker, connect, reply) -> None:
    tracker.play(reply({"key": "SHOP-1"}))
    client = connect()
    assert client.get().json() == {"key": "SHOP-1"}
    assert client.post().json() == {"key": "SHOP-1"}
    assert (client.meter.requests, client.meter.writes) == (2, 1)
    assert client.meter.bytes_received == 2 * len(b'{"key": "SHOP-1"}')
    assert client.meter.waited_seconds == 0


def test_bytes_are_counted_as_they_cross_the_wire(tracker, connect, raw) -> None:
    packed = gzip.compress(b'{"a": "' + b"x" * 100_000 + b'"}')
    tracker.play(raw(body=packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}))
    client = connect()
    assert len(client.get().json()["a"]) == 100_000
    assert client.meter.bytes_received == len(packed)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, AuthFailed),
        (403, PermissionDenied),
        (404, NotFound),
        (409, Rejected),
        (410, NotFound),
        (422, Rejected),
    ],
)
def test_a_refusal_is_not_repeated_and_carries_the_trackers_sentence(
    tracker, connect, reply, status: int, kind: type[ConnectorError]
) -> None:
    tracker.play(reply({"message": "Field 'x' cannot be set"}, status))
    client = connect()
    with pytest.raises(kind, match=r"The tracker says: \"Field 'x' cannot be set\"") as caught:
        client.get("/rest/api/2/issue/1?jql=secret")
    assert type(caught.value) is kind
    assert (caught.value.source, caught.value.status) == ("jira-main", status)
    assert caught.value.request == "GET /rest/api/2/issue/1"
    assert "jql" not in str(caught.value)
    assert len(tracker.asked) == 1


def test_the_connector_may_explain_a_refusal_itself(tracker, connect, reply) -> None:
    tracker.play(reply({"errorMessages": ["No such project"]}, 400))
    client = connect(explain=lambda response: response.json()["errorMessages"][0])
    with pytest.raises(Rejected, match="No such project"):
        client.get()


def test_a_web_page_of_a_refusal_is_not_quoted(tracker, connect, raw) -> None:
    tracker.play(raw(403, b"<html><body>captcha</body></html>", {"Content-Type": "text/html"}))
    with pytest.raises(PermissionDenied) as caught:
        connect().get()
    assert "html" not in str(caught.value)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_too_many_requests_is_repeated_for_any_method_after_the_time_asked(
    tracker, connect, reply, method: str
) -> None:
    tracker.play(reply({}, 429, Retry_After="7"), reply({"id": 1}))
    client = connect()
    assert client.session.request(method, client.url + "/x").json() == {"id": 1}
    assert [7 <= wait <= 7 * 1.3 for wait in client.waits] == [True]
    assert client.meter.waited_seconds == sum(client.waits)


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry_After": "Tue, 24 Nov 2026 12:00:20 GMT"},
        {"RateLimit_Reset": str(NOW_EPOCH + 20)},
        {"RateLimit_Reset": "20"},
        {"X_RateLimit_Reset": "2026-11-24T12:00:20Z"},
        {"X_RateLimit_Reset": "2026-11-24T12:00:20"},
    ],
)
def test_every_form_of_a_waiting_time_is_understood(tracker, connect, reply, headers: dict[str, str]) -> None:
    tracker.play(reply({}, 429, **headers), reply({}))
    client = connect()
    client.get()
    assert [20 <= wait <= 20 * 1.3 for wait in client.waits] == [True]


def test_a_longer_wait_than_allowed_ends_with_the_time_to_come_back(tracker, connect, reply, now) -> None:
    tracker.play(reply({}, 429, Retry_After="1800"))
    client = connect()
    with pytest.raises(RateLimited, match="Try again at 2026-11-24 12:30:00 UTC") as caught:
        client.get()
    assert caught.value.retry_at == now + timedelta(minutes=30)
    assert (client.waits, len(tracker.asked)) == ([], 1)


def test_a_spent_quota_ends_at_once_even_when_the_reset_is_near(tracker, connect, reply, now) -> None:
    tracker.play(reply({}, 429, RateLimit_Reason="jira-quota-tenant-based", X_RateLimit_Reset="2026-11-24T12:00:05Z"))
    client = connect()
    with pytest.raises(RateLimited, match="quota") as caught:
        client.get()
    assert caught.value.retry_at == now + timedelta(seconds=5)
    assert client.waits == []


def test_patience_ends_after_the_attempts_of_the_policy(tracker, connect, reply) -> None:
    tracker.play(reply({}, 429, Retry_After="1"))
    client = connect(policy=Policy(attempts=3))
    with pytest.raises(RateLimited):
        client.get()
    assert (len(tracker.asked), len(client.waits)) == (3, 2)


def test_patience_ends_when_the_waits_add_up_to_too_much(tracker, connect, reply) -> None:
    tracker.play(reply({}, 429, Retry_After="50"))
    client = connect(policy=Policy(attempts=50, total_wait=130))
    with pytest.raises(RateLimited):
        client.get()
    assert sum(client.waits) <= 130
    assert 1 <= len(client.waits) <= 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_passing_failure_of_the_server_is_repeated_when_safe(
    tracker, connect, reply, status: int, method: str
) -> None:
    tracker.play(reply({}, status), reply({}, status), reply({"ok": True}))
    client = connect()
    assert client.session.request(method, client.url + "/x").json() == {"ok": True}
    assert 0.7 <= client.waits[0] <= 1.3 < client.waits[1] <= 2.6


def test_a_lasting_failure_of_the_server_is_unavailable(tracker, connect, reply) -> None:
    tracker.play(reply({"message": "down for maintenance"}, 503))
    with pytest.raises(Unavailable, match="down for maintenance") as caught:
        connect().get()
    assert caught.value.status == 503
    assert len(tracker.asked) == 5


def test_a_failure_that_no_repetition_mends_is_not_repeated(tracker, connect, reply) -> None:
    tracker.play(reply({}, 501))
    with pytest.raises(Unavailable):
        connect().get()
    assert len(tracker.asked) == 1


def test_a_server_that_names_a_far_time_is_left_alone(tracker, connect, reply) -> None:
    tracker.play(reply({}, 503, Retry_After="3600"))
    with pytest.raises(RateLimited) as caught:
        connect().get()
    assert caught.value.retry_at is not None
    assert len(tracker.asked) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_create_that_failed_in_the_server_is_ambiguous_and_sent_once(tracker, connect, reply, status: int) -> None:
    tracker.play(reply({}, status), reply({"id": 1}))
    with pytest.raises(Ambiguous) as caught:
        connect().post()
    assert caught.value.status == status
    assert len(tracker.asked) == 1


def test_a_post_declared_as_a_read_is_repeated_and_counts_as_no_write(tracker, connect, reply) -> None:
    tracker.play(reply({}, 502), reply({"issues": []}))
    client = connect(is_read=lambda method, path: path.endswith("/search/jql"))
    assert client.post("/rest/api/2/search/jql").json() == {"issues": []}
    assert (client.meter.requests, client.meter.writes) == (2, 0)


def test_a_post_declared_idempotent_is_repeated_and_counts_as_a_write(tracker, connect, reply) -> None:
    tracker.play(reply({}, 502), reply({}))
    client = connect(idempotent=lambda method, path: True)
    client.post()
    assert (client.meter.requests, client.meter.writes) == (2, 2)


def test_a_read_whose_connection_breaks_is_repeated(tracker, connect, reply, raw) -> None:
    tracker.play(raw(hang_up=True), reply({"ok": True}))
    client = connect()
    assert client.get().json() == {"ok": True}
    assert len(client.waits) == 1


def test_a_create_whose_connection_breaks_is_ambiguous_and_sent_once(tracker, connect, reply, raw) -> None:
    tracker.play(raw(hang_up=True), reply({"id": 1}))
    client = connect()
    with pytest.raises(Ambiguous, match="left open whether it carried out POST"):
        client.post()
    assert (len(tracker.asked), client.waits) == (1, [])


def test_a_read_whose_body_is_cut_off_is_repeated(tracker, connect, reply, raw) -> None:
    cut = raw(body=b'{"a": ', headers={"Content-Type": "application/json"}, hang_up=True, declared=50)
    tracker.play(cut, reply({"a": 1}))
    assert connect().get().json() == {"a": 1}


def test_a_create_whose_answer_is_cut_off_is_ambiguous(tracker, connect, raw) -> None:
    tracker.play(raw(201, b'{"id": ', {"Content-Type": "application/json"}, hang_up=True, declared=50))
    with pytest.raises(Ambiguous):
        connect().post()
    assert len(tracker.asked) == 1


def test_an_unreachable_tracker_is_named_with_address_cause_and_cure(connect, closed_port: int) -> None:
    client = connect(base_url=f"http://127.0.0.1:{closed_port}")
    with pytest.raises(Unavailable) as caught:
        client.get()
    text = str(caught.value)
    assert f"cannot reach jira-main at http://127.0.0.1:{closed_port}: connection refused" in text
    assert "check url" in text
    assert len(client.waits) == 1


def test_a_create_that_was_never_sent_may_be_repeated(connect, closed_port: int) -> None:
    client = connect(base_url=f"http://127.0.0.1:{closed_port}")
    with pytest.raises(Unavailable):
        client.post()
    assert client.meter.requests == 2


def test_silence_ends_a_read_as_unavailable_and_a_create_as_ambiguous(connect, silent_port: int) -> None:
    policy = Policy(read_timeout=0.05, attempts=2)
    client = connect(base_url=f"http://127.0.0.1:{silent_port}", policy=policy)
    with pytest.raises(Unavailable, match="no answer in time"):
        client.get()
    assert client.meter.requests == 2
    with pytest.raises(Ambiguous, match="no answer in time"):
        client.post()
    assert client.meter.requests == 3


def test_a_timeout_given_by_the_library_is_kept(connect, silent_port: int) -> None:
    client = connect(base_url=f"http://127.0.0.1:{silent_port}", policy=Policy(attempts=1))
    with pytest.raises(Unavailable):
        client.get(timeout=0.05)


def test_a_redirect_is_never_followed_and_names_the_new_address(tracker, connect, raw) -> None:
    tracker.play(raw(302, b"", {"Location": "https://user:pw@elsewhere.example/login?token=abc"}))
    with pytest.raises(BadAnswer, match=r"set url to https://elsewhere\.example/login") as caught:
        connect().get()
    assert "abc" not in str(caught.value)
    assert "pw" not in str(caught.value)
    assert len(tracker.asked) == 1


@pytest.mark.parametrize("url", ["http://localhost:1/x", "https://127.0.0.1/x", "http://evil.example/x"])
def test_another_address_is_never_asked(tracker, connect, url: str) -> None:
    client = connect()
    with pytest.raises(BadAnswer, match="another address is never asked"):
        client.session.get(url, headers={"Authorization": "Bearer abcdef"})
    assert client.meter.requests == 0


def test_a_web_page_instead_of_data_is_a_bad_answer(tracker, connect, raw) -> None:
    tracker.play(raw(200, b"<html>log in</html>", {"Content-Type": "text/html; charset=utf-8"}))
    with pytest.raises(BadAnswer, match="is url the tracker's base address"):
        connect().get()


def test_a_web_page_that_was_asked_for_passes(tracker, connect, raw) -> None:
    tracker.play(raw(200, b"<p>rendered</p>", {"Content-Type": "text/html"}))
    assert connect().get(headers={"Accept": "text/html"}).text == "<p>rendered</p>"


def test_damaged_json_is_read_once_more(tracker, connect, reply, raw) -> None:
    tracker.play(raw(body=b'{"a": [1, 2', headers={"Content-Type": "application/json"}), reply({"a": 1}))
    assert connect().get().json() == {"a": 1}


def test_json_that_stays_damaged_is_a_bad_answer_after_two_attempts(tracker, connect, raw) -> None:
    tracker.play(raw(body=b'{"a": [1, 2', headers={"Content-Type": "application/json"}))
    with pytest.raises(BadAnswer, match="damaged or cut"):
        connect().get()
    assert len(tracker.asked) == 2


def test_a_create_answered_with_damaged_json_is_ambiguous(tracker, connect, raw) -> None:
    tracker.play(raw(201, b'{"id": "1', {"Content-Type": "application/json"}))
    with pytest.raises(Ambiguous):
        connect().post()
    assert len(tracker.asked) == 1


@pytest.mark.parametrize("status", [200, 201, 204])
def test_an_empty_answer_is_fine(tracker, connect, raw, status: int) -> None:
    tracker.play(raw(status, b"", {"Content-Type": "application/json"}))
    assert connect().session.put(tracker.url + "/x").content == b""


def test_an_answer_declared_too_large_is_refused_unread(tracker, connect, raw) -> None:
    tracker.play(raw(body=b"[" + b"1," * 5000 + b"1]", headers={"Content-Type": "application/json"}))
    with pytest.raises(BadAnswer, match="more than"):
        connect(policy=Policy(max_bytes=1000)).get()


def test_an_answer_that_unpacks_too_large_is_refused(tracker, connect, raw) -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    tracker.play(raw(body=bomb, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}))
    with pytest.raises(BadAnswer, match=r"more than 0\.953674 MiB"):
        connect(policy=Policy(max_bytes=1_000_000)).get()


def test_a_streamed_answer_can_still_be_read_in_pieces(tracker, connect, reply) -> None:
    tracker.play(reply([1, 2, 3]))
    response = connect().get(stream=True)
    assert b"".join(response.iter_content(2)) == b"[1, 2, 3]"


def test_tokens_never_show_in_errors_even_if_the_tracker_repeats_them(tracker, connect, reply) -> None:
    tracker.play(reply({"message": "token s3cr3t-t0ken is expired, so is Bearer abcdefgh12345678"}, 401))
    client = connect(secrets=["s3cr3t-t0ken"])
    with pytest.raises(AuthFailed) as caught:
        client.get("/x/s3cr3t-t0ken", headers={"Authorization": "Bearer abcdefgh12345678"})
    shown = f"{caught.value} {caught.value!r} {caught.value.request}"
    assert "s3cr3t" not in shown
    assert "abcdefgh" not in shown
    assert caught.value.request == "GET /x/***"


def test_a_refused_unverified_connection_cannot_be_asked_for(connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    seen: dict[str, Any] = {}

    def send(self: Any, request: Any, **options: Any) -> requests.Response:
        seen.update(options)
        raise requests.ConnectionError

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with pytest.raises(Unavailable):
        connect(policy=Policy(attempts=1)).get(verify=False)
    assert seen["verify"] is True
    assert seen["timeout"] == (5.0, 60.0)
    with pytest.raises(Unavailable):
        connect(policy=Policy(attempts=1), ca_bundle="/etc/own.pem").get()
    assert seen["verify"] == "/etc/own.pem"


def test_the_program_names_itself(tracker, connect) -> None:
    connect().get()
    assert tracker.asked[0].headers["User-Agent"].startswith("pmbridge/")


def test_a_last_allowed_answer_makes_the_next_request_wait(tracker, connect, reply) -> None:
    tracker.play(reply({}, RateLimit_Remaining="0", RateLimit_Reset=str(NOW_EPOCH + 9)), reply({}))
    client = connect()
    client.get()
    assert client.waits == []
    client.get()
    client.get()
    assert client.waits == [9]
    assert client.meter.waited_seconds == 9


def test_a_refusal_is_waited_for_once(tracker, connect, reply) -> None:
    tracker.play(reply({}, 429, Retry_After="3", X_RateLimit_Remaining="0"), reply({}))
    client = connect()
    client.get()
    assert len(client.waits) == 1


def test_an_explanation_that_fails_does_not_hide_the_refusal(tracker, connect, reply) -> None:
    tracker.play(reply(["unforeseen"], 400))
    with pytest.raises(Rejected):
        connect(explain=lambda response: response.json()["message"]).get()


def test_a_text_that_quotes_a_token_does_not_publish_it(tracker, connect) -> None:
    client = connect(secrets=["s3cr3t-t0ken"])
    client.session.post(tracker.url + "/x", json={"body": "über s3cr3t-t0ken, Authorization: Bearer somebodyelses"})
    asked = tracker.asked[0]
    assert json.loads(asked.body) == {"body": "über ***, Authorization: Bearer somebodyelses"}
    assert asked.headers["Content-Length"] == str(len(asked.body))


def test_bytes_that_are_no_text_are_sent_as_they_are(tracker, connect) -> None:
    connect(secrets=["s3cr3t-t0ken"]).session.put(tracker.url + "/x", data=b"\xff\x00\xfe")
    assert tracker.asked[0].body == b"\xff\x00\xfe"


def test_a_tracker_below_a_path_and_a_written_out_port_are_the_same_address(tracker, connect) -> None:
    client = connect(base_url=tracker.url + "/jira/")
    assert client.session.get(tracker.url + "/jira/rest/api/2/myself").ok


def test_two_threads_are_counted_exactly(tracker, connect) -> None:
    client = connect()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get(), range(40)))
    assert client.meter.requests == 40
    assert client.meter.bytes_received == 80


def test_a_plain_server_behind_https_is_explained(connect, tracker) -> None:
    client = connect(base_url=tracker.url.replace("http:", "https:"), policy=Policy(attempts=1))
    with pytest.raises(Unavailable, match="TLS could not be agreed on"):
        client.get()
