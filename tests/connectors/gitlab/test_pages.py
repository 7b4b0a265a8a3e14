from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from pmbridge.connector import Page, Reference
from pmbridge.errors import BadAnswer, ConnectorError, Rejected
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.history import lists_to_read

Row = dict[str, Any]
Make = Callable[..., Row]
ISSUES = "/projects/acme%2Fshop-web/issues"
TOUCHED = "2026-03-04T08:00:00.000Z"


def read(connector: GitlabConnector, since: datetime | None = None, cursor: str | None = None) -> list[Page]:
    return list(connector.fetch_pages("acme/shop-web", since=since, cursor=cursor, reference=Reference()))


def queries(server: responses.RequestsMock) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(str(call.request.url)).query) for call in server.calls]


def test_untouched_issues_cost_one_request_a_page(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make
) -> None:
    server.get(api + ISSUES, json=[make_issue(1), make_issue(2)])
    (page,) = read(connector)
    assert [item.id for item in page.items] == ["1001", "1002"]
    assert page.cursor is None
    assert page.changes == ()
    assert [person.id for person in page.people] == ["7"]
    assert set(page.raw) == {"1001", "1002"}
    assert connector.usage().requests == 1


def test_since_is_sent_as_an_instant_and_the_order_does_not_shift(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    server.get(api + ISSUES, json=[])
    (page,) = read(connector, since=datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC))
    assert page == Page()
    (query,) = queries(server)
    assert query == {
        "updated_after": ["2026-03-01T12:00:00.005000Z"],
        "pagination": ["keyset"],
        "order_by": ["created_at"],
        "sort": ["asc"],
        "per_page": ["100"],
        "scope": ["all"],
        "state": ["all"],
    }


def test_pages_follow_the_cursor_and_reading_resumes_after_any_page(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make
) -> None:
    link = {"Link": f'<{api}{ISSUES}?cursor=eyJ9&order_by=created_at>; rel="next"'}
    server.get(api + ISSUES, json=[make_issue(1)], headers=link)
    server.get(api + ISSUES, json=[make_issue(2)])
    first, second = read(connector)
    assert (first.cursor, second.cursor) == ("cursor:eyJ9", None)
    (again,) = read(connector, cursor=first.cursor)
    assert again == second
    assert [query.get("cursor") for query in queries(server)] == [None, ["eyJ9"], ["eyJ9"]]


def test_a_server_without_keyset_paging_is_read_by_pages(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make
) -> None:
    refusal = {"error": "Keyset pagination is not yet available for this type of request"}
    server.get(api + ISSUES, status=405, json=refusal)
    server.get(api + ISSUES, json=[make_issue(1)], headers={"X-Next-Page": "2"})
    server.get(api + ISSUES, json=[make_issue(2)], headers={"X-Next-Page": ""})
    assert [page.cursor for page in read(connector)] == ["page:2", None]
    asked = queries(server)
    assert ["pagination" in query for query in asked] == [True, False, False]
    assert asked[2]["page"] == ["2"]


def test_a_cursor_that_the_server_no_longer_takes_is_an_error(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    server.get(api + ISSUES, status=400, json={"error": "cursor is invalid"})
    with pytest.raises(Rejected):
        read(connector, cursor="cursor:stale")


def test_a_cursor_of_another_kind_is_refused(connector: GitlabConnector) -> None:
    with pytest.raises(ConnectorError, match="sync this project anew"):
        read(connector, cursor="startAt:50")


def test_paging_in_a_circle_is_noticed(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make
) -> None:
    server.get(api + ISSUES, json=[make_issue(1)], headers={"X-Next-Page": "2"})
    with pytest.raises(BadAnswer, match="same page"):
        read(connector)


def without_graphql(server: responses.RequestsMock, api: str) -> None:
    """Be a server whose histories are in event lists only."""
    server.get(f"{api}/projects/acme%2Fshop-web/labels", status=404, json={"message": "404 Not found"})
    server.post(api.replace("/v4", "/graphql"), status=404, json={"error": "404 Not Found"})


def test_a_touched_issue_is_read_with_its_whole_history(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    make_issue: Make,
    make_event: Make,
    make_milestone: Make,
) -> None:
    without_graphql(server, api)
    a, b = make_milestone(1), make_milestone(2)
    issue = make_issue(12, updated_at=TOUCHED, milestone=b)
    server.get(api + ISSUES, json=[issue])
    server.get(f"{api}{ISSUES}/12/resource_state_events", json=[])
    events = [
        make_event(5, "03T08:00:00", action="add", milestone=a),
        make_event(6, "04T08:00:00", action="add", milestone=b),
    ]
    server.get(f"{api}{ISSUES}/12/resource_milestone_events", json=events)
    server.get(f"{api}{ISSUES}/12/resource_label_events", json=[])
    linked = make_issue(13) | {"issue_link_id": 4, "link_type": "is_blocked_by"}
    server.get(f"{api}{ISSUES}/12/links", json=[linked])
    (page,) = read(connector)
    assert [(c.before, c.after) for c in page.changes] == [
        (None, "milestone:1"),
        ("milestone:1", None),
        (None, "milestone:2"),
    ]
    (link,) = page.links
    assert (link.item, link.target) == ("1013", "1012")
    assert [person.id for person in page.people] == ["7", "9"]
    assert page.partial_history == ()
    assert page.raw["1012"]["milestones"] == events


def test_a_history_that_may_not_be_read_is_named(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make
) -> None:
    without_graphql(server, api)
    server.get(api + ISSUES, json=[make_issue(12, updated_at=TOUCHED), make_issue(13)])
    server.get(re.compile(rf"{api}{ISSUES}/12/.*"), status=404, json={"message": "404 Not found"})
    (page,) = read(connector)
    assert page.partial_history == ("1012",)
    assert len(page.items) == 2


def test_weights_are_asked_for_only_where_the_server_has_them(make_issue: Make) -> None:
    assert lists_to_read(make_issue()) == ()
    assert "weights" not in lists_to_read(make_issue(updated_at=TOUCHED))
    assert "weights" in lists_to_read(make_issue(updated_at=TOUCHED, weight=None))
