"""Xray on Data Center: the addresses below Jira's own that know test executions, and the search they need."""

from __future__ import annotations

import re
from typing import Any

from pmbridge.sandbox.exchange import Call, Refusal, Route
from pmbridge.sandbox.testapps.door import BearerDialect
from pmbridge.sandbox.testapps.state import AppRun, AppSite


def statuses(call: Call[AppSite]) -> Any:
    """List the site's statuses with what each means for a requirement."""
    return [
        {"id": place, "name": name, "final": name not in ("TODO", "EXECUTING"), "requirementStatusName": means}
        for place, (name, means) in enumerate(call.site.statuses.items())
    ]


def tests(call: Call[AppSite], key: str) -> Any:
    """List the runs of a test execution, page by page; details only if asked for."""
    rows = [run for run in call.site.runs if run.cycle == key]
    size, page = call.integer("limit", 50, 200), call.integer("page", 1)
    shown = rows[(page - 1) * size : page * size]
    return [_row(call.site, run, detailed=call.flag("detailed")) for run in shown]


def run(call: Call[AppSite]) -> Any:
    """Show the run of a test in an execution."""
    for one in call.site.runs:
        if (one.cycle, call.site.tests[one.test].key) == (call.text("testExecIssueKey"), call.text("testIssueKey")):
            return _row(call.site, one, detailed=True)
    raise Refusal(404, {"error": "Test run not found."})


def _row(site: AppSite, run: AppRun, *, detailed: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"id": int(run.id), "key": site.tests[run.test].key, "rank": 1, "status": run.status}
    if detailed:
        at = run.finished.isoformat() if run.finished else None
        row |= {"startedOn": at, "finishedOn": at, "executedBy": run.by}
        row["defects"] = [{"key": key} for key in run.defects]
        row["testEnvironments"] = [run.environment] if run.environment else []
    return row


def plan(call: Call[AppSite], key: str) -> Any:
    """List the test executions of a plan."""
    if key not in call.site.plans:
        raise Refusal(404, {"error": "Test plan not found."})
    return [{"id": cycle, "key": cycle, "testEnvironments": []} for cycle in call.site.plans[key]]


def search(call: Call[AppSite]) -> Any:
    """Answer the searches a reader sends: for the executions and the plans of a project, and for tests by key."""
    jql = call.text("jql") or ""
    site, keys = call.site, re.search(r"key in \(([^)]*)\)", jql)
    if keys:
        wanted = {key.strip() for key in keys[1].split(",")}
        found = [{"id": test.id, "key": test.key, "fields": {}} for test in site.tests.values() if test.key in wanted]
    elif f'project = "{site.project}"' in jql and "Test Plan" in jql:
        found = [{"id": key, "key": key, "fields": {}} for key in site.plans]
    elif f'project = "{site.project}"' in jql and "Test Execution" in jql:
        cycles = {run.cycle: run.version for run in site.runs}
        found = [
            {"id": cycle, "key": cycle, "fields": {"fixVersions": [{"name": version}] if version else []}}
            for cycle, version in cycles.items()
        ]
    else:
        raise Refusal(400, {"errorMessages": ["The project does not exist."], "errors": {}})
    start, size = call.integer("startAt", 0), call.integer("maxResults", 50, 1000)
    return {"startAt": start, "maxResults": size, "total": len(found), "issues": found[start : start + size]}


DIALECT = BearerDialect(
    (
        Route("GET", "/rest/raven/1.0/api/settings/teststatuses", statuses),
        Route("GET", "/rest/raven/1.0/api/testexec/<key>/test", tests),
        Route("GET", "/rest/raven/1.0/api/testrun", run),
        Route("GET", "/rest/raven/1.0/api/testplan/<key>/testexecution", plan),
        Route("GET", "/rest/api/2/search", search),
    )
)
