from __future__ import annotations

import time

import pytest
import requests

COMMENT = {"body": {"version": 1, "type": "doc", "content": [{"type": "paragraph", "content": []}]}}
COMMENTS = "/rest/api/3/issue/SHOP-1/comment"


def test_the_next_fitting_requests_fail_and_later_ones_do_not(sandbox, story, jira):
    sandbox.jira.faults.fail_next(2, status=429, retry_after=7, path=r"/comment$")
    first = jira("GET", COMMENTS)
    jira.get("/rest/api/3/myself")
    second = jira("GET", COMMENTS)
    assert [first.status_code, second.status_code] == [429, 429]
    assert first.headers["Retry-After"] == "7"
    assert first.json()["errorMessages"] == ["Rate limit exceeded."]
    assert jira("GET", COMMENTS).status_code == 200


def test_a_fault_can_wait_for_a_method(sandbox, story, jira):
    sandbox.jira.faults.fail_next(status=503, method="POST", headers={"X-Reason": "maintenance"})
    assert jira("GET", COMMENTS).status_code == 200
    refused = jira("POST", COMMENTS, json=COMMENT)
    assert (refused.status_code, refused.headers["X-Reason"]) == (503, "maintenance")
    assert jira.get(COMMENTS)["total"] == 0


def test_a_request_dropped_before_it_was_carried_out_changed_nothing(sandbox, story, jira):
    sandbox.jira.faults.drop_next(1, after_commit=False, method="POST")
    with pytest.raises(requests.ConnectionError):
        jira("POST", COMMENTS, json=COMMENT)
    assert jira.get(COMMENTS)["total"] == 0
    assert sandbox.jira.requests.writes()[0].status == 0


def test_a_request_dropped_after_it_was_carried_out_did_change_something(sandbox, story, jira):
    sandbox.jira.faults.drop_next(1, after_commit=True, method="POST")
    with pytest.raises(requests.ConnectionError):
        jira("POST", COMMENTS, json=COMMENT)
    assert jira.get(COMMENTS)["total"] == 1
    assert len(sandbox.jira.requests.writes()) == 1


def test_a_note_dropped_after_it_was_carried_out_stands_in_gitlab(sandbox, bug, gitlab):
    sandbox.gitlab.faults.drop_next(1, after_commit=True, path="/notes$")
    with pytest.raises(requests.ConnectionError):
        gitlab("POST", "/projects/acme%2Fshop-web/issues/1/notes", json={"body": "Hello"})
    notes = gitlab.get("/projects/acme%2Fshop-web/issues/1/notes")
    assert [note["body"] for note in notes] == ["Hello"]


def test_an_answer_can_be_cut_in_the_middle(sandbox, story, jira):
    sandbox.jira.faults.cut_next()
    answer = jira("GET", COMMENTS)
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_proxy_can_answer_in_html_instead(sandbox, story, jira, gitlab):
    sandbox.jira.faults.html_next()
    sandbox.gitlab.faults.html_next(status=200)
    assert (jira("GET", COMMENTS).status_code, jira("GET", COMMENTS).status_code) == (502, 200)
    page = gitlab("GET", "/version")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")


def test_latency_delays_every_answer_until_it_is_taken_back(sandbox, jira):
    sandbox.jira.faults.latency(0.05)
    began = time.perf_counter()
    jira.get("/rest/api/3/myself")
    assert time.perf_counter() - began >= 0.05
    sandbox.jira.faults.clear()
    assert sandbox.jira.faults.seconds == 0


def test_clearing_takes_every_rule_back(sandbox, story, jira):
    sandbox.jira.faults.fail_next(5, status=500)
    sandbox.jira.faults.clear()
    assert jira("GET", COMMENTS).status_code == 200
