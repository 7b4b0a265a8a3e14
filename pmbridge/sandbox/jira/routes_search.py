"""The addresses that find a sandbox Jira's issues."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from pmbridge.sandbox.exchange import Answer, Route
from pmbridge.sandbox.jira import catalog, issue_view
from pmbridge.sandbox.jira.jql import JqlError, Query, parse
from pmbridge.sandbox.jira.lookup import JiraCall, body_object, listed, refusal
from pmbridge.sandbox.jira.paging import number, seal, unseal
from pmbridge.sandbox.jira.records import Issue
from pmbridge.sandbox.jira.searches import Ordered
from pmbridge.sandbox.jira.views import Frame

#: Pages hold up to 5,000 issues when only ids are asked for, else 100.
_MOST_IDS, _MOST = 5000, 100
_UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def search_by_query(call: JiraCall) -> Any:
    """Search with the question in the address."""
    listed = ("fields", "properties")
    body = {name: call.request.args.getlist(name) for name in listed if name in call.request.args}
    single = ("jql", "nextPageToken", "maxResults", "expand")
    return _search(call, {**{name: call.text(name) for name in single}, **body})


def search_by_body(call: JiraCall) -> Any:
    """Search with the question in the body."""
    return _search(call, body_object(call))


def _search(call: JiraCall, asked: dict[str, Any]) -> Any:
    expand = str(asked.get("expand") or "").split(",")
    fields, properties = listed(asked, "fields") or ["id"], listed(asked, "properties")
    bare = list(fields) == ["id"]
    rows, token = _page(call, asked, _MOST_IDS if bare or list(fields) == ["key"] else _MOST)
    frame, ids = Frame.of(call), issue_view.chosen(fields, "*navigable")
    drawn = [
        {"id": row.id}
        if bare
        else issue_view.issue(frame, row, ids, changelog="changelog" in expand, properties=properties)
        for row in rows
    ]
    answer: dict[str, Any] = {"issues": drawn, "isLast": token is None}
    if token is not None:
        answer["nextPageToken"] = token
    if "names" in expand:
        answer["names"] = {id: name for id, name in _field_names().items() if id in ids}
    return answer


def _page(call: JiraCall, asked: dict[str, Any], most: int) -> tuple[list[Issue], str | None]:
    """Find one page and the token of the next: the place in the order where this page ends."""
    keyed = _ordered(call, str(asked.get("jql") or ""))
    size = number(asked.get("maxResults"), 50, most)
    token = asked.get("nextPageToken")
    start = bisect_right(keyed, tuple(unseal(token, list)), key=lambda row: row[0]) if token else 0
    rows = keyed[start : start + size]
    more = start + size < len(keyed)
    return [issue for _, issue in rows], seal(rows[-1][0]) if more else None


def _ordered(call: JiraCall, jql: str) -> Ordered:
    def search() -> Ordered:
        query = _query(call, jql)
        return sorted(((query.key(issue), issue) for issue in _found(call, query)), key=lambda row: row[0])

    site, zone = call.site, call.site.users[call.token.user].zone
    return site.searches.find(site.revision, (jql, call.token, zone, site.clock.now()), search)


def _found(call: JiraCall, query: Query) -> list[Issue]:
    sees = {key for key in call.site.projects if call.token.sees(key)}
    shown = (issue for issue in call.site.issues.values() if issue.project in sees and issue.archived is None)
    return [issue for issue in shown if query.test(issue)]


def _query(call: JiraCall, jql: Any) -> Query:
    try:
        query = parse(call.site, str(jql or ""), call.site.users[call.token.user].zone, call.token.sees)
    except JqlError as error:
        raise refusal(400, str(error)) from None
    if not query.bounded:
        raise refusal(400, _UNBOUNDED)
    return query


def _field_names() -> dict[str, str]:
    custom = {field.id: field.name for field in catalog.CUSTOM_FIELDS}
    return {field[0]: field[1] for field in catalog.SYSTEM_FIELDS} | custom


def approximate_count(call: JiraCall) -> Any:
    """Count the issues of a query."""
    return {"count": len(_found(call, _query(call, body_object(call).get("jql"))))}


def bulk_fetch(call: JiraCall) -> Any:
    """Show up to 100 named issues; what is gone or hidden is an error beside them."""
    asked = body_object(call)
    names = listed(asked, "issueIdsOrKeys")
    if not 0 < len(names) <= _MOST:
        raise refusal(400, f"Between 1 and {_MOST} issue ids or keys are needed.")
    frame, ids = Frame.of(call), issue_view.chosen(listed(asked, "fields"), "*navigable")
    rows, errors = named_issues(call, names)
    expand, properties = listed(asked, "expand"), listed(asked, "properties")
    drawn = [issue_view.issue(frame, row, ids, changelog="changelog" in expand, properties=properties) for row in rows]
    return {"issues": drawn, "issueErrors": errors}


def named_issues(call: JiraCall, names: list[Any]) -> tuple[list[Issue], list[dict[str, Any]]]:
    """Find issues by ids or keys; what is gone or hidden becomes an error row."""
    rows: dict[str, Issue] = {}
    errors: list[dict[str, Any]] = []
    for name in names:
        try:
            issue = call.site.issue(str(name))
        except KeyError:
            issue = None
        if issue is None or not call.token.sees(issue.project):
            words = "Issue does not exist or you do not have permission to see it."
            errors.append({"id": str(name), "errorMessage": words})
        else:
            rows[issue.id] = issue
    return list(rows.values()), errors


def gone(call: JiraCall) -> Any:
    """Refuse the search that was removed."""
    return Answer({"errorMessages": [_GONE], "errors": {}}, 410)


ROUTES = (
    Route("GET", "/rest/api/{v}/search/jql", search_by_query),
    Route("POST", "/rest/api/{v}/search/jql", search_by_body, reads=True),
    Route("POST", "/rest/api/{v}/search/approximate-count", approximate_count, reads=True),
    Route("POST", "/rest/api/{v}/issue/bulkfetch", bulk_fetch, reads=True),
    Route("GET", "/rest/api/{v}/search", gone),
    Route("POST", "/rest/api/{v}/search", gone, reads=True),
)
