"""A Jira's payloads in the small, and a connector that talks to a double of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

from pmbridge.store import Store, open_store
from pmbridge_jira import JiraConnector, JiraSettings
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.normalize import Site

URL = "https://acme.example"
API = f"{URL}/rest/api/3/"
POINTS, SPRINT, FLAGGED = "customfield_10016", "customfield_10020", "customfield_10021"


def _status(name: str = "To Do", key: str = "new", number: str = "10000") -> dict[str, Any]:
    return {"id": number, "name": name, "statusCategory": {"id": 2, "key": key, "name": "To Do"}}


def _issue(number: int = 1, *, histories: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    filled = {
        "summary": f"Item {number}",
        "issuetype": {"id": "10101", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "project": {"id": "1", "key": "SHOP", "name": "Shop", "projectTypeKey": "software"},
        "status": _status(),
        "created": "2026-03-02T09:00:00.000+0000",
        "updated": "2026-03-03T09:00:00.000+0100",
        **fields,
    }
    payload = {"id": str(10_000 + number), "key": f"SHOP-{number}", "fields": filled}
    return payload if histories is None else {**payload, "changelog": {"histories": histories}}


def _history(number: int, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    author = {"accountId": "acc-1", "displayName": "Ada"}
    return {"id": str(number), "author": author, "created": 1_772_500_000, "items": list(items), **more}


def _change(field_id: str, before: Any = None, after: Any = None, old: Any = None, new: Any = None) -> dict[str, Any]:
    return {"field": field_id, "fieldId": field_id, "from": before, "to": after, "fromString": old, "toString": new}


@pytest.fixture
def status() -> Callable[..., dict[str, Any]]:
    return _status


@pytest.fixture
def issue() -> Callable[..., dict[str, Any]]:
    return _issue


@pytest.fixture
def history() -> Callable[..., dict[str, Any]]:
    return _history


@pytest.fixture
def change() -> Callable[..., dict[str, Any]]:
    return _change


@pytest.fixture
def fields() -> FieldMap:
    return FieldMap(story_points=(POINTS,), sprint=(SPRINT,), flagged=(FLAGGED,))


@pytest.fixture
def site(fields: FieldMap) -> Site:
    return Site("jira-main", URL, fields)


@pytest.fixture
def settings() -> JiraSettings:
    return JiraSettings.model_validate(
        {"url": URL, "auth": {"email": "bot@acme.example", "token": "s3cret-token"}, "projects": ["SHOP"]}
        | {"connections": 1}
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as double:
        yield double


class Tracker:
    """A double that answers each route from a list of answers, the last one for ever, and remembers what was sent."""

    def __init__(self, http: responses.RequestsMock) -> None:
        self._http = http
        self.answers: dict[tuple[str, str], list[tuple[int, Any]]] = {}
        self.sent: list[tuple[str, str, Any]] = []
        self.on(
            "GET",
            "/rest/api/2/serverInfo",
            {"deploymentType": "Cloud", "version": "1001", "serverTime": "2026-03-05T10:00:00Z"},
        )
        self.on("GET", "myself", {"accountId": "me", "displayName": "pmbridge", "accountType": "app"})
        self.on("GET", "field", [
            {"id": POINTS, "name": "Story Points", "schema": {"type": "number"}},
            {"id": SPRINT, "name": "Sprint", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}},
            {"id": FLAGGED, "name": "Flagged", "schema": {"type": "array"}},
        ])  # fmt: skip

    def on(self, method: str, path: str, *answers: Any, status: int = 200) -> None:
        """Answer a route with each of ``answers`` in turn; a pair of status and body overrides ``status``."""
        listed = [answer if isinstance(answer, tuple) else (status, answer) for answer in answers]
        route = path if path.startswith("/") else f"/rest/api/3/{path}"
        if (method, route) not in self.answers:
            self._http.add_callback(method, URL + route, callback=self._answer)
        self.answers[method, route] = listed

    def bodies(self, path: str) -> list[Any]:
        """Return what was sent to a route."""
        return [body for _, route, body in self.sent if route == f"/rest/api/3/{path}"]

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        route = request.path_url.partition("?")[0]
        body = json.loads(request.body) if request.body else None
        self.sent.append((request.method, route, body))
        answers = self.answers[request.method, route]
        status, answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return status, {"Content-Type": "application/json"}, "" if answer is None else json.dumps(answer)


@pytest.fixture
def tracker(http: responses.RequestsMock) -> Tracker:
    return Tracker(http)


@pytest.fixture
def connector(settings: JiraSettings, tracker: Tracker) -> Iterator[JiraConnector]:
    made = JiraConnector("jira-main", settings, owner="acme-prod")
    yield made
    made.close()
