from __future__ import annotations

from collections.abc import Callable
from typing import Any

import responses
from responses.matchers import query_param_matcher

from pmbridge.model import MilestoneState
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings

Row = dict[str, Any]
Make = Callable[..., Row]
PROJECT = "/projects/acme%2Fshop-web"


def test_milestones_of_project_and_groups_come_with_their_releases(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make, make_user: Make
) -> None:
    group = make_milestone(80, group_id=2, web_url="https://gitlab.example.com/groups/acme/web/-/milestones/4")
    del group["project_id"]
    query = query_param_matcher({"per_page": "100", "include_ancestors": "true"})
    server.get(f"{api}{PROJECT}/milestones", json=[make_milestone(77), group], match=[query])
    release = {"released_at": "2026-04-02T00:00:00Z", "milestones": [{"id": 77}]}
    server.get(f"{api}{PROJECT}/releases", json=[release])
    server.get(f"{api}{PROJECT}/members/all", json=[make_user(7)])
    found = connector.fetch_reference(["acme/shop-web"])
    own, shared = found.milestones
    assert (own.project, own.state) == ("acme/shop-web", MilestoneState.RELEASED)
    assert (shared.project, shared.state) == ("acme/web", MilestoneState.OPEN)
    assert [person.id for person in found.people] == ["7"]
    assert [status.id for status in found.statuses] == ["opened", "closed"]


def test_a_group_milestone_seen_from_two_projects_is_one(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make
) -> None:
    group = make_milestone(80, group_id=2, web_url=None)
    for path in ("acme%2Fa", "acme%2Fb"):
        server.get(f"{api}/projects/{path}/milestones", json=[group])
        server.get(f"{api}/projects/{path}/releases", json=[])
        server.get(f"{api}/projects/{path}/members/all", json=[])
    (only,) = connector.fetch_reference(["acme/a", "acme/b"]).milestones
    assert only.project == "2"


def test_a_server_that_knows_no_ancestors_and_hides_the_rest_is_still_read(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make
) -> None:
    server.get(f"{api}{PROJECT}/milestones", status=400, json={"error": "include_ancestors is invalid"})
    server.get(f"{api}{PROJECT}/milestones", json=[make_milestone(77)])
    server.get(f"{api}{PROJECT}/releases", status=403, json={"message": "403 Forbidden"})
    server.get(f"{api}{PROJECT}/members/all", status=404, json={"message": "404"})
    found = connector.fetch_reference(["acme/shop-web"])
    assert [milestone.id for milestone in found.milestones] == ["milestone:77"]
    assert found.people == ()


def test_groups_stand_for_their_projects_after_the_named_ones(
    settings: GitlabSettings, server: responses.RequestsMock, api: str
) -> None:
    both = settings.model_copy(update={"groups": ("acme/web",)})
    connector = GitlabConnector("gl", both, owner="o")
    rows = [{"path_with_namespace": path} for path in ("acme/web/b", "acme/shop-web", "acme/web/a")]
    server.get(f"{api}/groups/acme%2Fweb/projects", json=rows)
    assert list(connector.projects()) == ["acme/shop-web", "acme/web/a", "acme/web/b"]
    assert list(connector.projects()) == ["acme/shop-web", "acme/web/a", "acme/web/b"]
    assert len(server.calls) == 1
