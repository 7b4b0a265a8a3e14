"""A tracker that says no in the middle of a run is asked nothing more, and the next run goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pmbridge.connector import Connector
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.store import Store, open_store, read_history
from pmbridge.sync import sync_source
from tests.contract.connector_contract import day
from tests.contract.test_trackers import GitlabStage, JiraStage

#: Pages of items, by tracker.
PAGES = {"jira": "issue/bulkfetch|search(/jql)?$", "gitlab": "/issues$"}
HOUR = {"Retry-After": "3600"}
QUOTA = {"RateLimit-Reason": "jira-quota-tenant-based", "X-RateLimit-Reset": "2026-05-01T09:00:00Z"}


@pytest.fixture(params=["jira cloud", "jira data center", "gitlab"])
def stage(request: pytest.FixtureRequest) -> Iterator[Any]:
    clock = Clock(day(60))
    site = JiraSite(clock, server=request.param.endswith("center"))
    with Sandbox(clock, jira=site) as sandbox:
        yield GitlabStage(sandbox) if request.param == "gitlab" else JiraStage(sandbox)


@pytest.fixture
def store(tmp_path: Any) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'stopped.db'}") as opened:
        yield opened


def refused(stage: Any, status: int) -> int:
    return sum(entry.status == status for entry in stage.server.requests)


def test_the_first_refusal_of_a_token_ends_the_run(stage: Any, store: Store) -> None:
    stage.add_projects(8)
    connector: Connector = stage.connector()
    stage.misbehave("401", everywhere=True)
    proof = sync_source(connector, store, holder="tests")
    assert (proof.status, refused(stage, 401)) == ("failed", 1)
    assert "token" in proof.gaps[0].text


def test_a_token_that_ends_in_the_middle_is_tried_by_those_on_their_way_and_no_more(stage: Any, store: Store) -> None:
    stage.add_projects(8)
    stage.server.faults.fail_next(1000, status=401, path=PAGES[stage.kind])
    proof = sync_source(stage.connector(), store, holder="tests")
    assert proof.status == "failed"
    assert 1 <= refused(stage, 401) <= 4
    assert {gap.kind for gap in proof.gaps} == {"interrupted"}


@pytest.mark.parametrize("headers", [HOUR, QUOTA], ids=["an hour", "a quota"])
def test_a_spent_quota_ends_the_run_with_the_time_to_come_back_and_the_next_goes_on(
    stage: Any, store: Store, headers: dict[str, str]
) -> None:
    made = {stage.create(f"Item {n}", day(n % 40)) for n in range(stage.several_pages)}
    faults, path = stage.server.faults, PAGES[stage.kind]
    # A Data Center counts by the same search.
    faults.tamper_next(1 + (stage.kind == "jira" and stage.site.server), path=path, change=lambda answer: answer)
    faults.fail_next(1000, status=429, headers=headers, path=path)
    connector = stage.connector()
    # One page after the other, so that it is the first that is stored.
    connector._settings = connector._settings.model_copy(update={"connections": 1})
    proof = sync_source(connector, store, holder="tests")
    assert proof.status != "complete"
    assert "Try again at" in proof.gaps[0].text
    assert 1 <= refused(stage, 429) <= 2
    with store.read() as conn:
        held = {item.id for item in read_history(conn, {"source-x": [stage.project]}).items}
    faults.clear()
    stage.server.requests.clear()
    again = sync_source(stage.connector(), store, holder="tests")
    with store.read() as conn:
        found = {item.id for item in read_history(conn, {"source-x": [stage.project]}).items}
    assert (again.status, found) == ("complete", made)
    assert 0 < len(held) < len(made)
