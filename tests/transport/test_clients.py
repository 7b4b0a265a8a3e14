"""The policy below the two real client libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gitlab
import jira
import pytest
import requests

from pmbridge.errors import Ambiguous, AuthFailed, BadAnswer, NotFound, RateLimited, Rejected, Unavailable

CALM = {"obey_rate_limit": False, "max_retries": 0, "retry_transient_errors": False}


@pytest.fixture
def jira_client(tracker: Any, connect: Any) -> Iterator[jira.JIRA]:
    client = jira.JIRA(
        server=tracker.url,
        basic_auth=("a.user@example.com", "jira-token-1"),
        max_retries=0,
        get_server_info=False,
    )
    connect(session=client._session)
    yield client
    client.close()


@pytest.fixture
def gitlab_client(tracker: Any, connect: Any) -> gitlab.Gitlab:
    session = requests.Session()
    connect(session=session)
    return gitlab.Gitlab(tracker.url, oauth_token="gitlab-token-1", keep_base_url=True, session=session)


def test_jira_reads_and_writes_through_the_policy(tracker, reply, jira_client) -> None:
    tracker.play(reply({}, 429, Retry_After="1"), reply({"key": "SHOP-1"}))
    assert jira_client._get_json("issue/SHOP-1") == {"key": "SHOP-1"}
    jira_client._session.put(jira_client._get_url("version/1"), json={"name": "1.0"})
    assert tracker.requests == [
        "GET /rest/api/2/issue/SHOP-1",
        "GET /rest/api/2/issue/SHOP-1",
        "PUT /rest/api/2/version/1",
    ]
    assert tracker.asked[0].headers["Authorization"].startswith("Basic ")
    assert tracker.asked[0].headers["User-Agent"].startswith("pmbridge/")


def test_gitlab_reads_and_writes_through_the_policy(tracker, reply, gitlab_client) -> None:
    tracker.play(reply({}, 429, RateLimit_Reset="1"), reply([{"iid": 1}]), reply({"id": 5}, 201))
    assert list(gitlab_client.http_list("/issues", iterator=True, **CALM)) == [{"iid": 1}]
    assert gitlab_client.http_post("/projects/1/issues/1/notes", post_data={"body": "x"}, **CALM) == {"id": 5}
    assert len(tracker.asked) == 3
    assert tracker.asked[0].headers["Authorization"] == "Bearer gitlab-token-1"
    assert tracker.asked[0].headers["User-Agent"].startswith("pmbridge/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (401, AuthFailed), (404, NotFound), (302, BadAnswer), (501, Unavailable)],
)
def test_our_errors_pass_through_both_libraries(tracker, reply, jira_client, gitlab_client, status, kind) -> None:
    tracker.play(reply({"message": "no"}, status))
    with pytest.raises(kind):
        jira_client._get_json("issue/SHOP-1")
    with pytest.raises(kind):
        gitlab_client.http_get("/issues", **CALM)
    assert len(tracker.asked) == 2


def test_a_comment_whose_connection_breaks_is_sent_once_by_both_libraries(
    tracker, raw, jira_client, gitlab_client
) -> None:
    tracker.play(raw(hang_up=True))
    with pytest.raises(Ambiguous):
        jira_client.add_comment("SHOP-1", "hello")
    with pytest.raises(Ambiguous):
        gitlab_client.http_post("/projects/1/issues/1/notes", post_data={"body": "x"}, **CALM)
    assert tracker.requests == [
        "POST /rest/api/2/issue/SHOP-1/comment",
        "POST /api/v4/projects/1/issues/1/notes",
    ]


def test_a_lasting_rate_limit_reaches_the_caller_of_both_libraries(tracker, reply, jira_client, gitlab_client) -> None:
    tracker.play(reply({}, 429, Retry_After="86400"))
    with pytest.raises(RateLimited):
        jira_client._get_json("issue/SHOP-1")
    with pytest.raises(RateLimited):
        gitlab_client.http_get("/issues", **CALM)
    assert len(tracker.asked) == 2


def test_a_next_page_on_another_host_is_not_asked_with_our_token(tracker, reply, gitlab_client) -> None:
    tracker.play(reply([{"iid": 1}], Link='<http://evil.example/api/v4/issues?page=2>; rel="next"'), reply([]))
    pages = gitlab_client.http_list("/issues", iterator=True, **CALM)
    assert list(pages) == [{"iid": 1}]
    assert tracker.asked[1].headers["Host"] == tracker.url.removeprefix("http://")


def test_a_netrc_entry_does_not_replace_the_token(tracker, connect, tmp_path, monkeypatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    session = requests.Session()
    session.headers["Authorization"] = "Bearer mine"
    connect(session=session).get()
    assert tracker.asked[0].headers["Authorization"] == "Bearer mine"


def test_a_proxy_of_the_environment_is_used(connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("https_proxy", raising=False)
    client = connect(base_url="https://tracker.example")
    assert client.session.proxies["https"] == "http://proxy.example:3128"
    assert client.session.trust_env is False
