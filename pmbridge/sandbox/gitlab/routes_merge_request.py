"""The addresses of a sandbox GitLab's merge requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.gitlab import issue_view
from pmbridge.sandbox.gitlab.lookup import (
    GitlabCall,
    bad_request,
    instant,
    listed_projects,
    not_found,
    visible_group,
    visible_issue,
    visible_project,
)
from pmbridge.sandbox.gitlab.merge_request_view import merge_request
from pmbridge.sandbox.gitlab.paging import page
from pmbridge.sandbox.gitlab.records import MergeRequest
from pmbridge.sandbox.gitlab.views import Frame

_ORDERS = {"created_at": "created", "updated_at": "updated", "title": "title"}


def of_project(call: GitlabCall, id: str) -> Any:
    """List a project's merge requests."""
    home = visible_project(call, id)
    return _listed(call, [row for row in call.site.merge_requests.values() if row.project == home.id])


def of_group(call: GitlabCall, id: str) -> Any:
    """List the merge requests of a group's projects."""
    homes = {row.id for row in listed_projects(call, visible_group(call, id))}
    return _listed(call, [row for row in call.site.merge_requests.values() if row.project in homes])


def _listed(call: GitlabCall, rows: list[MergeRequest]) -> Any:
    state, after = call.text("state"), instant(call, "updated_after")
    kept = [row for row in rows if state in (None, "all", row.state) and (after is None or row.updated >= after)]
    return page(call, sorted(kept, key=_key(call), reverse=call.text("sort") != "asc"), _draw(call))


def _key(call: GitlabCall) -> Callable[[MergeRequest], tuple[Any, int]]:
    order = call.text("order_by") or "created_at"
    if order not in _ORDERS:
        raise bad_request("order_by does not have a valid value")
    return lambda row: (getattr(row, _ORDERS[order]), row.id)


def _draw(call: GitlabCall) -> Callable[[MergeRequest], Any]:
    frame = Frame.of(call)
    return lambda row: merge_request(frame, row)


def _visible(call: GitlabCall, id: str, iid: int) -> MergeRequest:
    row = call.site.find_merge_request(visible_project(call, id).id, iid)
    if row is None:
        raise not_found("Merge Request")
    return row


def show(call: GitlabCall, id: str, iid: int) -> Any:
    """Show a merge request."""
    return _draw(call)(_visible(call, id, iid))


def closes_issues(call: GitlabCall, id: str, iid: int) -> Any:
    """List the issues a merge request closes."""
    frame = Frame.of(call)
    found = [call.site.issues[issue] for issue in _visible(call, id, iid).closes if issue in call.site.issues]
    return page(call, found, lambda row: issue_view.issue(frame, row))


def of_issue(call: GitlabCall, id: str, iid: int) -> Any:
    """List the merge requests that close an issue."""
    issue = visible_issue(call, id, iid)
    return page(call, [row for row in call.site.merge_requests.values() if issue.id in row.closes], _draw(call))


_ONE = "/api/v4/projects/<id>/merge_requests/<int:iid>"
_ISSUE = "/api/v4/projects/<id>/issues/<int:iid>"
ROUTES = (
    Route("GET", "/api/v4/projects/<id>/merge_requests", of_project),
    Route("GET", "/api/v4/groups/<id>/merge_requests", of_group),
    Route("GET", _ONE, show),
    Route("GET", f"{_ONE}/closes_issues", closes_issues),
    Route("GET", f"{_ISSUE}/related_merge_requests", of_issue),
    Route("GET", f"{_ISSUE}/closed_by", of_issue),
)
