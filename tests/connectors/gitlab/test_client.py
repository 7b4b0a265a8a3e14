from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
import requests
import responses

from pmbridge.errors import AuthFailed, BadAnswer, ConnectorError, PermissionDenied, Rejected
from pmbridge_gitlab.client import GitlabClient, following
from pmbridge_gitlab.settings import GitlabSettings


@pytest.fixture
def client(settings: GitlabSettings) -> GitlabClient:
    return GitlabClient("gitlab-main", settings)


def answer(headers: dict[str, str]) -> requests.Response:
    response = requests.Response()
    response.headers.update(headers)
    return response


def test_importing_the_package_does_not_import_the_library() -> None:
    code = "import sys, pmbridge_gitlab; sys.exit('gitlab' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_token_travels_as_a_bearer_and_shows_nowhere(
    client: GitlabClient, settings: GitlabSettings, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/user", json={"id": 1})
    server.get(f"{api}/version", status=403, json={"message": "no for glpat-secret"})
    assert client.get("/user") == {"id": 1}
    request = server.calls[0].request
    assert request.headers["Authorization"] == "Bearer glpat-secret"
    assert "PRIVATE-TOKEN" not in request.headers
    with pytest.raises(PermissionDenied) as raised:
        client.get("/version")
    assert "glpat-secret" not in str(raised.value) + repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, {}),
        ({"Link": '<https://evil.example/x?cursor=abc%3D&page=2>; rel="next"'}, {"cursor": "abc="}),
        ({"Link": '<http://inner:8080/x?page=2>; rel="next", <http://inner/x?page=9>; rel="last"'}, {"page": "2"}),
        ({"Link": '<http://inner/x?page=1>; rel="first"', "X-Next-Page": ""}, {}),
        ({"X-Next-Page": "3"}, {"page": "3"}),
    ],
)
def test_only_the_place_of_the_next_page_is_taken_from_the_link(headers: dict[str, str], wanted: object) -> None:
    assert following(answer(headers)) == wanted


def test_a_listing_is_followed_on_the_configured_server_through_short_pages(
    client: GitlabClient, server: responses.RequestsMock, api: str
) -> None:
    link = {"Link": '<https://evil.example/api/v4/things?page=2>; rel="next"'}
    query = {"per_page": "100", "sort": "asc"}
    server.get(f"{api}/things", json=[], headers=link, match=[responses.matchers.query_param_matcher(query)])
    query = query | {"page": "2"}
    server.get(f"{api}/things", json=[{"id": 1}], match=[responses.matchers.query_param_matcher(query)])
    assert list(client.every("/things", sort="asc")) == [{"id": 1}]


def test_a_listing_that_names_the_same_page_again_ends(
    client: GitlabClient, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/things", json=[{"id": 1}], headers={"X-Next-Page": "2"})
    assert len(list(client.every("/things"))) == 2


def test_a_refused_token_and_a_refused_request_are_told_apart(
    client: GitlabClient, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/user", status=401, json={"message": "401 Unauthorized"})
    server.post(f"{api}/notes", status=400, json={"message": {"note": ["can't be blank"]}})
    with pytest.raises(AuthFailed):
        client.get("/user")
    with pytest.raises(Rejected, match="can't be blank"):
        client.post("/notes", {"body": ""})


def test_a_web_page_and_a_wrong_shape_are_not_taken_for_data(
    client: GitlabClient, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/user", body="<html>Sign in</html>", content_type="text/html")
    server.get(f"{api}/things", json={"message": "hello"})
    server.get(f"{api}/text", body="hello", content_type="text/plain")
    for ask in (lambda: client.get("/user"), lambda: list(client.every("/things")), lambda: client.get("/text")):
        with pytest.raises(BadAnswer):
            ask()


def test_a_redirect_is_not_followed(client: GitlabClient, server: responses.RequestsMock, api: str) -> None:
    server.get(f"{api}/user", status=302, headers={"Location": "https://evil.example/user"})
    with pytest.raises(ConnectorError):
        client.get("/user")
    assert len(server.calls) == 1


def test_the_clock_is_the_servers(client: GitlabClient, server: responses.RequestsMock, api: str) -> None:
    server.get(f"{api}/version", json={"version": "18.5"}, headers={"Date": "Mon, 02 Mar 2026 08:00:00 GMT"})
    assert client.clock() == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_server_without_a_clock_is_none_of_ours(
    client: GitlabClient, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/version", json={}, headers={"Date": "yesterday"})
    with pytest.raises(BadAnswer, match="Date"):
        client.clock()


def test_requests_and_writes_are_counted(client: GitlabClient, server: responses.RequestsMock, api: str) -> None:
    server.get(f"{api}/user", json={"id": 1})
    server.put(f"{api}/thing", json={"id": 1})
    server.delete(f"{api}/thing", status=204)
    client.get("/user")
    assert client.put("/thing", {"a": 1}) == {"id": 1}
    client.delete("/thing")
    assert (client.meter.requests, client.meter.writes) == (3, 2)
