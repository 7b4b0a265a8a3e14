"""The addresses of a sandbox Jira's projects, versions and components."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.jira import catalog, views
from pmbridge.sandbox.jira.lookup import JiraCall, body_object, refusal, visible_project, visible_version
from pmbridge.sandbox.jira.paging import page
from pmbridge.sandbox.jira.records import Version
from pmbridge.sandbox.jira.views import Frame

_DESCRIPTION_BYTES = 16_384
_COUNTED = {"new": "toDo", "indeterminate": "inProgress", "done": "done"}


def search(call: JiraCall) -> Any:
    """List the visible projects, by key."""
    frame, keys = Frame.of(call), call.request.args.getlist("keys")
    seen = [entry for entry in call.site.projects.values() if call.token.sees(entry.key)]
    rows = sorted((entry for entry in seen if not keys or entry.key in keys), key=lambda entry: entry.key)
    return page(call, rows, lambda entry: views.project(frame, entry), default=50, most=100)


def project(call: JiraCall, project: str) -> Any:
    """Show one project."""
    frame, entry = Frame.of(call), visible_project(call, project)
    return {
        **views.project(frame, entry),
        "description": "",
        "lead": views.user(frame, entry.lead),
        "components": [views.component(frame, c) for c in call.site.project_components(entry.key)],
        "issueTypes": [views.issue_type(frame, kind) for kind in catalog.ISSUE_TYPES],
        "assigneeType": "UNASSIGNED",
        "versions": [views.version(frame, v) for v in call.site.project_versions(entry.key)],
        "roles": {},
        "properties": {},
    }


def versions(call: JiraCall, project: str) -> Any:
    """List a project's versions whole."""
    frame, entry = Frame.of(call), visible_project(call, project)
    return [views.version(frame, version) for version in call.site.project_versions(entry.key)]


def version_page(call: JiraCall, project: str) -> Any:
    """List a project's versions by page, with counts of their issues on request."""
    frame, entry = Frame.of(call), visible_project(call, project)
    states = [state for state in (call.text("status") or "").split(",") if state]
    rows = [row for row in call.site.project_versions(entry.key) if not states or _state(row) in states]
    counted = "issuesstatus" in (call.text("expand") or "")
    tally = _tally(call, entry.key) if counted else {}

    def draw(row: Version) -> Any:
        drawn = views.version(frame, row)
        return {**drawn, "issuesStatusForFixVersion": _counts(tally.get(row.id))} if counted else drawn

    return page(call, rows, draw, default=50, most=100)


def _state(version: Version) -> str:
    return "archived" if version.archived else "released" if version.released else "unreleased"


def _tally(call: JiraCall, key: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for issue in call.site.issues.values():
        for version in issue.fix_versions if issue.project == key else ():
            category = call.site.named("statuses", issue.status).category
            found.setdefault(version, Counter())[_COUNTED[category]] += 1
    return found


def _counts(counted: Counter[str] | None) -> dict[str, int]:
    return {name: (counted or Counter())[name] for name in ("unmapped", "toDo", "inProgress", "done")}


def version(call: JiraCall, id: str) -> Any:
    """Show one version."""
    return views.version(Frame.of(call), visible_version(call, id))


def related_counts(call: JiraCall, id: str) -> Any:
    """Count the issues a version fixes and affects."""
    entry, issues = visible_version(call, id), call.site.issues.values()
    return {
        "self": f"{Frame.of(call).api}/version/{id}",
        "issuesFixedCount": sum(entry.id in issue.fix_versions for issue in issues),
        "issuesAffectedCount": sum(entry.id in issue.affects for issue in issues),
        "issueCountWithCustomFieldsShowingVersion": 0,
        "customFieldUsage": [],
    }


def unresolved_count(call: JiraCall, id: str) -> Any:
    """Count the issues of a version and those of them without a resolution."""
    entry = visible_version(call, id)
    inside = [issue for issue in call.site.issues.values() if entry.id in issue.fix_versions]
    open_ones = sum(issue.resolution is None for issue in inside)
    address = f"{Frame.of(call).api}/version/{id}"
    return {"self": address, "issuesCount": len(inside), "issuesUnresolvedCount": open_ones}


def update_version(call: JiraCall, id: str) -> Any:
    """Change what the body names of a version; needs project administration."""
    entry = visible_version(call, id)
    if not call.token.admin:
        raise refusal(403, "You do not have permission to administer this project's versions.")
    call.site.update_version(entry.id, **_version_changes(body_object(call)))
    return views.version(Frame.of(call), entry)


def _version_changes(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: body[name] for name in ("name", "released", "archived") if name in body}
    if "description" in body:
        found["description"] = body["description"] or ""
    for name, kind in (("name", str), ("description", str), ("released", bool), ("archived", bool)):
        if not isinstance(found.get(name, kind()), kind):
            raise refusal(400, **{name: f"A {kind.__name__} is expected."})
    if len(found.get("description", "").encode()) > _DESCRIPTION_BYTES:
        raise refusal(400, description=f"The description may not be longer than {_DESCRIPTION_BYTES} bytes.")
    for name, attribute in (("startDate", "start"), ("releaseDate", "release_date")):
        if name in body:
            found[attribute] = _date(name, body[name])
    return found


def _date(name: str, value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        raise refusal(400, **{name: "A date must be given as yyyy-MM-dd."}) from None


def components(call: JiraCall, project: str) -> Any:
    """List a project's components."""
    frame, entry = Frame.of(call), visible_project(call, project)
    return [
        {**views.component(frame, row), "project": entry.key, "projectId": int(entry.id), "isAssigneeTypeValid": False}
        for row in call.site.project_components(entry.key)
    ]


ROUTES = (
    Route("GET", "/rest/api/{v}/project/search", search),
    Route("GET", "/rest/api/{v}/project/<project>", project),
    Route("GET", "/rest/api/{v}/project/<project>/versions", versions),
    Route("GET", "/rest/api/{v}/project/<project>/version", version_page),
    Route("GET", "/rest/api/{v}/project/<project>/components", components),
    Route("GET", "/rest/api/{v}/version/<id>", version),
    Route("GET", "/rest/api/{v}/version/<id>/relatedIssueCounts", related_counts),
    Route("GET", "/rest/api/{v}/version/<id>/unresolvedIssueCount", unresolved_count),
    Route("PUT", "/rest/api/{v}/version/<id>", update_version),
)
