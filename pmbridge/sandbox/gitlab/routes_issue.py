"""The addresses of a sandbox GitLab's issues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pmbridge.sandbox.exchange import Answer, Route
from pmbridge.sandbox.gitlab import issue_view
from pmbridge.sandbox.gitlab.lookup import (
    GitlabCall,
    bad_request,
    body_object,
    caller,
    instant_of,
    listed_projects,
    not_found,
    visible_group,
    visible_issue,
    visible_project,
)
from pmbridge.sandbox.gitlab.paging import keyset, page
from pmbridge.sandbox.gitlab.quick_actions import Act, execute, extract
from pmbridge.sandbox.gitlab.records import Issue
from pmbridge.sandbox.gitlab.state import LINK_TYPES
from pmbridge.sandbox.gitlab.views import Frame

#: The attributes issues can be sorted by, and those a cursor can continue from.
_ORDERS = {"created_at": "created", "updated_at": "updated", "id": "id", "due_date": "due", "weight": "weight"}
_CURSOR_ORDERS = {"created_at", "updated_at", "id"}


def of_project(call: GitlabCall, id: str) -> Any:
    """List a project's issues, by page or by cursor."""
    home = visible_project(call, id)
    rows = _filtered(call, [row for row in call.site.issues.values() if row.project == home.id])
    order = call.text("order_by") or "created_at"
    if call.text("pagination") == "keyset" and order in _CURSOR_ORDERS:
        key = _key(call, order)
        return keyset(call, sorted(rows, key=key), key, _draw(call))
    return page(call, _sorted(call, rows), _draw(call))


def of_group(call: GitlabCall, id: str) -> Any:
    """List the issues of a group's projects, by page."""
    homes = {row.id for row in listed_projects(call, visible_group(call, id))}
    rows = [row for row in call.site.issues.values() if row.project in homes]
    return page(call, _sorted(call, _filtered(call, rows)), _draw(call))


def _draw(call: GitlabCall) -> Callable[[Issue], Any]:
    frame, details = Frame.of(call), call.flag("with_labels_details")
    return lambda row: issue_view.issue(frame, row, label_details=details)


def _filtered(call: GitlabCall, rows: list[Issue]) -> list[Issue]:
    for name, test in _FILTERS.items():
        value = call.text(name)
        if value is not None:
            fits = test(call, value)
            rows = [row for row in rows if fits(row)]
    iids = {int(iid) for iid in call.request.args.getlist("iids[]") if iid.isdigit()}
    return [row for row in rows if row.iid in iids] if iids else rows


def _sorted(call: GitlabCall, rows: list[Issue]) -> list[Issue]:
    return sorted(rows, key=_key(call, call.text("order_by") or "created_at"))


def _key(call: GitlabCall, order: str) -> Callable[[Issue], tuple[int, int]]:
    """Make a sorting key of whole numbers, in microseconds or days where it is a time."""
    if order not in _ORDERS:
        raise bad_request("order_by does not have a valid value")
    sign = 1 if call.text("sort") == "asc" else -1
    attribute = _ORDERS[order]
    return lambda row: (sign * _whole(getattr(row, attribute)), sign * row.id)


def _whole(value: Any) -> int:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000)
    return value.toordinal() if isinstance(value, date) else int(value or 0)


Fits = Callable[[Issue], bool]


def _state(call: GitlabCall, value: str) -> Fits:
    return lambda row: value == "all" or row.state == value


def _type(call: GitlabCall, value: str) -> Fits:
    return lambda row: row.type == value


def _labels(call: GitlabCall, value: str) -> Fits:
    if value in ("None", "Any"):
        return lambda row: bool(row.labels) == (value == "Any")
    wanted = set(value.split(","))
    return lambda row: wanted <= set(row.labels)


def _milestone(call: GitlabCall, value: str) -> Fits:
    if value in ("None", "Any"):
        return lambda row: (row.milestone is not None) == (value == "Any")
    ids = {row.id for row in call.site.milestones.values() if row.title == value}
    return lambda row: row.milestone in ids


def _confidential(call: GitlabCall, value: str) -> Fits:
    return lambda row: row.confidential == (value == "true")


def _since(attribute: str) -> Callable[[GitlabCall, str], Fits]:
    def since(call: GitlabCall, value: str) -> Fits:
        edge = instant_of(value, f"{attribute}_after")
        return lambda row: bool(getattr(row, attribute) >= edge)

    return since


def _until(attribute: str) -> Callable[[GitlabCall, str], Fits]:
    def until(call: GitlabCall, value: str) -> Fits:
        edge = instant_of(value, f"{attribute}_before")
        return lambda row: bool(getattr(row, attribute) <= edge)

    return until


_FILTERS: dict[str, Callable[[GitlabCall, str], Fits]] = {
    "state": _state,
    "issue_type": _type,
    "labels": _labels,
    "milestone": _milestone,
    "confidential": _confidential,
    "updated_after": _since("updated"),
    "updated_before": _until("updated"),
    "created_after": _since("created"),
    "created_before": _until("created"),
}


