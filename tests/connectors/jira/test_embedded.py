"""Histories come inside of issues; only those that are not all there are asked for by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Page, Reference
from pmbridge.errors import BadAnswer, Rejected
from pmbridge.sandbox import Clock, JiraSite, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
from pmbridge.store import open_store
from pmbridge.sync import sync_source
from pmbridge.transport import Adapter
from pmbridge_jira import JiraConnector, JiraSettings
from pmbridge_jira.cloud import APART
from pmbridge_jira.embedded import settled
from pmbridge_jira.histories import edits

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MANY = 10_000
#: How many edits the first issues have.
EDITS = (0, 1, 39, 40, 41, 95)
Answer = dict[str, Any]
Connect = Callable[..., JiraConnector]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def made() -> JiraSite:
    site = JiraSite(Clock(at(900)))
    site.add_user("ada", "Ada", "ada@acme.example")
    site.add_project("SHOP", "Shop", "ada")
    for number, count in enumerate(EDITS):
        issue = site.create_issue("SHOP", "Story", f"Item {number}", at=at(number), by="ada")
        for n in range(count):
            # Every third edit is of a field that is not among the ten that are read.
            change: Answer = {"due": at(24 * n).date()} if n % 3 == 2 else {"status": ("Done", "To Do")[n % 3 % 2]}
            site.edit_issue(issue, at=at(10 + n), by="ada", **change)
    return site


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(jira=made()) as running:
        yield running


@pytest.fixture
def connect(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    monkeypatch.setattr(Adapter, "_rest", lambda self, seconds: None)
    opened: list[JiraConnector] = []

    def connected(**more: Any) -> JiraConnector:
        section = {"url": sandbox.jira.url, "auth": {"email": BOT_EMAIL, "token": TOKEN}, "projects": ["SHOP"]}
        opened.append(JiraConnector("jira", JiraSettings.model_validate(section | more), owner="acme"))
        return opened[-1]

    yield connected
    for connector in opened:
        connector.close()


def read(connector: JiraConnector) -> Page:
    (page,) = connector.fetch_pages("SHOP", since=None, cursor=None, reference=Reference())
    return page


def asked(sandbox: Sandbox, path: str) -> list[Answer]:
    return [entry.body for entry in sandbox.jira.requests if entry.path.endswith(path)]


def bare(answer: Answer) -> Answer:
    """Answer as a Jira does that knows nothing of the expansion."""
    for issue in answer["issues"]:
        issue.pop("changelog", None)
    return answer


def rows(page: Page) -> tuple[Any, ...]:
    return page.items, page.changes, page.people


def test_only_an_issue_of_forty_edits_or_more_is_asked_about_again(connect: Connect, sandbox: Sandbox) -> None:
    page = read(connect(full_history=True))
    told = {item.id: len({c.history for c in page.changes if c.item == item.id}) for item in page.items}
    assert tuple(told.values()) == EDITS
    assert page.partial_history == ()
    assert page.notes == ()
    (first,) = asked(sandbox, "issue/bulkfetch")
    assert first["expand"] == ["changelog"]
    (again,) = asked(sandbox, "changelog/bulkfetch")
    assert again["issueIdsOrKeys"] == [item.id for item in page.items[3:]]


def test_a_page_whose_longest_history_has_39_edits_is_one_request(connect: Connect, sandbox: Sandbox) -> None:
    for key in ("SHOP-4", "SHOP-5", "SHOP-6"):
        sandbox.jira.site.delete_issue(sandbox.jira.site.issue(key).id)
    read(connect())
    assert len(asked(sandbox, "issue/bulkfetch")) == 1
    assert asked(sandbox, "changelog/bulkfetch") == []


@pytest.mark.parametrize("full", [False, True], ids=["ten fields", "every field"])
def test_every_road_leads_to_the_same_rows(connect: Connect, sandbox: Sandbox, full: bool) -> None:
    inside = read(connect(full_history=full))
    apart = read(connect(full_history=full, connections=1))
    sandbox.jira.faults.tamper_next(MANY, path="issue/bulkfetch", change=bare)
    ignored = read(connect(full_history=full))
    assert rows(inside) == rows(apart) == rows(ignored)
    assert len(inside.changes) > 100


def test_a_jira_that_ignores_the_expansion_is_read_as_completely_and_says_so(
    connect: Connect, sandbox: Sandbox, tmp_path: Any
) -> None:
    sandbox.jira.faults.tamper_next(MANY, path="issue/bulkfetch", change=bare)
    with open_store(f"sqlite:///{tmp_path / 'ignored.db'}") as store:
        proof = sync_source(connect(), store, holder="tests")
    assert proof.status == "complete"
    assert APART in proof.notes
    assert [len(body["issueIdsOrKeys"]) for body in asked(sandbox, "changelog/bulkfetch")] == [len(EDITS)]


def test_a_jira_that_refuses_the_expansion_is_asked_without_it(connect: Connect, sandbox: Sandbox) -> None:
    sandbox.jira.faults.fail_next(status=400, path="issue/bulkfetch")
    page = read(connect())
    assert len(page.items) == len(EDITS)
    assert page.notes == (APART,)
    assert ["expand" in body for body in asked(sandbox, "issue/bulkfetch")] == [True, False]


def test_a_jira_that_refuses_either_way_is_an_error(connect: Connect, sandbox: Sandbox) -> None:
    sandbox.jira.faults.fail_next(MANY, status=400, path="issue/bulkfetch")
    with pytest.raises(Rejected):
        read(connect())


def test_an_issue_that_could_not_be_carried_is_asked_for_once_more(connect: Connect, sandbox: Sandbox) -> None:
    def heavy(answer: Answer) -> Answer:
        left = answer["issues"].pop()
        return {**answer, "issueErrors": [{"id": left["id"], "errorMessage": "The answer grew too large."}]}

    whole = read(connect())
    sandbox.jira.faults.tamper_next(path="issue/bulkfetch", change=heavy)
    assert rows(read(connect())) == rows(whole)
    assert "expand" not in asked(sandbox, "issue/bulkfetch")[-1]


def test_a_history_without_a_total_proves_nothing(connect: Connect, sandbox: Sandbox) -> None:
    def untold(answer: Answer) -> Answer:
        del answer["issues"][1]["changelog"]["total"]
        answer["issues"][2]["changelog"] = None
        return answer

    whole = read(connect())
    sandbox.jira.faults.tamper_next(path="issue/bulkfetch", change=untold)
    assert rows(read(connect())) == rows(whole)
    assert len(asked(sandbox, "changelog/bulkfetch")[-1]["issueIdsOrKeys"]) == 5


@pytest.mark.parametrize("odd", [5, {"histories": 5}, {"histories": [{"id": "1", "items": 5}]}])
def test_a_history_of_another_shape_is_a_bad_answer(connect: Connect, sandbox: Sandbox, odd: Any) -> None:
    def twisted(answer: Answer) -> Answer:
        answer["issues"][0]["changelog"] = odd
        return answer

    sandbox.jira.faults.tamper_next(path="issue/bulkfetch", change=twisted)
    with pytest.raises(BadAnswer, match="unexpected shape"):
        read(connect())


def test_characters_that_no_store_holds_are_mended_inside_too(connect: Connect, sandbox: Sandbox) -> None:
    def torn(answer: Answer) -> Answer:
        answer["issues"][1]["changelog"]["histories"][0]["items"][0]["toString"] = "a\x00b\ud83d"
        return answer

    sandbox.jira.faults.tamper_next(path="issue/bulkfetch", change=torn)
    assert "a\ufffdb\ufffd" in {change.after_name for change in read(connect()).changes}


def test_what_is_bounded_is_whole_although_it_is_shorter_than_its_total() -> None:
    entries = [{"field": "status", "fieldId": "status"}, {"field": "duedate", "fieldId": "duedate"}]
    newest = edits([{"id": n, "created": 1_772_500_000 + n, "items": entries[n % 2 :]} for n in range(4)])[::-1]
    assert settled({"histories": newest, "total": 5}, {"status"}) is None
    found = settled({"histories": newest, "total": 4}, {"status"})
    assert found is not None
    assert [edit.id for edit in found["histories"]] == [0, 2]
    assert found["total"] == 2
    assert [entry.field for entry in found["histories"][0].items] == ["status"]
