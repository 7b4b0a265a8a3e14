from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import responses

from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.rights import Role

Row = dict[str, Any]
Make = Callable[..., Row]


@pytest.fixture(autouse=True)
def _premium(server: responses.RequestsMock, api: str, make_issue: Make) -> None:
    """Be a server with weights and the whole GraphQL interface."""
    for name in ("merge_requests", "environments", "pipelines"):
        server.get(f"{api}/projects/acme%2Fshop-web/{name}", json=[])
    server.get(f"{api}/projects/acme%2Fshop-web/issues", json=[make_issue(weight=None)])
    server.post(api.replace("/v4", "/graphql"), json={"data": {"project": {"workItems": {"nodes": []}}}})


def clock(server: responses.RequestsMock, api: str, ahead: timedelta = timedelta()) -> None:
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    server.get(f"{api}/version", json={"version": "18.5.1"}, headers={"Date": date})


def findings(connector: GitlabConnector) -> dict[str, tuple[str, str]]:
    return {check.name: (check.status.value, check.text) for check in connector.diagnose(["acme/shop-web"])}


def test_a_source_in_order_has_only_good_findings(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row
) -> None:
    clock(server, api)
    found = findings(connector)
    beside = ("at a glance", "merge requests", "deployments", "test reports")
    assert {found.pop(name)[0] for name in beside} == {"ok"}
    assert found == {
        "server": ("ok", "GitLab 18.5.1 answers"),
        "account": ("ok", "pmbridge (project_3_bot_ab12)"),
        "scopes": ("ok", "api"),
        "clock": ("ok", "the server's clock agrees with this machine's"),
        "project acme/shop-web": ("ok", "the account is Developer"),
        "tier": found["tier"],
        "histories": ("ok", "read from the activity: fifty issues a request, with assignees and time"),
    }
    assert found["tier"][1].startswith("Premium or above")


def test_an_unreachable_server_ends_the_examination(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/version", status=404, json={"message": "404"})
    found = findings(connector)
    assert list(found) == ["server"]
    assert found["server"][0] == "failed"


def test_a_refused_token_is_shown_once_and_tried_no_more(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/version", status=401, json={"message": "401 Unauthorized"})
    found = findings(connector)
    assert list(found) == ["account"]
    assert found["account"][0] == "failed"
    assert len(server.calls) == 1


def test_an_account_that_is_not_shown_ends_the_examination(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    clock(server, api)
    server.get(f"{api}/user", status=403, json={"message": "403 insufficient_scope"})
    assert [(name, status) for name, (status, _) in findings(connector).items()] == [
        ("server", "ok"),
        ("account", "failed"),
    ]


@pytest.mark.parametrize(("scopes", "status"), [(["read_api"], "warning"), (["read_user"], "failed"), ([], "failed")])
def test_scopes_that_are_too_narrow_are_told(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row, scopes: list[str], status: str
) -> None:
    clock(server, api)
    server.replace("GET", f"{api}/personal_access_tokens/self", json={"scopes": scopes})
    (check,) = [check for check in connector.diagnose([]) if check.name == "scopes"]
    assert check.status.value == status
    assert check.remedy is not None


def test_a_wrong_clock_a_low_role_and_an_archived_project_are_warnings(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row
) -> None:
    clock(server, api, timedelta(minutes=-10))
    granted = {"project_access": {"access_level": 10}}
    server.replace("GET", f"{api}/projects/acme%2Fshop-web", json={"permissions": granted})
    found = findings(connector)
    assert found["clock"][0] == "warning"
    assert "behind" in found["clock"][1]
    assert found["project acme/shop-web"] == ("warning", "visible, with the role Guest")


def test_an_archived_project_is_told(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row
) -> None:
    clock(server, api)
    server.replace("GET", f"{api}/projects/acme%2Fshop-web", json={"archived": True})
    assert findings(connector)["project acme/shop-web"][0] == "warning"


def test_a_hidden_project_is_a_failure_of_that_project_only(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row
) -> None:
    clock(server, api)
    server.replace("GET", f"{api}/projects/acme%2Fshop-web", status=404, json={"message": "404"})
    found = findings(connector)
    assert found["project acme/shop-web"][0] == "failed"
    assert found["scopes"][0] == "ok"


def test_levels_between_two_roles_count_as_the_lower_one() -> None:
    assert [Role.of(level) for level in (0, 5, 12, 20, 60)] == [
        Role.NONE, Role.MINIMAL, Role.GUEST, Role.REPORTER, Role.OWNER
    ]  # fmt: skip


def test_a_role_that_the_server_does_not_tell_is_no_reason_to_refuse(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row
) -> None:
    clock(server, api)
    server.replace("GET", f"{api}/projects/acme%2Fshop-web", json={"permissions": None})
    server.get(f"{api}/projects/acme%2Fshop-web/members/all", status=403, json={"message": "403"})
    status, text = findings(connector)["project acme/shop-web"]
    assert (status, text) == ("ok", "visible; the server does not tell the account's role")


def test_an_account_that_is_no_member_is_told(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row
) -> None:
    clock(server, api)
    server.replace("GET", f"{api}/projects/acme%2Fshop-web", json={})
    server.get(f"{api}/projects/acme%2Fshop-web/members/all", json=[])
    assert findings(connector)["project acme/shop-web"] == ("warning", "visible, with the role no member")


def test_what_a_lesser_server_lacks_is_named_with_what_it_would_unlock(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row, make_issue: Make
) -> None:
    clock(server, api)
    server.replace(responses.GET, f"{api}/projects/acme%2Fshop-web/issues", json=[make_issue()])
    server.replace(responses.POST, api.replace("/v4", "/graphql"), status=404, json={"error": "404 Not Found"})
    checks = {check.name: check for check in connector.diagnose(["acme/shop-web"])}
    assert checks["tier"].text.startswith("Free")
    assert "weight::3" in (checks["tier"].remedy or "")
    assert checks["histories"].status.value == "warning"
    assert "GraphQL" in (checks["histories"].remedy or "")
