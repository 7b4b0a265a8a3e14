"""The addresses of a sandbox Jira's changelogs and worklogs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.jira import views
from pmbridge.sandbox.jira.lookup import JiraCall, body_object, listed, refusal, visible_issue
from pmbridge.sandbox.jira.paging import number, page, seal, unseal, window
from pmbridge.sandbox.jira.records import History, Issue, Worklog
from pmbridge.sandbox.jira.routes_search import named_issues
from pmbridge.sandbox.jira.views import Frame

_MOST_ISSUES, _MOST_FIELDS, _MOST_HISTORIES = 1000, 10, 10_000
_MOST_WORKLOGS = 1000


def changelog(call: JiraCall, issue: str) -> Any:
    """List an issue's edits, the oldest first."""
    frame, entry = Frame.of(call), visible_issue(call, issue)
    return page(call, entry.histories, lambda row: views.history(frame, row), default=100, most=100)


def bulk_changelog(call: JiraCall) -> Any:
    """List the edits of many issues in one order of time, cut to the named fields."""
    asked = body_object(call)
    names, fields = listed(asked, "issueIdsOrKeys"), listed(asked, "fieldIds")
    if not 0 < len(names) <= _MOST_ISSUES:
        raise refusal(400, f"Between 1 and {_MOST_ISSUES} issue ids or keys are needed.")
    if len(fields) > _MOST_FIELDS:
        raise refusal(400, f"At most {_MOST_FIELDS} field ids may be given.")
    issues, _ = named_issues(call, names)
    rows = sorted(_edits(issues, frozenset(fields)), key=lambda row: (row[1].at, int(row[0]), row[1].id))
    size = number(asked.get("maxResults"), 1000, _MOST_HISTORIES)
    token = asked.get("nextPageToken")
    start = unseal(token, int) if token else 0
    answer: dict[str, Any] = {"issueChangeLogs": _grouped(Frame.of(call), rows[start : start + size])}
    if start + size < len(rows):
        answer["nextPageToken"] = seal(start + size)
    return answer


def _edits(issues: list[Issue], fields: frozenset[str]) -> list[tuple[str, History]]:
    found = []
    for issue in issues:
        for history in issue.histories:
            items = tuple(item for item in history.items if not fields or (item.field_id or item.field) in fields)
            if items:
                found.append((issue.id, replace(history, items=items)))
    return found


def _grouped(frame: Frame, rows: list[tuple[str, History]]) -> list[dict[str, Any]]:
    by_issue = sorted(rows, key=lambda row: int(row[0]))
    return [
        {"issueId": id, "changeHistories": [views.history(frame, row[1], epoch=True) for row in group]}
        for id, group in groupby(by_issue, key=lambda row: row[0])
    ]


def issue_worklogs(call: JiraCall, issue: str) -> Any:
    """List an issue's worklogs."""
    frame, entry = Frame.of(call), visible_issue(call, issue)
    after = call.integer("startedAfter", 0)
    rows = [row for row in entry.worklogs if _epoch(row.started) >= after]
    start, size, chosen = window(call, rows, default=5000, most=5000)
    drawn = [views.worklog(frame, row) for row in chosen]
    return {"startAt": start, "maxResults": size, "total": len(rows), "worklogs": drawn}


def updated_worklogs(call: JiraCall) -> Any:
    """List the ids of the worklogs entered since an instant, the oldest first."""
    return _changed(call, [(row.at, row.id) for row in _visible(call)])


def deleted_worklogs(call: JiraCall) -> Any:
    """List the ids of the worklogs deleted since an instant, the oldest first."""
    return _changed(call, call.site.deleted_worklogs)


def _changed(call: JiraCall, found: Iterable[tuple[datetime, str]]) -> dict[str, Any]:
    since, most = call.integer("since", 0), call.site.worklog_page
    rows = sorted((_epoch(at), int(id)) for at, id in found if _epoch(at) >= since)
    chosen, last = rows[:most], len(rows) <= most
    until = chosen[-1][0] if chosen else since
    address = f"{call.base}{call.request.path}?since="
    values = [{"worklogId": id, "updatedTime": at, "properties": []} for at, id in chosen]
    answer = {"values": values, "since": since, "until": until, "self": f"{address}{since}", "lastPage": last}
    return answer if last else {**answer, "nextPage": f"{address}{until}"}


def listed_worklogs(call: JiraCall) -> Any:
    """Show worklogs by their ids."""
    frame, ids = Frame.of(call), listed(body_object(call), "ids")
    if len(ids) > _MOST_WORKLOGS:
        raise refusal(400, f"At most {_MOST_WORKLOGS} worklog ids are needed.")
    wanted = {str(id) for id in ids}
    return [views.worklog(frame, row) for row in _visible(call) if row.id in wanted]


def _visible(call: JiraCall) -> list[Worklog]:
    issues = call.site.issues
    return [row for row in call.site.worklogs.values() if call.token.sees(issues[row.issue].project)]


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


ROUTES = (
    Route("GET", "/rest/api/{v}/issue/<issue>/changelog", changelog),
    Route("POST", "/rest/api/{v}/changelog/bulkfetch", bulk_changelog, reads=True),
    Route("GET", "/rest/api/{v}/issue/<issue>/worklog", issue_worklogs),
    Route("GET", "/rest/api/{v}/worklog/updated", updated_worklogs),
    Route("GET", "/rest/api/{v}/worklog/deleted", deleted_worklogs),
    Route("POST", "/rest/api/{v}/worklog/list", listed_worklogs, reads=True),
)
