"""The addresses of a sandbox GitLab itself, its groups and projects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pmbridge.sandbox.exchange import Answer, Route
from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.lookup import (
    GitlabCall,
    body_object,
    caller,
    group_projects,
    visible_group,
    visible_project,
)
from pmbridge.sandbox.gitlab.paging import page
from pmbridge.sandbox.gitlab.views import Frame

VERSION = {"version": "18.9.0-ee", "revision": "5a4d0b0c1de"}
SAAS_VERSION = "18.10.0-pre"
_MAINTAINER, _REPORTER = 40, 20


def version(call: GitlabCall) -> Any:
    """Answer the version."""
    return {**VERSION, "version": SAAS_VERSION} if call.site.saas else VERSION


def metadata(call: GitlabCall) -> Any:
    """Answer the version and edition."""
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    return {**version(call), "kas": kas, "enterprise": call.site.premium or call.site.saas}


def current_user(call: GitlabCall) -> Any:
    """Answer whose token it is."""
    account = views.user(Frame.of(call), caller(call)) or {}
    bot = call.site.users[caller(call)].bot
    return {**account, "email": f"{account['username']}@example.com", "bot": bot, "is_admin": False}


def token(call: GitlabCall) -> Any:
    """Answer what the token may do."""
    now = call.site.clock.now()
    return {
        "id": 1,
        "name": "sandbox",
        "revoked": False,
        "created_at": views.stamp(now - timedelta(days=30)),
        "description": None,
        "scopes": ["api"] if call.token.write else ["read_api"],
        "user_id": caller(call),
        "last_used_at": views.stamp(now),
        "active": True,
        "expires_at": views.day((now + timedelta(days=180)).date()),
    }


def group(call: GitlabCall, id: str) -> Any:
    """Show a group."""
    return views.group(Frame.of(call), visible_group(call, id))


def projects_of_group(call: GitlabCall, id: str) -> Any:
    """List a group's projects; those of its subgroups on request."""
    frame, entry = Frame.of(call), visible_group(call, id)
    deep = call.flag("include_subgroups")
    rows = [row for row in group_projects(call, entry) if deep or row.path.rpartition("/")[0] == entry.path]
    return page(call, rows, lambda row: views.project(frame, row))


def projects(call: GitlabCall) -> Any:
    """List the visible projects."""
    frame = Frame.of(call)
    rows = [row for row in call.site.projects.values() if call.token.sees(row.path)]
    return page(call, rows, lambda row: views.project(frame, row))


def project(call: GitlabCall, id: str) -> Any:
    """Show a project with the token's access level."""
    level = _MAINTAINER if call.token.admin else _REPORTER
    access = {"access_level": level, "notification_level": 3}
    drawn = views.project(Frame.of(call), visible_project(call, id))
    return {**drawn, "permissions": {"project_access": access, "group_access": None}}


def members(call: GitlabCall, id: str) -> Any:
    """List a project's members: every account."""
    visible_project(call, id)
    return _members(call)


def _members(call: GitlabCall) -> Any:
    frame, level = Frame.of(call), {"access_level": _MAINTAINER, "expires_at": None, "membership_state": "active"}
    asked = {int(id) for id in call.request.args.getlist("user_ids[]") if id.isdigit()}
    users = [user for user in call.site.users if not asked or user in asked]
    return page(call, users, lambda row: {**(views.user(frame, row) or {}), **level})


def members_of_group(call: GitlabCall, id: str) -> Any:
    """List a group's members, those of groups above it included: every account."""
    visible_group(call, id)
    return _members(call)


def labels(call: GitlabCall, id: str) -> Any:
    """List a project's labels."""
    frame, home = Frame.of(call), visible_project(call, id)
    search = (call.text("search") or "").lower()
    rows = [row for row in call.site.project_labels(home.id) if search in row.name.lower()]
    return page(call, rows, lambda row: {**views.label(frame, row), "priority": None, "is_project_label": True})


def create_label(call: GitlabCall, id: str) -> Any:
    """Add a label; 409 when there is one of that name."""
    home, body = visible_project(call, id), body_object(call)
    name, color = body.get("name"), body.get("color")
    if not isinstance(name, str) or not isinstance(color, str):
        return Answer({"error": "name is missing, color is missing"}, 400)
    if (home.id, name) in call.site.labels:
        return Answer({"message": "Label already exists"}, 409)
    call.site.add_label(home.id, name, color=color, description=body.get("description") or "")
    return Answer(views.label(Frame.of(call), call.site.labels[home.id, name]), 201)


ROUTES = (
    Route("GET", "/api/v4/version", version),
    Route("GET", "/api/v4/metadata", metadata),
    Route("GET", "/api/v4/user", current_user),
    Route("GET", "/api/v4/personal_access_tokens/self", token),
    Route("GET", "/api/v4/groups/<id>", group),
    Route("GET", "/api/v4/groups/<id>/projects", projects_of_group),
    Route("GET", "/api/v4/groups/<id>/members/all", members_of_group),
    Route("GET", "/api/v4/projects", projects),
    Route("GET", "/api/v4/projects/<id>", project),
    Route("GET", "/api/v4/projects/<id>/members/all", members),
    Route("GET", "/api/v4/projects/<id>/labels", labels),
    Route("POST", "/api/v4/projects/<id>/labels", create_label),
)
