"""Sandbox trackers that also answer where peers ask and pmbridge does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.gitlab import routes_site, views
from pmbridge.sandbox.gitlab.dialect import GitlabDialect
from pmbridge.sandbox.gitlab.lookup import GitlabCall, group_projects, visible_group
from pmbridge.sandbox.jira import issue_view
from pmbridge.sandbox.jira.dialect import JiraDialect
from pmbridge.sandbox.jira.jql import parse
from pmbridge.sandbox.jira.lookup import JiraCall
from pmbridge.sandbox.jira.views import Frame

_MOST = 100
_ISSUE = "/api/v4/projects/<id>/issues/<int:iid>"


def _nothing(call: Any, **_where: Any) -> list[Any]:
    """List no reaction: nobody has left one."""
    return []


def _project(call: GitlabCall, id: str) -> Any:
    """Show a project with the instant of its last update, which peers want to know."""
    return {**routes_site.project(call, id), "updated_at": views.stamp(call.site.clock.now())}


def _group(call: GitlabCall, id: str) -> Any:
    """Show a group with its projects."""
    frame, entry = views.Frame.of(call), visible_group(call, id)
    return {**views.group(frame, entry), "projects": [views.project(frame, row) for row in group_projects(call, entry)]}


_REPLACED = {"/api/v4/projects/<id>": _project, "/api/v4/groups/<id>": _group}


class GitlabForPeers(GitlabDialect):
    """GitLab as it is, with the lists of reactions and of lower groups, and what else peers look at."""

    routes = (
        *(route for route in GitlabDialect.routes if route.method != "GET" or route.path not in _REPLACED),
        *(Route("GET", path, handler) for path, handler in _REPLACED.items()),
        Route("GET", "/api/v4/groups/<id>/descendant_groups", _nothing),
        Route("GET", f"{_ISSUE}/award_emoji", _nothing),
        Route("GET", f"{_ISSUE}/notes/<int:note>/award_emoji", _nothing),
    )


def _with_transitions(search: Callable[[JiraCall], Any]) -> Callable[[JiraCall], Any]:
    def answer(call: JiraCall) -> Any:
        found = search(call)
        if "transitions" in (call.text("expand") or ""):
            for issue in found["issues"]:
                issue["transitions"] = []
        return found

    return answer


def _adapted(route: Route) -> Route:
    if (route.method, route.path) != ("GET", "/rest/api/{v}/search/jql"):
        return route
    return Route(route.method, route.path, _with_transitions(route.handler))


class JiraWithTransitions(JiraDialect):
    """Jira Cloud as it is, with the transitions of an issue beside it where they are asked for."""

    routes = tuple(map(_adapted, JiraDialect.routes))


def _search(call: JiraCall) -> Any:
    """Search by offset, with the question in the address."""
    site = call.site
    start, size = call.integer("startAt", 0), call.integer("maxResults", 50, _MOST)
    query = parse(site, call.text("jql") or "", site.users[call.token.user].zone, call.token.sees)

    def search() -> list[Any]:
        return sorted((issue for issue in site.issues.values() if query.test(issue)), key=query.key)

    rows = site.searches.find(site.revision, (call.text("jql"), "by offset"), search)
    expand = (call.text("expand") or "").split(",")
    frame, fields = Frame.of(call), issue_view.chosen([call.text("fields") or "*navigable"], "*navigable")
    drawn = [
        issue_view.issue(frame, row, fields, changelog="changelog" in expand) | {"transitions": []}
        for row in rows[start : start + size]
    ]
    return {"startAt": start, "maxResults": size, "total": len(rows), "issues": drawn}


class JiraOfYesterday(JiraDialect):
    """Jira before its search by offset was removed: where peers that have not followed still run."""

    routes = (
        *(one for one in JiraDialect.routes if (one.method, one.path) != ("GET", "/rest/api/{v}/search")),
        Route("GET", "/rest/api/{v}/search", _search),
    )
