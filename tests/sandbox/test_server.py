from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from pmbridge.errors import UsageError
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_an_address_is_known_only_while_the_tracker_runs():
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="call start"):
        _ = sandbox.jira.url
    with sandbox:
        assert sandbox.jira.url.startswith("http://127.0.0.1:")
        assert sandbox.jira.url != sandbox.gitlab.url
    with pytest.raises(RuntimeError):
        _ = sandbox.gitlab.url


def test_stopping_frees_the_port_and_starting_again_keeps_the_state():
    sandbox = Sandbox()
    with sandbox:
        url = sandbox.jira.url
        sandbox.jira.site.add_project("SHOP", "Shop", sandbox.jira.site.bot)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/rest/api/3/serverInfo", timeout=2)
    with sandbox:
        answer = requests.get(f"{sandbox.jira.url}/rest/api/3/project/SHOP", auth=(BOT_EMAIL, TOKEN), timeout=5)
        assert answer.json()["name"] == "Shop"


def test_a_taken_port_is_an_error_and_leaves_nothing_running():
    with Sandbox() as first:
        port = int(first.gitlab.url.rpartition(":")[2])
        second = Sandbox(gitlab_port=port)
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}"):
            second.start()
        with pytest.raises(RuntimeError):
            _ = second.jira.url


def test_both_trackers_live_on_one_clock_and_say_so_in_their_answers():
    with Sandbox(Clock(START)) as sandbox:
        assert sandbox.jira.site.clock is sandbox.gitlab.site.clock
        answer = requests.get(f"{sandbox.gitlab.url}/api/v4/version", timeout=5)
        assert parsedate_to_datetime(answer.headers["Date"]) == START
        info = requests.get(f"{sandbox.jira.url}/rest/api/3/serverInfo", timeout=5).json()
        assert info["serverTime"] == "2026-09-01T08:00:00.000+0000"


def test_the_request_log_tells_reads_from_writes(sandbox, jira_site, story, jira):
    jira.get("/rest/api/3/issue/SHOP-1", fields="summary")
    jira.post("/rest/api/3/search/jql", {"jql": "project = SHOP"}, status=200)
    jira.post("/rest/api/3/search/approximate-count", {"jql": "project = SHOP"}, status=200)
    jira.put("/rest/api/3/issue/SHOP-1/properties/x", 1, status=201)
    log = sandbox.jira.requests
    assert [(entry.method, entry.path) for entry in log.writes()] == [("PUT", "/rest/api/3/issue/SHOP-1/properties/x")]
    assert len(log) == 4
    assert log[0].query == {"fields": ["summary"]}
    assert log[1].body == {"jql": "project = SHOP"}
    assert [entry.status for entry in log] == [200, 200, 200, 201]
    log.clear()
    assert list(log) == []


def test_every_write_moves_the_clock_by_a_second_and_no_read_does(sandbox, jira_site, story, jira):
    before = sandbox.clock.now()
    jira.get("/rest/api/3/myself")
    jira.put("/rest/api/3/issue/SHOP-1/properties/x", 1, status=201)
    assert sandbox.clock.now() - before == timedelta(seconds=1)


def test_nine_hundred_issues_are_listed_quickly(sandbox, jira_site, jira):
    for number in range(900):
        jira_site.create_issue("SHOP", "Story", f"Number {number}", at=START, by="u-ada", due=date(2026, 9, 30))
    seen, token, began = [], None, time.perf_counter()
    while True:
        body = {"jql": "project = SHOP ORDER BY key", "maxResults": 100, "fields": ["*navigable"]}
        page = jira.post("/rest/api/3/search/jql", body | ({"nextPageToken": token} if token else {}), status=200)
        seen += [issue["key"] for issue in page["issues"]]
        if page["isLast"]:
            break
        token = page["nextPageToken"]
    assert seen == [f"SHOP-{number}" for number in range(1, 901)]
    assert time.perf_counter() - began < 5
