"""Whatever a client sends, the doubles answer as a tracker would: they refuse, they do not stumble."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from pmbridge.sandbox import Clock, GitlabSite, JiraSite
from pmbridge.sandbox.application import Application
from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.gitlab import state as gitlab_state
from pmbridge.sandbox.gitlab.dialect import GitlabDialect
from pmbridge.sandbox.jira import state as jira_state
from pmbridge.sandbox.jira.dialect import JiraDialect

T0 = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
GROUPS = [
    ["jql", "fields", "maxResults", "nextPageToken", "expand", "properties"],
    ["issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken", "fields", "ids"],
    ["body", "properties", "visibility", "internal"],
    ["update", "fields", "properties"],
    ["object", "globalId", "relationship", "application"],
    ["description", "releaseDate", "name", "due_date", "state_event", "title", "color"],
    ["add_labels", "remove_labels", "labels", "milestone_id", "weight", "state_event", "description"],
    ["target_project_id", "target_issue_iid", "link_type"],
]
FIELDS = [
    *["jql", "fields", "maxResults", "nextPageToken", "expand", "properties", "issueIdsOrKeys", "fieldIds", "ids"],
    *["body", "update", "labels", "object", "globalId", "relationship", "description", "releaseDate", "name"],
    *["state_event", "add_labels", "milestone_id", "weight", "title", "color", "link_type", "due_date", "internal"],
    *["target_project_id", "target_issue_iid", "visibility", "key", "value", "add", "url", "type", "content"],
]
PARAMETERS = [
    *["startAt", "maxResults", "fields", "expand", "jql", "nextPageToken", "orderBy", "since", "page", "per_page"],
    *["order_by", "sort", "pagination", "cursor", "updated_after", "state", "labels", "milestone", "iids[]"],
    *["globalId", "permissions", "finished_after", "properties", "startedAfter", "status", "activity_filter"],
]
WORDS = ["", "x", "1", "-1", "SHOP-1", "project = SHOP", "id in (", "id = x", "order by key", "*all", "-x", "-x,y"]
TEXTS = st.sampled_from(
    [
        *WORDS,
        "/close",
        "close",
        "a,b",
        "WzEsMl0=",
        "keyset",
        "id > zz",
        "updated > 99999999999999999",
        "updated > -99999999999w",
        "99999999999999999",
    ]
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 20_000) | st.floats(allow_nan=False, width=16) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=6,
)
BODIES = st.sampled_from(GROUPS).flatmap(lambda names: st.dictionaries(st.sampled_from(names), VALUES)) | VALUES
QUERIES = st.dictionaries(st.sampled_from(PARAMETERS), TEXTS, max_size=5)
SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def jira_client() -> tuple[Client, dict[str, str]]:
    site = JiraSite(Clock(T0))
    site.add_project("SHOP", "Shop", site.bot)
    version = site.add_version("SHOP", "1.0")
    site.create_issue("SHOP", "Story", "Pay", at=T0, by=site.bot)
    comment = site.add_comment("SHOP-1", "Hello", at=T0, by=site.bot)
    names = {"{v}": "3", "<issue>": "SHOP-1", "<project>": "SHOP", "browse/<key>": "browse/SHOP-1"}
    places = {"comment/<id>": f"comment/{comment}", "version/<id>": f"version/{version}", "<int:id>": "1"}
    return Client(Application(site, JiraDialect())), names | places


def gitlab_client() -> tuple[Client, dict[str, str]]:
    site = GitlabSite(Clock(T0))
    project = site.add_project("acme/shop")
    milestone = site.add_milestone(project, "1.0")
    issue = site.create_issue(project, "Pay", at=T0, by=site.bot)
    note = site.add_note(issue, "Hello", at=T0, by=site.bot)
    pipeline = site.add_pipeline(project, ref="main", at=T0, status="success")
    names = {"projects/<id>": f"projects/{project}", "groups/<id>": "groups/acme", "<int:iid>": "1"}
    kinds = {"<any(state,label,milestone,weight,iteration):kind>": "label", "<path:path>": "acme/shop"}
    places = {"<int:note>": str(note), "<int:milestone>": str(milestone), "<int:pipeline>": str(pipeline)}
    places |= {"<int:job>": "1", "<int:project>": str(project)}
    return Client(Application(site, GitlabDialect())), names | kinds | places


def filled(path: str, places: dict[str, str]) -> str:
    for placeholder, value in places.items():
        path = path.replace(placeholder, value)
    return path.replace("<key>", "pmbridge").replace("<id>", "1")


def described(route: Route) -> str:
    return f"{route.method} {route.path}"


def refuses_or_answers(made: tuple[Client, dict[str, str]], route: Route, headers: dict[str, str], data: Any) -> bool:
    """Send a request; an exception in a handler comes through and fails the test."""
    client, places = made
    body = {} if route.method == "GET" else {"json": data.draw(BODIES)}
    path = filled(route.path, places)
    assert "<" not in path
    answer = client.open(path, method=route.method, query_string=data.draw(QUERIES), headers=headers, **body)
    return answer.status_code in {200, 201, 202, 204, 400, 403, 404, 409, 410}


@pytest.mark.parametrize("route", JiraDialect.routes, ids=described)
def test_jira_never_stumbles(route):
    made = jira_client()
    secret = b64encode(f"{jira_state.BOT_EMAIL}:{jira_state.TOKEN}".encode()).decode()

    @SETTINGS
    @given(st.data())
    def check(data: Any) -> None:
        assert refuses_or_answers(made, route, {"Authorization": f"Basic {secret}"}, data)

    check()


@pytest.mark.parametrize("route", GitlabDialect.routes, ids=described)
def test_gitlab_never_stumbles(route):
    made = gitlab_client()

    @SETTINGS
    @given(st.data())
    def check(data: Any) -> None:
        assert refuses_or_answers(made, route, {"PRIVATE-TOKEN": gitlab_state.TOKEN}, data)

    check()
