"""Finding what a request names, as far as its token may see it."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Call, Refusal
from pmbridge.sandbox.jira.records import Comment, Issue, Project, Version
from pmbridge.sandbox.jira.state import JiraSite

JiraCall = Call[JiraSite]

_SENTENCE = "Invalid request payload. Refer to the REST API documentation and try again."


def refusal(status: int, /, *messages: str, **errors: str) -> Refusal:
    """Make an error of Jira's shape; ``errors`` maps fields to sentences."""
    return Refusal(status, {"errorMessages": list(messages), "errors": errors})


def visible_issue(call: JiraCall, id_or_key: str) -> Issue:
    """Return the issue, or refuse with 404 when it does not exist or may not be seen."""
    try:
        issue = call.site.issue(id_or_key)
    except KeyError:
        issue = None
    if issue is None or not call.token.sees(issue.project):
        raise refusal(404, "Issue does not exist or you do not have permission to see it.")
    return issue


def visible_project(call: JiraCall, id_or_key: str) -> Project:
    """Return the project, or refuse with 404."""
    try:
        project = call.site.project(id_or_key)
    except KeyError:
        project = None
    if project is None or not call.token.sees(project.key):
        raise refusal(404, f"No project could be found with key '{id_or_key}'.")
    return project


def visible_version(call: JiraCall, id: str) -> Version:
    """Return the version, or refuse with 404."""
    version = call.site.versions.get(id)
    if version is None or not call.token.sees(version.project):
        raise refusal(404, f"Could not find version for id '{id}'")
    return version


def visible_comment(call: JiraCall, id: str, issue: Issue | None = None) -> Comment:
    """Return the comment (of ``issue``, when one is named), or refuse with 404."""
    comment = call.site.comments.get(id)
    seen = comment is not None and call.token.sees(call.site.issues[comment.issue].project)
    if comment is None or not seen or (issue is not None and comment.issue != issue.id):
        raise refusal(404, f"Can not find a comment for the id: {id}.")
    return comment


def body_object(call: JiraCall) -> dict[str, Any]:
    """Return the request's JSON object, or refuse with 400."""
    body = call.body
    if not isinstance(body, dict):
        raise refusal(400, _SENTENCE)
    return body


def listed(body: dict[str, Any], name: str) -> list[Any]:
    """Return a field of a body that must be a list of plain values; absence is an empty one."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or any(isinstance(entry, (list, dict)) for entry in value):
        raise refusal(400, _SENTENCE)
    return value


def nested(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a field of a body that must be an object; absence is an empty one."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refusal(400, _SENTENCE)
    return value


def properties_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return the entity properties a body carries, by key."""
    rows = body.get("properties") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) and isinstance(row.get("key"), str) for row in rows):
        raise refusal(400, _SENTENCE)
    return {row["key"]: row.get("value") for row in rows}
