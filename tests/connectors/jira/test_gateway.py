"""Cloud behind its gateway: scoped tokens and OAuth work there alone, and nothing is asked anywhere else."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from pmbridge.connector import CheckStatus
from pmbridge.errors import AuthFailed
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
from pmbridge.store import open_store
from pmbridge.sync import sync_source
from pmbridge_jira import JiraConnector, JiraSettings

GATEWAY = "https://api.atlassian.com/ex/jira/1f2e3d4c"
SITE = "https://acme.atlassian.net"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
OAUTH, SCOPED = "Bearer access-token", "Basic " + base64.b64encode(f"{BOT_EMAIL}:scoped-token".encode()).decode()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(START + timedelta(days=30))) as running:
        site = running.jira.site
        site.add_user("ada", "Ada", "ada@acme.example")
        site.add_project("SHOP", "Shop", "ada")
        site.add_version("SHOP", "1.0")
        for n in range(130):
            at = START + timedelta(hours=n)
            issue = site.create_issue("SHOP", "Story", f"Item {n}", at=at, by="ada", fix_versions=["1.0"])
            site.edit_issue(issue, at=at + timedelta(hours=1), by="ada", status="Done")
        yield running


@pytest.fixture
def gateway(sandbox: Sandbox) -> Iterator[list[str]]:
    """Pass requests below the gateway's path on to the sandbox; tell what credentials were shown."""
    shown: list[str] = []
    own = "Basic " + base64.b64encode(f"{BOT_EMAIL}:{TOKEN}".encode()).decode()

    def forward(request: Any) -> tuple[int, dict[str, str], bytes]:
        shown.append(request.headers["Authorization"])
        trusted = shown[-1] in (OAUTH, SCOPED)
        answer = requests.request(
            request.method,
            sandbox.jira.url + request.url.removeprefix(GATEWAY),
            data=request.body,
            headers={"Authorization": own if trusted else "Basic x", "Content-Type": "application/json"},
            timeout=10,
        )
        # A site's own links may name either address; neither is ever followed.
        body = answer.content.replace(sandbox.jira.url.encode(), SITE.encode())
        return answer.status_code, {"Content-Type": answer.headers["Content-Type"]}, body

    with responses.RequestsMock(assert_all_requests_are_fired=False) as double:
        double.add_passthru(sandbox.jira.url)
        for method in ("GET", "POST", "PUT"):
            double.add_callback(method, re.compile(re.escape(GATEWAY) + "/rest/.*"), callback=forward)
        yield shown


@pytest.fixture
def connect() -> Iterator[Callable[..., JiraConnector]]:
    made: list[JiraConnector] = []

    def through(auth: dict[str, str]) -> JiraConnector:
        section = {"url": GATEWAY, "site": SITE, "auth": auth, "projects": ["SHOP"], "connections": 2}
        made.append(JiraConnector("jira", JiraSettings.model_validate(section), owner="acme"))
        return made[-1]

    yield through
    for connector in made:
        connector.close()


@pytest.mark.parametrize(
    ("auth", "credentials"),
    [({"token": "access-token"}, OAUTH), ({"email": BOT_EMAIL, "token": "scoped-token"}, SCOPED)],
    ids=["oauth", "scoped token"],
)
def test_a_whole_sync_goes_through_the_gateway(
    connect: Callable[..., JiraConnector],
    gateway: list[str],
    tmp_path: Any,
    auth: dict[str, str],
    credentials: str,
) -> None:
    connector = connect(auth)
    with open_store(f"sqlite:///{tmp_path / 'gateway.db'}") as store:
        proof = sync_source(connector, store, holder="tests")
    assert (proof.status, proof.items_stored) == ("complete", 130)
    assert set(gateway) == {credentials}
    assert len(gateway) == proof.requests


def test_what_people_open_is_the_site(connect: Callable[..., JiraConnector], gateway: list[str]) -> None:
    connector = connect({"token": "access-token"})
    reference = connector.fetch_reference(["SHOP"])
    page = next(iter(connector.fetch_pages("SHOP", since=None, cursor=None, reference=reference)))
    assert page.items[0].url == f"{SITE}/browse/SHOP-1"
    assert str(reference.milestones[0].url).startswith(f"{SITE}/projects/SHOP/versions/")
    assert gateway


def test_an_access_token_that_ran_out_says_so(connect: Callable[..., JiraConnector], gateway: list[str]) -> None:
    connector = connect({"token": "old-token"})
    with pytest.raises(AuthFailed, match="renew") as caught:
        connector.whoami()
    assert "old-token" not in str(caught.value)
    findings = {result.name: result for result in connect({"token": "old-token"}).diagnose(["SHOP"])}
    assert findings["account"].status is CheckStatus.FAILED
    assert gateway
