"""With every switch on, each request and answer is as Jira's own description has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
from pmbridge.store import open_store
from pmbridge.sync import sync_source
from pmbridge_jira import JiraConnector, JiraSettings
from tests.sandbox import contract

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
EVERYTHING = {"remote_links": True, "sprints": True, "epics": True, "full_history": True, "worklogs": True}

needs_descriptions = pytest.mark.skipif(
    not contract.available(),
    reason="tracker descriptions not found; set PMBRIDGE_SPECS to the folder that holds them",
)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@needs_descriptions
@pytest.mark.parametrize("bulk", [True, False], ids=["bulk changelog", "issue by issue"])
def test_every_request_is_described(tmp_path: Any, bulk: bool) -> None:
    with Sandbox(Clock(at(500))) as sandbox:
        site = sandbox.jira.site
        site.add_user("ada", "Ada", "ada@acme.example")
        site.add_project("SHOP", "Shop", "ada")
        version = site.add_version("SHOP", "1.0")
        site.add_sprint(site.add_board("SHOP", "Board"), "Sprint 1")
        epic = site.create_issue("SHOP", "Epic", "Checkout", at=at(0), by="ada")
        ids = [site.create_issue("SHOP", "Story", f"Item {n}", at=at(n), by="ada", parent=epic) for n in range(5)]
        for n in range(45):
            site.edit_issue(ids[4], at=at(30 + n), by="ada", status="In Progress" if n % 2 else "To Do", points=n)
        for n in range(25):
            site.log_work(ids[0], 60, started=at(10 + n), by="ada")
        site.edit_issue(ids[1], at=at(20), by="ada", fix_versions=[version], status="Done", points=3)
        site.add_remote_link(ids[2], "https://gitlab.example/1", "#1", at=at(21), by="ada")
        sandbox.jira.requests.keep_answers = True
        section = {"url": sandbox.jira.url, "auth": {"email": BOT_EMAIL, "token": TOKEN}, "projects": ["SHOP"]}
        connector = JiraConnector("jira", JiraSettings.model_validate(section | EVERYTHING), owner="acme")
        if not bulk:
            sandbox.jira.faults.fail_next(1000, status=404, path="changelog/bulkfetch")
        with open_store(f"sqlite:///{tmp_path / 'described.db'}") as store:
            assert sync_source(connector, store, holder="tests").status == "complete"
            site.clock.set(at(501))
            site.log_work(ids[3], 60, started=at(500.5), by="ada", quiet=True)
            site.delete_issue(ids[4])
            assert sync_source(connector, store, holder="tests").status == "complete"
        list(connector.diagnose(["SHOP"]))
        connector.close()
        asked = {entry.path for entry in sandbox.jira.requests}
        assert ["changelog"] in [entry.body.get("expand") for entry in sandbox.jira.requests if entry.body]
        assert {
            "/rest/api/3/changelog/bulkfetch",
            "/rest/api/3/worklog/updated",
            "/rest/api/3/worklog/list",
            "/rest/agile/1.0/board",
        } <= asked
        assert contract.validate_log(sandbox.jira.requests) == []
