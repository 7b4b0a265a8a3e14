"""Zephyr Scale, on Cloud and on Data Center."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pmbridge.sandbox.exchange import Call, Route
from pmbridge.sandbox.testapps.door import BearerDialect
from pmbridge.sandbox.testapps.state import AppRun, AppSite, AppTest

Json = dict[str, Any]


def _paged(call: Call[AppSite], rows: Sequence[Json]) -> Json:
    start, size = call.integer("startAt", 0), call.integer("maxResults", 10, 1000)
    last = start + size >= len(rows)
    return {
        "startAt": start,
        "maxResults": size,
        "total": len(rows),
        "isLast": last,
        "values": rows[start : start + size],
    }


def _here(call: Call[AppSite]) -> bool:
    return call.text("projectKey") == call.site.project or f'"{call.site.project}"' in (call.text("query") or "")


def statuses(call: Call[AppSite]) -> Any:
    """List statuses by id."""
    return _paged(call, [{"id": place, "name": name} for place, name in enumerate(call.site.statuses)])


def cases(call: Call[AppSite]) -> Any:
    """List test cases with their links."""
    return _paged(call, [_case(test) for test in call.site.tests.values()] if _here(call) else [])


def _case(test: AppTest) -> Json:
    links = {"issues": [{"issueId": int(id), "type": "COVERAGE"} for id in test.covers]}
    return {"id": int(test.id), "key": test.key, "name": test.name, "createdOn": _stamp(test.created), "links": links}


def executions(call: Call[AppSite]) -> Any:
    """List executions, cut to those that ended after an instant."""
    after = call.text("actualEndDateAfter")
    rows = [
        run for run in call.site.runs if _here(call) and (not after or (run.finished and _stamp(run.finished) >= after))
    ]
    return _paged(call, [_execution(call, run) for run in rows])


def _execution(call: Call[AppSite], run: AppRun) -> Json:
    return {
        "id": int(run.id),
        "testCase": {"self": f"{call.base}/v2/testcases/{call.site.tests[run.test].key}/versions/1"},
        "testExecutionStatus": {
            "id": list(call.site.statuses).index(run.status) if run.status in call.site.statuses else -1
        },
        "actualEndDate": _stamp(run.finished) if run.finished else None,
        "environment": {"name": run.environment} if run.environment else None,
        "executedById": run.by,
        "testCycle": {"id": _id(run.cycle), "self": f"{call.base}/v2/testcycles/{_id(run.cycle)}"},
    }


def plans(call: Call[AppSite]) -> Any:
    """List test plans with the cycles linked to them."""
    rows = [
        {"id": place, "key": key, "links": {"testCycles": [{"testCycleId": _id(cycle)} for cycle in cycles]}}
        for place, (key, cycles) in enumerate(call.site.plans.items())
    ]
    return _paged(call, rows if _here(call) else [])


def search_plans(call: Call[AppSite]) -> Any:
    """Search test plans; the runs in them come with their keys."""
    rows = [{"key": key, "testRuns": [{"key": cycle} for cycle in own]} for key, own in call.site.plans.items()]
    return _cut(call, rows if _here(call) else [])


def _id(cycle: str) -> int:
    return int(cycle.rpartition("-")[2])


def search_cases(call: Call[AppSite]) -> Any:
    """Search test cases; the links are keys of issues."""
    rows = [
        {"key": t.key, "name": t.name, "createdOn": _stamp(t.created), "issueLinks": list(t.covers)}
        for t in call.site.tests.values()
    ]
    return _cut(call, rows if _here(call) else [])


def search_runs(call: Call[AppSite]) -> Any:
    """Search test runs, which Cloud calls cycles."""
    cycles: dict[str, list[AppRun]] = {}
    for run in call.site.runs:
        cycles.setdefault(run.cycle, []).append(run)
    rows = [
        {"key": key, "version": own[0].version, "updatedOn": max(_stamp(r.finished) for r in own if r.finished)}
        for key, own in cycles.items()
    ]
    return _cut(call, rows if _here(call) else [])


def results(call: Call[AppSite], key: str) -> Any:
    """List the results of a test run."""
    return [
        {
            "id": int(run.id),
            "testCaseKey": call.site.tests[run.test].key,
            "status": run.status,
            "actualEndDate": _stamp(run.finished) if run.finished else None,
            "environment": run.environment,
            "executedBy": run.by,
            "issueLinks": list(run.defects),
        }
        for run in call.site.runs
        if run.cycle == key
    ]


def _cut(call: Call[AppSite], rows: Sequence[Json]) -> Sequence[Json]:
    start = call.integer("startAt", 0)
    return rows[start : start + call.integer("maxResults", 200, 1000)]


def _stamp(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))


CLOUD = BearerDialect(
    (
        Route("GET", "/v2/statuses", statuses),
        Route("GET", "/v2/testcases", cases),
        Route("GET", "/v2/testexecutions", executions),
        Route("GET", "/v2/testplans", plans),
    ),
    "message",
)
SERVER = BearerDialect(
    (
        Route("GET", "/rest/atm/1.0/testcase/search", search_cases),
        Route("GET", "/rest/atm/1.0/testrun/search", search_runs),
        Route("GET", "/rest/atm/1.0/testplan/search", search_plans),
        Route("GET", "/rest/atm/1.0/testrun/<key>/testresults", results),
    )
)
