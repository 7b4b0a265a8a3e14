from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import responses

from pmbridge.connector import Connector, Surface, Usage, load, names
from pmbridge_gitlab import GitlabConnector

Row = dict[str, Any]


def test_the_connector_is_found_by_its_name_and_keeps_the_contract(connector: GitlabConnector) -> None:
    assert "gitlab" in names()
    assert load("gitlab").__qualname__ == GitlabConnector.__qualname__
    assert isinstance(connector, Connector)
    assert connector.capabilities == {(Surface.COMMENT, "item"), (Surface.DESCRIPTION, "milestone")}


def test_making_and_closing_one_sends_nothing(connector: GitlabConnector, server: responses.RequestsMock) -> None:
    assert connector.url == "https://gitlab.example.com"
    assert list(connector.projects()) == ["acme/shop-web"]
    assert connector.usage() == Usage()
    connector.close()
    assert len(server.calls) == 0


def test_the_account_is_asked_for_once(
    connector: GitlabConnector, server: responses.RequestsMock, account: Row
) -> None:
    assert connector.whoami() == connector.whoami()
    assert (connector.whoami().id, connector.whoami().bot) == ("42", True)
    assert len(server.calls) == 1


def test_the_clock_and_the_count_are_the_servers(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    server.get(f"{api}/version", json={}, headers={"Date": "Mon, 02 Mar 2026 08:00:00 GMT"})
    url = f"{api}/projects/acme%2Fshop-web/issues_statistics"
    server.get(url, json={"statistics": {"counts": {"all": 20, "closed": 5, "opened": 15}}})
    server.get(url, json={"statistics": None})
    assert connector.now() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert connector.count("acme/shop-web") == 20
    assert connector.count("acme/shop-web") is None
    assert connector.usage().requests == 3