def statistics(call: GitlabCall, id: str) -> Any:
    """Count a project's issues."""
    home = visible_project(call, id)
    rows = _filtered(call, [row for row in call.site.issues.values() if row.project == home.id])
    opened = sum(row.state == "opened" for row in rows)
    return {"statistics": {"counts": {"all": len(rows), "closed": len(rows) - opened, "opened": opened}}}


def show(call: GitlabCall, id: str, iid: int) -> Any:
    """Show an issue."""
    return _draw(call)(visible_issue(call, id, iid))


def update(call: GitlabCall, id: str, iid: int) -> Any:
    """Change what the request names; commands in a description are carried out."""
    issue, asked = visible_issue(call, id, iid), body_object(call)
    for name in asked:
        if name not in _CHANGES:
            continue
        _CHANGES[name](Act(call.site, issue, call.site.clock.now(), caller(call)), asked[name])
    return _draw(call)(issue)


def _names(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value or []
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise bad_request("labels is invalid")
    return [name.strip() for name in parts if name.strip()]


def _set_labels(act: Act, value: Any) -> None:
    wanted = _names(value)
    _remove_labels(act, [name for name in act.issue.labels if name not in wanted])
    _add_labels(act, wanted)


def _add_labels(act: Act, value: Any) -> None:
    act.site.add_labels(act.issue.id, _names(value), at=act.at, by=act.by)


def _remove_labels(act: Act, value: Any) -> None:
    act.site.remove_labels(act.issue.id, _names(value), at=act.at, by=act.by)


def _set_state(act: Act, value: Any) -> None:
    if value not in ("close", "reopen"):
        raise bad_request("state_event does not have a valid value")
    change = act.site.close_issue if value == "close" else act.site.reopen_issue
    change(act.issue.id, at=act.at, by=act.by)


def _set_description(act: Act, value: Any) -> None:
    remains, commands = extract(str(value or ""))
    act.site.edit(act.issue.id, at=act.at, by=act.by, description=remains)
    execute(act, commands)


def _set_title(act: Act, value: Any) -> None:
    act.site.edit(act.issue.id, at=act.at, by=act.by, title=str(value))


def _number(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad_request(f"{name} is invalid") from None


def _set_milestone(act: Act, value: Any) -> None:
    known = act.site.milestones.get(_number("milestone_id", value or 0))
    act.site.set_milestone(act.issue.id, known.id if known else None, at=act.at, by=act.by)


def _set_weight(act: Act, value: Any) -> None:
    act.site.set_weight(act.issue.id, None if value is None else _number("weight", value), at=act.at, by=act.by)


_CHANGES: dict[str, Callable[[Act, Any], None]] = {
    "labels": _set_labels,
    "remove_labels": _remove_labels,
    "add_labels": _add_labels,
    "state_event": _set_state,
    "description": _set_description,
    "title": _set_title,
    "milestone_id": _set_milestone,
    "weight": _set_weight,
}


def links(call: GitlabCall, id: str, iid: int) -> Any:
    """List the issues an issue is linked to."""
    frame, issue = Frame.of(call), visible_issue(call, id, iid)
    return [issue_view.linked(frame, issue, link) for link in issue.links]


def create_link(call: GitlabCall, id: str, iid: int) -> Any:
    """Link two issues; 409 when they are linked already."""
    source, asked = visible_issue(call, id, iid), body_object(call)
    try:
        target = visible_issue(call, str(asked["target_project_id"]), int(asked["target_issue_iid"]))
    except (KeyError, TypeError, ValueError):
        raise not_found("Issue") from None
    if any(target.id in (link.source, link.target) for link in source.links):
        return Answer({"message": "Issue(s) already assigned"}, 409)
    kind = str(asked.get("link_type") or "relates_to")
    if kind not in LINK_TYPES:
        raise bad_request("link_type does not have a valid value")
    call.site.link_issues(source.id, target.id, kind, at=call.site.clock.now(), by=caller(call))
    ends = {"source_issue": source, "target_issue": target}
    drawn = {name: issue_view.brief(Frame.of(call), end) for name, end in ends.items()}
    return Answer({**drawn, "link_type": kind}, 201)


_ISSUE = "/api/v4/projects/<id>/issues/<int:iid>"
ROUTES = (
    Route("GET", "/api/v4/projects/<id>/issues", of_project),
    Route("GET", "/api/v4/groups/<id>/issues", of_group),
    Route("GET", "/api/v4/projects/<id>/issues_statistics", statistics),
    Route("GET", _ISSUE, show),
    Route("PUT", _ISSUE, update),
    Route("GET", f"{_ISSUE}/links", links),
    Route("POST", f"{_ISSUE}/links", create_link),
)
