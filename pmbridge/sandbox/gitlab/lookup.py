"""Finding what a request names, as far as its token may see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pmbridge.sandbox.exchange import Call, Refusal
from pmbridge.sandbox.gitlab.records import Group, Issue, Milestone, Note, Project
from pmbridge.sandbox.gitlab.state import GitlabSite

GitlabCall = Call[GitlabSite]


def not_found(what: str) -> Refusal:
    """Make a 404 of GitLab's shape."""
    return Refusal(404, {"message": f"404 {what} Not Found"})


def bad_request(sentence: str) -> Refusal:
    """Make a 400 of GitLab's shape."""
    return Refusal(400, {"error": sentence})


def instant(call: GitlabCall, name: str) -> datetime | None:
    """Return the instant that a parameter names, or refuse with 400; a day without a time begins in UTC."""
    value = call.text(name)
    return instant_of(value, name) if value else None


def instant_of(value: str, name: str) -> datetime:
    """Read one instant as `instant` does."""
    try:
        found = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        raise bad_request(f"{name} is invalid") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def caller(call: GitlabCall) -> int:
    """Return the id of the account that asks."""
    return int(call.token.user)


def visible_project(call: GitlabCall, id: str) -> Project:
    """Return the project by id or path, or refuse with 404."""
    try:
        project = call.site.project(id)
    except KeyError:
        raise not_found("Project") from None
    if not call.token.sees(project.path):
        raise not_found("Project")
    return project


def visible_group(call: GitlabCall, id: str) -> Group:
    """Return the group by id or path, or refuse with 404."""
    try:
        group = call.site.group(id)
    except KeyError:
        raise not_found("Group") from None
    if call.token.projects is not None and not group_projects(call, group):
        raise not_found("Group")
    return group


def group_projects(call: GitlabCall, group: Group) -> list[Project]:
    """Return the visible projects below a group."""
    inside = (project for project in call.site.projects.values() if project.path.startswith(group.path + "/"))
    return [project for project in inside if call.token.sees(project.path)]


def listed_projects(call: GitlabCall, group: Group) -> list[Project]:
    """Return the projects a group lists things of: archived ones only where ``non_archived`` is false."""
    inside = group_projects(call, group)
    return [project for project in inside if not (project.archived and call.flag("non_archived", default=True))]


def visible_issue(call: GitlabCall, id: str, iid: int) -> Issue:
    """Return the issue, or refuse with 404."""
    project = visible_project(call, id)
    try:
        return call.site.issue(project.id, iid)
    except KeyError:
        raise not_found("Issue") from None


def visible_note(call: GitlabCall, issue: Issue, id: int) -> Note:
    """Return the note of an issue, or refuse with 404."""
    note = call.site.notes.get(id)
    if note is None or note.issue != issue.id:
        raise not_found("Note")
    return note


def owned_milestone(call: GitlabCall, id: int, *, project: int | None = None, group: int | None = None) -> Milestone:
    """Return the milestone of a project or a group, or refuse with 404."""
    milestone = call.site.milestones.get(id)
    if milestone is None or (milestone.project, milestone.group) != (project, group):
        raise not_found("Milestone")
    return milestone


def body_object(call: GitlabCall) -> dict[str, Any]:
    """Return the request's parameters: its JSON object or form, and the query."""
    body = call.body
    return {**call.request.args.to_dict(), **(body if isinstance(body, dict) else {})}
