"""Xray Cloud: a log-in, and a GraphQL address that knows the lists of tests and of runs."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Call, Refusal, Route
from pmbridge.sandbox.testapps.door import BearerDialect
from pmbridge.sandbox.testapps.state import CLIENT_ID, CLIENT_SECRET, TOKEN, AppRun, AppSite, AppTest

LIMIT = 100
Json = dict[str, Any]


def authenticate(call: Call[AppSite]) -> Any:
    """Trade client credentials for a token: a bare JSON string."""
    given = call.body or {}
    if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise Refusal(401, {"error": "Authentication failed. Invalid client credentials!"})
    return TOKEN


def graphql(call: Call[AppSite]) -> Any:
    """Answer the two questions a reader asks; lists are cut at a hundred."""
    asked = call.body or {}
    question, values = str(asked.get("query") or ""), asked.get("variables") or {}
    if "getTestRuns(" in question:
        test = (values.get("tests") or [""])[0]
        return {"data": {"getTestRuns": _runs(call.site, call.site.runs_of(test), int(values.get("start") or 0))}}
    if "getTests(" in question:
        return {"data": {"getTests": _tests(call.site, values)}}
    return {"errors": [{"message": "Cannot query this field."}], "data": None}


def _tests(site: AppSite, values: Json) -> Json:
    project = f'project = "{site.project}"' == values.get("jql")
    since = values.get("since")
    rows = [test for test in site.tests.values() if project and (not since or _touched(site, test) >= since)]
    start = int(values.get("start") or 0)
    shown = rows[start : start + LIMIT]
    return {"total": len(rows), "start": start, "limit": LIMIT, "results": [_test(site, test) for test in shown]}


def _touched(site: AppSite, test: AppTest) -> str:
    instants = [test.created, *(run.finished for run in site.runs_of(test.id) if run.finished)]
    return max(instants).strftime("%Y-%m-%dT%H:%M:%SZ")


def _test(site: AppSite, test: AppTest) -> Json:
    return {
        "issueId": test.id,
        "lastModified": _touched(site, test),
        "jira": {"key": test.key, "summary": test.name, "created": test.created.isoformat()},
        "coverableIssues": {"results": [{"issueId": id} for id in test.covers]},
        "testRuns": _runs(site, site.runs_of(test.id), 0),
    }


def _runs(site: AppSite, runs: list[AppRun], start: int) -> Json:
    return {"total": len(runs), "results": [_run(site, run) for run in runs[start : start + LIMIT]]}


def _run(site: AppSite, run: AppRun) -> Json:
    at = run.finished.isoformat().replace("+00:00", "Z") if run.finished else None
    return {
        "id": run.id,
        "status": {"name": run.status, "final": run.status not in ("TODO", "EXECUTING")},
        "startedOn": at,
        "finishedOn": at,
        "executedById": run.by,
        "defects": list(run.defects),
        "testExecution": {
            "issueId": run.cycle,
            "testEnvironments": [run.environment] if run.environment else [],
            "testPlans": {"results": [{"jira": {"key": plan}} for plan in site.plans_of(run.cycle)]},
            "jira": {"key": run.cycle, "fixVersions": [{"name": run.version}] if run.version else []},
        },
    }


DIALECT = BearerDialect(
    (
        Route("POST", "/api/v2/authenticate", authenticate, reads=True, open=True),
        Route("POST", "/api/v2/graphql", graphql, reads=True),
    )
)
