"""What a Jira no longer lists is looked at directly, and counts as gone with its reason until it is shown again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge.store import Store, read_history
from pmbridge.store.tombstones import buried
from pmbridge.sync import Certificate, sync_source
from pmbridge_jira import JiraConnector, JiraSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROJECTS = ["SHOP", "PAY"]
GONE = "deleted, or no longer visible to this token"
Sync = Callable[..., Certificate]
Stones = Callable[[], dict[str, str]]


@pytest.fixture(params=[False, True], ids=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> JiraSite:
    site = JiraSite(Clock(START + timedelta(days=60)), server=request.param)
    site.add_user("ada", "Ada", "ada@acme.example")
    for project in PROJECTS:
        site.add_project(project, project.title(), "ada")
        for n in range(25):
            site.create_issue(project, "Story", f"{project} {n}", at=START + timedelta(days=n), by="ada")
    return site


@pytest.fixture
def sync(site: JiraSite, store: Store) -> Iterator[Sync]:
    with Sandbox(jira=site) as sandbox:
        who = {} if site.server else {"email": BOT_EMAIL}
        section = {"url": sandbox.jira.url, "auth": {"token": TOKEN, **who}, "projects": PROJECTS}

        def run(**how: Any) -> Certificate:
            site.clock.advance(timedelta(minutes=30))
            connector = JiraConnector("jira", JiraSettings.model_validate(section), owner="acme")
            try:
                return sync_source(connector, store, holder="tests", **how)
            finally:
                connector.close()

        run()
        yield run


@pytest.fixture
def stones(store: Store) -> Stones:
    def read() -> dict[str, str]:
        with store.read() as conn:
            return {stone.key: stone.reason for stone in buried(conn, "jira")}

    return read


def keys(store: Store) -> set[str]:
    with store.read() as conn:
        return {item.key for item in read_history(conn, {"jira": PROJECTS}).items}


def test_what_is_deleted_or_archived_is_buried_with_its_reason(
    sync: Sync, site: JiraSite, store: Store, stones: Stones
) -> None:
    site.delete_issue("SHOP-3")
    site.archive_issue("PAY-4", at=site.clock.now())
    proof = sync()
    assert (proof.status, proof.items_stored, proof.tombstones) == ("complete", 48, 2)
    # A Data Center does not show archived issues to whom it only lets browse.
    assert stones() == {"SHOP-3": GONE, "PAY-4": GONE if site.server else "archived"}
    assert {"SHOP-3", "PAY-4"}.isdisjoint(keys(store))


def test_what_is_shown_again_comes_back(sync: Sync, site: JiraSite, store: Store, stones: Stones) -> None:
    site.archive_issue("PAY-4", at=site.clock.now())
    sync()
    assert "PAY-4" not in keys(store)
    site.archive_issue("PAY-4", at=None)
    proof = sync()
    assert (proof.status, proof.items_stored, stones()) == ("complete", 50, {})
    assert "PAY-4" in keys(store)


def test_what_moves_between_two_projects_stays_one_item(
    sync: Sync, site: JiraSite, store: Store, stones: Stones
) -> None:
    site.move_issue("SHOP-7", "PAY", at=site.clock.now() + timedelta(minutes=10), by="ada")
    proof = sync()
    assert (proof.status, proof.items_stored, stones()) == ("complete", 50, {})
    assert [(one.project, one.items_tracker, one.items_stored) for one in proof.counts] == [
        ("SHOP", 24, 24),
        ("PAY", 26, 26),
    ]
    assert "PAY-26" in keys(store)


def test_many_that_vanish_at_once_are_believed_on_a_person_s_word_only(
    sync: Sync, site: JiraSite, store: Store, stones: Stones
) -> None:
    for n in range(22):
        site.delete_issue(f"SHOP-{n + 1}")
    proof = sync()
    assert (proof.status, stones(), len(keys(store))) == ("partial", {}, 50)
    assert "too many to be believed" in proof.gaps[0].text
    assert sync(full=True, accept_losses=True).status == "complete"
    assert len(keys(store)) == 28
