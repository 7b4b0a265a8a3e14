"""Jira Cloud, Jira Data Center and GitLab keep the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.access import Token
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.jira.state import BOT_EMAIL, JiraSite
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings
from pmbridge_jira import JiraConnector, JiraSettings
from tests.contract.connector_contract import SECRET, ConnectorContract, day


class _Trackers:
    """What both stages share: a sandbox, and its faults by name."""

    secret = SECRET
    server: Any

    def misbehave(self, fault: str, *, everywhere: bool = False) -> None:
        faults = self.server.faults
        faults.clear()
        always = {"n": 1000, "path": None if everywhere else self.reading}
        match fault:
            case "nothing":
                pass
            case "html":
                faults.html_next(**always)
            case "cut":
                faults.cut_next(**always)
            case "drop":
                faults.drop_next(**always, after_commit=True)
            case "429":
                faults.fail_next(**always, status=429, retry_after=7200)
            case _:
                faults.fail_next(**always, status=int(fault))

    reading = ""


class JiraStage(_Trackers):
    kind, project = "jira", "SHOP"
    reading = "search"

    def __init__(self, sandbox: Sandbox) -> None:
        self.server = sandbox.jira
        self.site: JiraSite = sandbox.jira.site
        self.several_pages = 120 if self.site.server else 230
        self.site.tokens.add(Token(SECRET, self.site.bot))
        self.site.add_user("ada", "Ada", "ada@acme.example")
        self.others: list[str] = []
        for project in ("SHOP", "PAY"):
            self.site.add_project(project, project.title(), "ada")

    def connector(self) -> JiraConnector:
        who = {} if self.site.server else {"email": BOT_EMAIL}
        projects = [self.project, *self.others]
        section = {"url": self.server.url, "auth": {"token": SECRET, **who}, "projects": projects}
        return JiraConnector("source-x", JiraSettings.model_validate(section), owner="acme")

    def create(self, title: str, at: datetime) -> str:
        return self.site.create_issue(self.project, "Story", title, at=at, by="ada", assignee="ada")

    def create_bare(self, at: datetime) -> str:
        return self.site.create_issue(self.project, "Task", "x", at=at, by="ada")

    def finish(self, item: str, at: datetime) -> None:
        self.site.edit_issue(item, at=at, by="ada", status="Done", resolution="Done")

    def forget_author(self, item: str) -> None:
        del self.site.users["ada"]

    def delete(self, item: str) -> None:
        self.site.delete_issue(item)

    def move(self, item: str, at: datetime) -> None:
        self.site.move_issue(item, "PAY", at=at, by="ada")

    def key(self, item: str) -> str:
        return self.site.issue(item).key

    def add_projects(self, count: int) -> dict[str, str]:
        self.others = [f"PART{n}" for n in range(count)]
        for project in self.others:
            self.site.add_project(project, project.title(), "ada")
            self.site.add_version(project, "1.0")
        return {
            project: self.site.create_issue(project, "Task", "x", at=day(n), by="ada", fix_versions=["1.0"])
            for n, project in enumerate(self.others)
        }


class GitlabStage(_Trackers):
    kind, project, several_pages = "gitlab", "acme/shop-web", 230
    reading = "/issues|graphql"

    def __init__(self, sandbox: Sandbox) -> None:
        self.server = sandbox.gitlab
        self.site: GitlabSite = sandbox.gitlab.site
        self.site.tokens.add(Token(SECRET, str(self.site.bot)))
        for project in (self.project, "acme/pay"):
            self.site.add_project(project)
        self.ada = self.site.add_user("ada", "Ada")
        self.others: list[str] = []

    def connector(self) -> GitlabConnector:
        projects = [self.project, *self.others]
        section = {"url": self.server.url, "auth": {"token": SECRET}, "projects": projects}
        return GitlabConnector("source-x", GitlabSettings.model_validate(section), owner="acme")

    def create(self, title: str, at: datetime) -> str:
        made = self.site.create_issue(self.project, title, at=at, by=self.ada, assignees=[self.ada], labels=["web"])
        return str(made)

    def create_bare(self, at: datetime) -> str:
        return str(self.site.create_issue(self.project, "x", at=at, by=self.ada))

    def finish(self, item: str, at: datetime) -> None:
        self.site.close_issue(int(item), at=at, by=self.ada)

    def forget_author(self, item: str) -> None:
        del self.site.users[self.ada]
        self.site.issues[int(item)].assignees.clear()

    def delete(self, item: str) -> None:
        self.site.delete_issue(int(item))

    def move(self, item: str, at: datetime) -> None:
        self.site.move_issue(int(item), "acme/pay", at=at, by=self.ada)

    def key(self, item: str) -> str:
        issue = self.site.issues[int(item)]
        return f"{self.project}#{issue.iid}"

    def add_projects(self, count: int) -> dict[str, str]:
        self.others = [f"acme/part-{n}" for n in range(count)]
        for project in self.others:
            self.site.add_project(project)
            self.site.add_milestone(project, "1.0")
        return {
            project: str(self.site.create_issue(project, "x", at=day(n), by=self.ada))
            for n, project in enumerate(self.others)
        }


@pytest.fixture
def clock() -> Clock:
    return Clock(day(60))


class TestJiraCloud(ConnectorContract):
    @pytest.fixture
    def stage(self, clock: Clock) -> Iterator[JiraStage]:
        with Sandbox(clock) as sandbox:
            yield JiraStage(sandbox)


class TestJiraDataCenter(ConnectorContract):
    @pytest.fixture
    def stage(self, clock: Clock) -> Iterator[JiraStage]:
        with Sandbox(jira=JiraSite(clock, server=True)) as sandbox:
            yield JiraStage(sandbox)


class TestGitlab(ConnectorContract):
    @pytest.fixture
    def stage(self, clock: Clock) -> Iterator[GitlabStage]:
        with Sandbox(clock) as sandbox:
            yield GitlabStage(sandbox)


class TestGitlabWithoutGraphql(ConnectorContract):
    #: Every list must be asked for by itself, and the interface that would spare that once.
    quiet = 10
    #: Issues and merge requests are listed once a group; six lists are left to every project.
    quiet_fifty = 50 * 6 + 6

    @pytest.fixture
    def stage(self, clock: Clock) -> Iterator[GitlabStage]:
        with Sandbox(gitlab=GitlabSite(clock, premium=False)) as sandbox:
            sandbox.gitlab.site.widgets = None
            yield GitlabStage(sandbox)
