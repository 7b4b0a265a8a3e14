"""What a Jira Data Center answers otherwise than Jira Cloud: its search, and addresses it does not have."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Refusal, Route
from pmbridge.sandbox.jira import issue_view, routes_history, routes_search
from pmbridge.sandbox.jira.jql import JqlError, parse
from pmbridge.sandbox.jira.lookup import JiraCall, body_object, refusal
from pmbridge.sandbox.jira.records import Issue
from pmbridge.sandbox.jira.views import Frame

_MOST = 1000


def search(call: JiraCall) -> Any:
    """Search by offset on a Data Center; on Cloud this address is gone."""
    if not call.site.server:
        return routes_search.gone(call)
    asked = body_object(call)
    start, size = int(asked.get("startAt") or 0), min(int(asked.get("maxResults", 50)), _MOST)
    if start + size > call.site.result_window:
        raise refusal(400, f"Search limit exceeded: at most {call.site.result_window} results can be paged.")
    rows = _found(call, str(asked.get("jql") or ""), strict=asked.get("validateQuery") not in (False, "false", "none"))
    expand = asked.get("expand") or []
    if not isinstance(expand, list):
        raise refusal(400, "Can not deserialize instance of java.util.ArrayList out of VALUE_STRING token")
    frame, ids = Frame.of(call), issue_view.chosen(asked.get("fields") or [], "*navigable")
    page = rows[start : start + size]
    drawn = [issue_view.issue(frame, row, ids, changelog="changelog" in expand) for row in page]
    return {"expand": "schema,names", "startAt": start, "maxResults": size, "total": len(rows), "issues": drawn}


def _found(call: JiraCall, jql: str, *, strict: bool) -> list[Issue]:
    site = call.site
    try:
        query = parse(site, jql, site.users[call.token.user].zone, call.token.sees, strict=strict)
    except JqlError as error:
        raise refusal(400, str(error)) from None
    shown = (issue for issue in site.issues.values() if call.token.sees(issue.project) and issue.archived is None)
    return sorted(filter(query.test, shown), key=query.key)


def _cloud_only(route: Route) -> Route:
    """Make a route that a Data Center does not have."""

    def answer(call: JiraCall, **arguments: Any) -> Any:
        if call.site.server:
            raise Refusal(404, {"message": "null for uri: " + call.request.path, "status-code": 404})
        return route.handler(call, **arguments)

    return Route(route.method, route.path, answer, route.reads, route.open)


_NEWER = ("/search/jql", "/approximate-count", "/bulkfetch", "/changelog")
_OLDER = ("POST", "/rest/api/{v}/search")


def _adapted(route: Route) -> Route:
    if (route.method, route.path) == _OLDER:
        return Route(*_OLDER, search, reads=True)
    return _cloud_only(route) if route.path.endswith(_NEWER) else route


#: The addresses that find issues and their histories, as either deployment has them.
ROUTES = tuple(_adapted(route) for route in (*routes_search.ROUTES, *routes_history.ROUTES))
