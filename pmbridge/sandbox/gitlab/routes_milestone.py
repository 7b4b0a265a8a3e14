"""The addresses of a sandbox GitLab's milestones."""

from __future__ import annotations

from datetime import date
from typing import Any

from pmbridge.sandbox.exchange import Refusal, Route
from pmbridge.sandbox.gitlab import issue_view, views
from pmbridge.sandbox.gitlab.lookup import (
    GitlabCall,
    bad_request,
    body_object,
    owned_milestone,
    visible_group,
    visible_project,
)
from pmbridge.sandbox.gitlab.paging import page
from pmbridge.sandbox.gitlab.records import Milestone
from pmbridge.sandbox.gitlab.views import Frame

_STATES = {"close": "closed", "activate": "active"}


def of_project(call: GitlabCall, id: str) -> Any:
    """List a project's milestones, those of the groups above it on request."""
    home = visible_project(call, id)
    above = call.site.groups_above(home) if _with_ancestors(call) else set()
    found = call.site.milestones.values()
    return _listed(call, [row for row in found if row.project == home.id or row.group in above])


def of_group(call: GitlabCall, id: str) -> Any:
    """List a group's milestones."""
    home = visible_group(call, id)
    return _listed(call, [row for row in call.site.milestones.values() if row.group == home.id])


def _with_ancestors(call: GitlabCall) -> bool:
    return call.flag("include_ancestors") or call.flag("include_parent_milestones")


def _listed(call: GitlabCall, rows: list[Milestone]) -> Any:
    frame, state, title = Frame.of(call), call.text("state"), call.text("title")
    iids = {int(iid) for iid in call.request.args.getlist("iids[]") if iid.isdigit()}
    kept = [
        row
        for row in rows
        if state in (None, row.state) and title in (None, row.title) and (not iids or row.iid in iids)
    ]
    return page(call, kept, lambda row: views.milestone(frame, row))


def show_of_project(call: GitlabCall, id: str, milestone: int) -> Any:
    """Show a project's milestone."""
    owner = visible_project(call, id).id
    return views.milestone(Frame.of(call), owned_milestone(call, milestone, project=owner))


def show_of_group(call: GitlabCall, id: str, milestone: int) -> Any:
    """Show a group's milestone."""
    owner = visible_group(call, id).id
    return views.milestone(Frame.of(call), owned_milestone(call, milestone, group=owner))


def update_of_project(call: GitlabCall, id: str, milestone: int) -> Any:
    """Change a project's milestone."""
    return _updated(call, owned_milestone(call, milestone, project=visible_project(call, id).id))


def update_of_group(call: GitlabCall, id: str, milestone: int) -> Any:
    """Change a group's milestone."""
    return _updated(call, owned_milestone(call, milestone, group=visible_group(call, id).id))


def _updated(call: GitlabCall, entry: Milestone) -> Any:
    if not call.token.admin:
        raise Refusal(403, {"message": "403 Forbidden"})
    call.site.update_milestone(entry.id, **_changes(body_object(call)))
    return views.milestone(Frame.of(call), entry)


def _changes(asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, attribute in (("title", "title"), ("description", "description")):
        if name in asked:
            found[attribute] = str(asked[name] or "")
    for name, attribute in (("start_date", "start"), ("due_date", "due")):
        if name in asked:
            found[attribute] = _day(name, asked[name])
    if "state_event" in asked:
        found["state"] = _STATES.get(str(asked["state_event"]))
        if found["state"] is None:
            raise bad_request("state_event does not have a valid value")
    return found


def _day(name: str, value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        raise bad_request(f"{name} is invalid") from None


def issues(call: GitlabCall, id: str, milestone: int) -> Any:
    """List the issues of a project's milestone."""
    entry = owned_milestone(call, milestone, project=visible_project(call, id).id)
    frame = Frame.of(call)
    rows = [row for row in call.site.issues.values() if row.milestone == entry.id]
    return page(call, rows, lambda row: issue_view.issue(frame, row))


def iterations_of_project(call: GitlabCall, id: str) -> Any:
    """List the iterations of the groups above a project."""
    return _iterations(call, call.site.groups_above(visible_project(call, id)))


def iterations_of_group(call: GitlabCall, id: str) -> Any:
    """List a group's iterations."""
    return _iterations(call, {visible_group(call, id).id})


def _iterations(call: GitlabCall, groups: set[int]) -> Any:
    if not call.site.premium:
        raise Refusal(404, {"error": "404 Not Found"})
    frame = Frame.of(call)
    rows = [row for row in call.site.iterations.values() if row.group in groups]
    return page(call, rows, lambda row: views.iteration(frame, row))


ROUTES = (
    Route("GET", "/api/v4/projects/<id>/iterations", iterations_of_project),
    Route("GET", "/api/v4/groups/<id>/iterations", iterations_of_group),
    Route("GET", "/api/v4/projects/<id>/milestones", of_project),
    Route("GET", "/api/v4/projects/<id>/milestones/<int:milestone>", show_of_project),
    Route("PUT", "/api/v4/projects/<id>/milestones/<int:milestone>", update_of_project),
    Route("GET", "/api/v4/projects/<id>/milestones/<int:milestone>/issues", issues),
    Route("GET", "/api/v4/groups/<id>/milestones", of_group),
    Route("GET", "/api/v4/groups/<id>/milestones/<int:milestone>", show_of_group),
    Route("PUT", "/api/v4/groups/<id>/milestones/<int:milestone>", update_of_group),
)
