from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

from pmbridge.sandbox import Sandbox
from pmbridge.sandbox.gitlab import state as gitlab_state
from pmbridge.sandbox.jira import adf
from pmbridge.sandbox.jira import state as jira_state

T0 = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
ADA = "u-ada"


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


class Http:
    """Sends requests to one tracker with one account's credentials."""

    def __init__(self, url: str, **how: Any) -> None:
        self.url = url
        self.how = how

    def __call__(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, self.url + path, timeout=5, **(self.how | more))

    def get(self, path: str, **query: Any) -> Any:
        answer = self("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 201) -> Any:
        return self._send("POST", path, body, status)

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        return self._send("PUT", path, body, status)

    def _send(self, method: str, path: str, body: Any, status: int) -> Any:
        answer = self(method, path, json=body)
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.jira.requests.keep_answers = running.gitlab.requests.keep_answers = True
        yield running


@pytest.fixture
def jira_site(sandbox: Sandbox) -> jira_state.JiraSite:
    """A site with one person, one project and two versions."""
    site = sandbox.jira.site
    site.add_user(ADA, "Ada Lovelace", "ada@example.com")
    site.add_project("SHOP", "Web shop", ADA)
    site.add_version("SHOP", "1.0", start=date(2026, 8, 3), release_date=date(2026, 9, 30), description="First")
    site.add_version("SHOP", "1.1")
    return site


@pytest.fixture
def story(jira_site: jira_state.JiraSite) -> str:
    """An issue in version 1.0."""
    description = [adf.heading("Goal"), adf.paragraph("Pay by card"), adf.task_list([("It works", True)])]
    return jira_site.create_issue(
        "SHOP", "Story", "Pay", at=T0, by=ADA, description=description, fix_versions=["1.0"], points=3
    )


@pytest.fixture
def jira(sandbox: Sandbox) -> Http:
    return Http(sandbox.jira.url, auth=(jira_state.BOT_EMAIL, jira_state.TOKEN))


@pytest.fixture
def jira_reader(sandbox: Sandbox) -> Http:
    return Http(sandbox.jira.url, auth=(jira_state.BOT_EMAIL, jira_state.READ_ONLY_TOKEN))


@pytest.fixture
def gitlab_site(sandbox: Sandbox) -> gitlab_state.GitlabSite:
    """A site with one person, one project and two milestones."""
    site = sandbox.gitlab.site
    site.add_user("ada", "Ada Lovelace")
    site.add_project("acme/shop-web")
    site.add_milestone("acme/shop-web", "1.0", start=date(2026, 8, 3), due=date(2026, 9, 30))
    site.add_milestone("acme/shop-web", "1.1")
    return site


@pytest.fixture
def ada(gitlab_site: gitlab_state.GitlabSite) -> int:
    return next(user.id for user in gitlab_site.users.values() if user.username == "ada")


@pytest.fixture
def milestones(gitlab_site: gitlab_state.GitlabSite) -> list[int]:
    return list(gitlab_site.milestones)


@pytest.fixture
def bug(gitlab_site: gitlab_state.GitlabSite, ada: int) -> int:
    return gitlab_site.create_issue("acme/shop-web", "Broken", at=T0, by=ada)


@pytest.fixture
def gitlab(sandbox: Sandbox) -> Http:
    return Http(f"{sandbox.gitlab.url}/api/v4", headers={"Authorization": f"Bearer {gitlab_state.TOKEN}"})


@pytest.fixture
def gitlab_reader(sandbox: Sandbox) -> Http:
    return Http(f"{sandbox.gitlab.url}/api/v4", headers={"PRIVATE-TOKEN": gitlab_state.READ_ONLY_TOKEN})


@pytest.fixture(scope="session")
def contract() -> ModuleType:
    """The comparison with the trackers' own descriptions; the test is skipped where those are missing."""
    place = Path(__file__).with_name("contract.py")
    spec = importlib.util.spec_from_file_location("sandbox_contract", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not module.available():
        pytest.skip(module.MISSING)
    return module
