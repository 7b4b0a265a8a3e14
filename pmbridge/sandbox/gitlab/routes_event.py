"""The addresses of the resource events of a sandbox GitLab's issues."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Refusal, Route
from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.lookup import GitlabCall, visible_issue
from pmbridge.sandbox.gitlab.paging import page
from pmbridge.sandbox.gitlab.views import Frame


def events(call: GitlabCall, id: str, iid: int, kind: str) -> Any:
    """List an issue's events of one kind, the oldest first."""
    frame, issue = Frame.of(call), visible_issue(call, id, iid)
    if kind in ("weight", "iteration") and not call.site.premium:
        raise Refusal(404, {"error": "404 Not Found"})
    rows = {
        "state": issue.state_events,
        "label": issue.label_events,
        "milestone": issue.milestone_events,
        "weight": issue.weight_events,
        "iteration": issue.iteration_events,
    }[kind]
    return page(call, rows, lambda row: views.event(frame, issue, row, kind))


ROUTES = (
    Route(
        "GET",
        "/api/v4/projects/<id>/issues/<int:iid>/resource_<any(state,label,milestone,weight,iteration):kind>_events",
        events,
    ),
)
