"""A GitLab on loopback with one project, and connectors that read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN, GitlabSite
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings

PROJECT = "acme/shop-web"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
Connected = Callable[..., GitlabConnector]


@pytest.fixture
def day() -> Callable[[float], datetime]:
    return lambda number: START + timedelta(days=number)


@pytest.fixture
def sandbox_settings() -> dict[str, bool]:
    """What kind of GitLab it is; a module of tests may say otherwise."""
    return {}


@pytest.fixture
def sandbox(sandbox_settings: dict[str, bool]) -> Iterator[Sandbox]:
    with Sandbox(gitlab=GitlabSite(Clock(START + timedelta(days=30)), **sandbox_settings)) as running:
        yield running


@pytest.fixture
def site(sandbox: Sandbox) -> GitlabSite:
    sandbox.gitlab.site.add_project(PROJECT)
    return sandbox.gitlab.site


@pytest.fixture
def ann(site: GitlabSite) -> int:
    return site.add_user("a.user", "Ann User")


@pytest.fixture
def connected(sandbox: Sandbox, site: GitlabSite) -> Iterator[Connected]:
    """Give a function that makes connectors with settings of their own."""
    made: list[GitlabConnector] = []

    def connect(token: str = TOKEN, **settings: Any) -> GitlabConnector:
        section = {"url": sandbox.gitlab.url, "auth": {"token": token}, "projects": [PROJECT]} | settings
        made.append(GitlabConnector("gitlab-main", GitlabSettings.model_validate(section), owner="acme-prod"))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def connector(connected: Connected) -> GitlabConnector:
    return connected()
