"""Rows as GitLab answers them, and a connector whose server is a table of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, settings

from pmbridge.model import Ref, RefKind
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings

# A busy machine must not fail a law of escaping for being slow.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

URL = "https://gitlab.example.com"
Row = dict[str, Any]
Make = Callable[..., Row]


@pytest.fixture
def api() -> str:
    return f"{URL}/api/v4"


@pytest.fixture
def server() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(name="settings")
def gitlab_settings() -> GitlabSettings:
    return GitlabSettings.model_validate({"url": URL, "auth": {"token": "glpat-secret"}, "projects": ["acme/shop-web"]})


@pytest.fixture
def connector(settings: GitlabSettings) -> Iterator[GitlabConnector]:
    made = GitlabConnector("gitlab-main", settings, owner="acme-prod")
    yield made
    made.close()


@pytest.fixture
def make_user() -> Make:
    def make(number: int = 7, **changes: Any) -> Row:
        return {"id": number, "username": f"user{number}", "name": f"User {number}", "state": "active"} | changes

    return make


@pytest.fixture
def make_issue(make_user: Make) -> Make:
    """An issue of the Free tier: keys of higher tiers are missing, optional ones are null."""

    def make(number: int = 12, **changes: Any) -> Row:
        row: Row = {
            "id": 1000 + number,
            "iid": number,
            "project_id": 3,
            "title": "Cart forgets items",
            "description": None,
            "state": "opened",
            "created_at": "2026-03-02T08:00:00.000Z",
            "updated_at": "2026-03-02T08:00:00.000Z",
            "closed_at": None,
            "closed_by": None,
            "labels": [],
            "milestone": None,
            "assignees": [],
            "assignee": None,
            "author": make_user(7),
            "type": "ISSUE",
            "issue_type": "issue",
            "due_date": None,
            "confidential": False,
            "discussion_locked": None,
            "severity": "UNKNOWN",
            "moved_to_id": None,
            "service_desk_reply_to": None,
            "time_stats": {"time_estimate": 0, "total_time_spent": 0},
            "web_url": f"{URL}/acme/shop-web/-/issues/{number}",
            "_links": {"self": "", "closed_as_duplicate_of": None},
        }
        return row | changes

    return make


@pytest.fixture
def make_milestone() -> Make:
    def make(number: int = 77, **changes: Any) -> Row:
        return {
            "id": number,
            "iid": 1,
            "project_id": 3,
            "title": f"Release {number}",
            "description": "",
            "state": "active",
            "start_date": None,
            "due_date": None,
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-01-02T00:00:00.000Z",
            "web_url": f"{URL}/acme/shop-web/-/milestones/1",
        } | changes

    return make


@pytest.fixture
def make_event(make_user: Make) -> Make:
    def make(number: int, at: str, **changes: Any) -> Row:
        return {"id": number, "user": make_user(9), "created_at": f"2026-03-{at}.000Z", "resource_id": 1012} | changes

    return make


@pytest.fixture
def issue_ref() -> Ref:
    return Ref(
        source="gitlab-main",
        kind=RefKind.ITEM,
        id="1012",
        project="acme/shop-web",
        key="acme/shop-web#12",
        url=f"{URL}/acme/shop-web/-/issues/12",
    )


@pytest.fixture
def milestone_ref() -> Ref:
    return Ref(
        source="gitlab-main",
        kind=RefKind.MILESTONE,
        id="77",
        project="acme/shop-web",
        key="Release 77",
        url=f"{URL}/acme/shop-web/-/milestones/1",
    )


@pytest.fixture
def account(server: responses.RequestsMock, api: str, make_user: Make) -> Row:
    """The account of the token, with a token that may write and the role Developer."""
    row = make_user(42, username="project_3_bot_ab12", name="pmbridge")
    server.get(f"{api}/user", json=row)
    server.get(f"{api}/personal_access_tokens/self", json={"scopes": ["api"]})
    granted = {"project_access": {"access_level": 30}, "group_access": None}
    server.get(f"{api}/projects/acme%2Fshop-web", json={"id": 3, "archived": False, "permissions": granted})
    return row
