"""Time that moves nothing but itself is found by Jira's own lists of it, at a price that follows what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge.store import Store, read_history
from pmbridge.sync import Certificate, sync_source
from pmbridge_jira import JiraConnector, JiraSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROJECTS = ["SHOP", "PAY"]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture(params=[False, True], ids=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> JiraSite:
    site = JiraSite(Clock(day(30)), server=request.param)
    site.add_user("ada", "Ada", "ada@acme.example")
    for project in (*PROJECTS, "OTHER"):
        site.add_project(project, project.title(), "ada")
        for n in range(3):
            issue = site.create_issue(project, "Story", f"{project} {n}", at=day(n), by="ada")
            site.log_work(issue, 3600, started=day(n + 1), by="ada")
    return site


@pytest.fixture
def sandbox(site: JiraSite) -> Iterator[Sandbox]:
    with Sandbox(jira=site) as running:
        yield running


@pytest.fixture
def sync(sandbox: Sandbox, store: Store) -> Iterator[Callable[..., Certificate]]:
    made: list[JiraConnector] = []

    def run(**settings: Any) -> Certificate:
        who = {} if sandbox.jira.site.server else {"email": BOT_EMAIL}
        section = {"url": sandbox.jira.url, "auth": {"token": TOKEN, **who}, "projects": PROJECTS, "worklogs": True}
        made.append(JiraConnector("jira", JiraSettings.model_validate(section | settings), owner="acme"))
        return sync_source(made[-1], store, holder="tests")

    yield run
    for connector in made:
        connector.close()


@pytest.fixture
def held(store: Store) -> Callable[[], dict[str, int]]:
    def seconds() -> dict[str, int]:
        with store.read() as conn:
            found = read_history(conn, {"jira": PROJECTS})
        keys = {item.id: item.key for item in found.items}
        total = dict.fromkeys(keys.values(), 0)
        for log in found.worklogs:
            total[keys[log.item]] += log.seconds
        return total

    return seconds


def issues(site: JiraSite) -> dict[str, str]:
    return {issue.key: issue.id for issue in site.issues.values()}


def test_time_that_moves_nothing_else_is_entered_and_taken_back(
    sync: Callable[..., Certificate], held: Callable[[], dict[str, int]], site: JiraSite
) -> None:
    sync()
    assert set(held().values()) == {3600}
    site.clock.set(day(31))
    own = issues(site)
    site.log_work(own["SHOP-1"], 1800, started=day(30.5), by="ada", quiet=True)
    site.log_work(own["PAY-2"], 900, started=day(30.6), by="ada", quiet=True)
    site.log_work(own["OTHER-1"], 900, started=day(30.7), by="ada", quiet=True)
    gone = site.issues[own["SHOP-3"]].worklogs[0]
    site.delete_work(gone.id, at=day(30.8), by="ada", quiet=True)
    proof = sync()
    assert proof.status == "complete", proof.gaps
    assert held() == {"SHOP-1": 5400, "SHOP-2": 3600, "SHOP-3": 0, "PAY-1": 3600, "PAY-2": 4500, "PAY-3": 3600}


def test_what_the_items_spend_in_all_follows(sync: Callable[..., Certificate], store: Store, site: JiraSite) -> None:
    sync()
    site.clock.set(day(31))
    site.log_work(issues(site)["SHOP-1"], 1800, started=day(30.5), by="ada", quiet=True)
    sync()
    with store.read() as conn:
        found = read_history(conn, {"jira": ["SHOP"]})
    assert {item.key: item.spent_seconds for item in found.items}["SHOP-1"] == 5400


def test_time_is_not_looked_for_unless_that_is_asked_for(
    sync: Callable[..., Certificate], held: Callable[[], dict[str, int]], site: JiraSite, sandbox: Sandbox
) -> None:
    sync(worklogs=False)
    site.log_work(issues(site)["SHOP-1"], 1800, started=day(30.5), by="ada", quiet=True)
    site.clock.set(day(31))
    sandbox.jira.requests.clear()
    sync(worklogs=False)
    assert held()["SHOP-1"] == 3600
    assert not [entry for entry in sandbox.jira.requests if "/worklog/" in entry.path]


def test_a_quiet_run_asks_two_more_whatever_the_number_of_projects(
    sync: Callable[..., Certificate], site: JiraSite
) -> None:
    sync()
    site.clock.set(day(30.5))
    without, with_time = sync(worklogs=False, projects=["SHOP"]).requests, sync(projects=["SHOP"]).requests
    assert (without, with_time) == (6, 8)
    sync()
    assert sync().requests - sync(worklogs=False).requests == 2


def test_what_was_read_with_its_item_is_not_read_again(
    sync: Callable[..., Certificate], site: JiraSite, sandbox: Sandbox
) -> None:
    sync()
    site.clock.set(day(31))
    site.log_work(issues(site)["SHOP-1"], 1800, started=day(30.5), by="ada")
    sandbox.jira.requests.clear()
    sync(projects=["SHOP"])
    asked = [entry.path.rpartition("/rest/api/")[2][2:] for entry in sandbox.jira.requests]
    assert [path for path in asked if path.startswith(("worklog/", "project/SHOP"))].count("worklog/list") == 1
    assert "project/SHOP" not in asked


def test_lists_that_go_on_are_read_to_their_end(
    sync: Callable[..., Certificate], held: Callable[[], dict[str, int]], site: JiraSite
) -> None:
    site.worklog_page = 2
    sync()
    site.clock.set(day(31))
    for n in range(7):
        site.log_work(issues(site)["SHOP-1"], 60, started=day(30.5), at=day(30.5 + n / 100), by="ada", quiet=True)
    assert sync().status == "complete"
    assert held()["SHOP-1"] == 3600 + 7 * 60


def test_more_of_one_instant_than_a_page_holds_are_a_note_and_no_endless_loop(
    sync: Callable[..., Certificate], site: JiraSite
) -> None:
    site.worklog_page = 2
    sync()
    site.clock.set(day(31))
    for _ in range(5):
        site.log_work(issues(site)["SHOP-1"], 60, started=day(30.5), by="ada", quiet=True)
    assert any("sync --full" in note for note in sync().notes)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_list_is_a_note_and_the_items_are_read_all_the_same(
    sync: Callable[..., Certificate], site: JiraSite, sandbox: Sandbox, status: int
) -> None:
    sync()
    site.clock.set(day(31))
    site.edit_issue(issues(site)["SHOP-2"], at=day(30.9), by="ada", status="Done")
    sandbox.jira.faults.fail_next(status=status, path="worklog/updated")
    proof = sync()
    assert proof.status == "complete"
    assert any("was not looked for" in note for note in proof.notes)
