"""A first reading of Jira Cloud has several pages on their way, and still one order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pmbridge.connector import Page, Reference
from pmbridge.errors import Unavailable
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
from pmbridge.transport import Adapter
from pmbridge_jira import JiraConnector, JiraSettings, cloud

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ITEMS = 730


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(START + timedelta(days=900))) as running:
        site = running.jira.site
        site.add_user("ada", "Ada", "ada@acme.example")
        site.add_project("SHOP", "Shop", "ada")
        for n in range(ITEMS):
            issue = site.create_issue("SHOP", "Story", f"Item {n}", at=START + timedelta(days=n), by="ada")
            site.edit_issue(issue, at=START + timedelta(days=n, hours=2), by="ada", status="Done")
        yield running


@pytest.fixture
def connector(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[JiraConnector]:
    monkeypatch.setattr(Adapter, "_rest", lambda self, seconds: None)
    monkeypatch.setattr(cloud, "MAX_IDS", 300)
    section = {"url": sandbox.jira.url, "auth": {"email": BOT_EMAIL, "token": TOKEN}, "projects": ["SHOP"]}
    made = JiraConnector("jira-main", JiraSettings.model_validate(section), owner="acme")
    yield made
    made.close()
    sandbox.jira.faults.clear()


def read(connector: JiraConnector, cursor: str | None = None) -> list[Page]:
    return list(connector.fetch_pages("SHOP", since=None, cursor=cursor, reference=Reference()))


def titles(pages: list[Page]) -> list[str]:
    return [item.title for page in pages for item in page.items]


EVERYTHING = [f"Item {n}" for n in range(ITEMS)]


def test_the_order_is_that_of_creation_whatever_comes_first(connector: JiraConnector, sandbox: Sandbox) -> None:
    sandbox.jira.faults.latency(0.01)
    pages = read(connector)
    assert titles(pages) == EVERYTHING
    assert all(len(page.changes) == len(page.items) for page in pages)
    assert [page.cursor is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_any_cursor_resumes_right_after_its_page(connector: JiraConnector) -> None:
    pages = read(connector)
    for number in range(1, len(pages)):
        rest = read(connector, pages[number - 1].cursor)
        assert titles(pages[:number]) + titles(rest) == EVERYTHING


def test_a_cursor_whose_issue_is_gone_repeats_and_leaves_no_hole(connector: JiraConnector, sandbox: Sandbox) -> None:
    pages = read(connector)
    last = pages[3].items[-1]
    site = sandbox.jira.site
    kept = site.issues.pop(last.id)
    site.revision += 1
    try:
        rest = read(connector, pages[3].cursor)
    finally:
        site.issues[last.id] = kept
        site.issues = dict(sorted(site.issues.items(), key=lambda entry: int(entry[0])))
        site.revision += 1
    assert set(titles(pages[:4])) | set(titles(rest)) == set(EVERYTHING)


def test_a_failure_on_the_way_comes_out_once_and_ends_the_rest(connector: JiraConnector, sandbox: Sandbox) -> None:
    sandbox.jira.faults.fail_next(1000, status=503, path="issue/bulkfetch")
    with pytest.raises(Unavailable):
        read(connector)


def test_an_abandoned_reading_ends_its_threads(connector: JiraConnector) -> None:
    pages = connector.fetch_pages("SHOP", since=None, cursor=None, reference=Reference())
    next(pages)
    pages.close()  # type: ignore[attr-defined]
    assert titles(read(connector)) == EVERYTHING


def test_a_token_that_is_no_longer_accepted_begins_anew(connector: JiraConnector, sandbox: Sandbox) -> None:
    late = read(connector)[4].cursor
    sandbox.jira.faults.fail_next(status=400, path="search/jql")
    assert titles(read(connector, late)) == EVERYTHING
