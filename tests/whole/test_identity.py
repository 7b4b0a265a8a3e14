"""One person and one piece of work over both sandbox trackers: real HTTP, a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pmbridge.assess.people import identities
from pmbridge.assessment import Assessment
from pmbridge.config import load
from pmbridge.jobs.assess import assess_product
from pmbridge.jobs.installation import open_installation
from pmbridge.jobs.sync import sync_all
from pmbridge.model import FORMER_USER, History
from pmbridge.sandbox import Clock, GitlabSite, JiraSite, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN as GITLAB_TOKEN
from pmbridge.sandbox.jira.state import BOT_EMAIL
from pmbridge.sandbox.jira.state import TOKEN as JIRA_TOKEN
from pmbridge.store import read_history

NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """Two trackers with one project each, and what an installation makes of them."""

    sandbox: Sandbox
    folder: Path

    @property
    def jira(self) -> JiraSite:
        return self.sandbox.jira.site

    @property
    def gitlab(self) -> GitlabSite:
        return self.sandbox.gitlab.site

    def config(self, **product: object) -> Path:
        token = "file:token"
        (self.folder / "token").write_text(JIRA_TOKEN)
        (self.folder / "gitlab").write_text(GITLAB_TOKEN)
        sources = {
            "jira": {
                "connector": "jira",
                "url": self.sandbox.jira.url,
                "auth": {"email": BOT_EMAIL, "token": token},
                "projects": ["SHOP"],
                "remote_links": True,
            },
            "gitlab": {
                "connector": "gitlab",
                "url": self.sandbox.gitlab.url,
                "auth": {"token": "file:gitlab"},
                "projects": ["acme/web"],
            },
        }
        shop = {"title": "Shop", "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}, **product}
        file = self.folder / "config.yaml"
        file.write_text(yaml.safe_dump({"sources": sources, "products": {"shop": shop}}))
        return file

    def look(self, **product: object) -> tuple[Assessment, History]:
        """Sync both trackers and assess the product."""
        with open_installation(load(self.config(**product))) as installation:
            proofs = sync_all(installation, holder="tests")
            assert [proof.status for proof in proofs] == ["complete", "complete"], proofs
            with installation.store.read() as conn:
                history = read_history(conn, {"jira": ["SHOP"], "gitlab": ["acme/web"]})
            return assess_product(installation, "shop"), history


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = Clock(NOW)
    with Sandbox(clock) as sandbox:
        desk = Desk(sandbox, tmp_path)
        desk.jira.add_user("ada", "Ada Lovelace", "ada@acme.example")
        desk.jira.add_user("lea", "Lea Lead", "lea@acme.example")
        desk.jira.add_project("SHOP", "Shop", "lea")
        desk.jira.add_version("SHOP", "1.0")
        desk.gitlab.add_project("acme/web")
        desk.gitlab.add_milestone("acme/web", "1.0")
        yield desk


@pytest.fixture
def story(desk: Desk) -> Callable[..., str]:
    def story(title: str, **fields: object) -> str:
        return desk.jira.create_issue("SHOP", "Story", title, at=NOW - 9 * DAY, by="ada", **fields)

    return story


def gaps(found: Assessment) -> dict[str, str]:
    return {one.gap: one.text for one in found.hygiene.findings}


def test_a_person_in_both_trackers_is_one_by_the_map_and_two_without(desk: Desk, story: Callable[..., str]) -> None:
    story("Pay", assignee="ada")
    ada = desk.gitlab.add_user("ada", "Ada Lovelace")
    desk.gitlab.create_issue("acme/web", "Refund", at=NOW - 8 * DAY, by=ada, assignees=[ada])
    found, history = desk.look()
    assert "Ada Lovelace (jira)" in gaps(found)["people not united"]
    mapped = {"people": {"ada": {"jira": "ada@acme.example", "gitlab": "ada"}}}
    assert "people not united" not in gaps(desk.look(**mapped)[0])
    apart, together = (identities(history, load(desk.config(**more)).products["shop"]) for more in ({}, mapped))
    accounts = ("jira", "ada"), ("gitlab", str(ada))
    assert len({apart.name_of[account] for account in accounts}) == 2
    assert {together.name_of[account] for account in accounts} == {"ada"}


def test_deleted_accounts_of_both_trackers_are_former_users_and_their_open_work_is_told(
    desk: Desk, story: Callable[..., str]
) -> None:
    key = desk.jira.issue(story("Pay", assignee="ada")).key
    gone = desk.gitlab.add_user("gone", "Gone G.")
    desk.gitlab.create_issue("acme/web", "Refund", at=NOW - 8 * DAY, by=gone)
    del desk.jira.users["ada"]
    del desk.gitlab.users[gone]
    found, history = desk.look()
    former = {(one.source, one.id) for one in history.people if one.former}
    assert former == {("jira", "ada"), ("gitlab", str(gone))}
    assert {one.name for one in history.people if one.former} == {FORMER_USER}
    assert key in gaps(found)["former user holds work"]


def test_bots_of_both_trackers_are_known(desk: Desk, story: Callable[..., str]) -> None:
    token = desk.gitlab.add_user("project_7_bot_ab12", "deploy")
    for by in (token, desk.gitlab.add_user("ann", "Ann")):
        desk.gitlab.create_issue("acme/web", "Refund", at=NOW - 8 * DAY, by=by, assignees=[by])
    _, history = desk.look(bots=["ann"])
    who = identities(history, load(desk.config(bots=["ann"])).products["shop"])
    assert {name for account, name in who.name_of.items() if account in who.bots} >= {"project_7_bot_ab12", "ann"}


def test_work_mirrored_by_a_remote_link_or_a_title_counts_once(desk: Desk, story: Callable[..., str]) -> None:
    pay, refund = (story(title, fix_versions=["1.0"]) for title in ("Pay by card", "Refunds"))
    ann = desk.gitlab.add_user("ann", "Ann")
    stone = next(iter(desk.gitlab.milestones))
    first = desk.gitlab.create_issue("acme/web", "Card payment", at=NOW - 8 * DAY, by=ann)
    second = desk.gitlab.create_issue("acme/web", f"{desk.jira.issue(refund).key}: Refunds", at=NOW - 8 * DAY, by=ann)
    for issue in (first, second):
        desk.gitlab.set_milestone(issue, stone, at=NOW - 7 * DAY, by=ann)
    page = f"{desk.sandbox.gitlab.url}/acme/web/-/issues/{desk.gitlab.issues[first].iid}"
    desk.jira.add_remote_link(pay, page, "Card payment", relationship="mirrors", at=NOW - 7 * DAY)
    found, history = desk.look()
    assert len(history.items) == 4
    assert [(one.title, one.scope.items) for one in found.milestones] == [("1.0", 2)]


def test_a_link_without_a_word_is_a_mirror_where_that_is_wanted_and_an_address_in_a_text_never_is(
    desk: Desk, story: Callable[..., str]
) -> None:
    linked, mentioned = (story(title, fix_versions=["1.0"]) for title in ("Pay by card", "Refunds"))
    ann = desk.gitlab.add_user("ann", "Ann")
    text = f"As in {desk.sandbox.jira.url}/browse/{desk.jira.issue(mentioned).key}."
    first, second = (
        desk.gitlab.create_issue("acme/web", "Part", at=NOW - 8 * DAY, by=ann, description=text) for _ in range(2)
    )
    for issue in (first, second):
        desk.gitlab.set_milestone(issue, next(iter(desk.gitlab.milestones)), at=NOW - 7 * DAY, by=ann)
    page = f"{desk.sandbox.gitlab.url}/acme/web/-/issues/{desk.gitlab.issues[first].iid}"
    desk.jira.add_remote_link(linked, page, "Part", at=NOW - 7 * DAY)
    assert [one.scope.items for one in desk.look()[0].milestones] == [4]
    assert [one.scope.items for one in desk.look(mirrors={"remote_links": True})[0].milestones] == [3]


def test_two_titles_that_claim_one_story_are_told(desk: Desk, story: Callable[..., str]) -> None:
    key = desk.jira.issue(story("Refunds")).key
    ann = desk.gitlab.add_user("ann", "Ann")
    for _ in range(2):
        desk.gitlab.create_issue("acme/web", f"[{key}] Refunds", at=NOW - 8 * DAY, by=ann)
    assert f"{key} by acme/web#1, acme/web#2" in gaps(desk.look()[0])["one mirror, two claims"]
