"""The addresses of a sandbox GitLab's releases, deployments and pipelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Response

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.lookup import GitlabCall, bad_request, instant, not_found, visible_project
from pmbridge.sandbox.gitlab.paging import page
from pmbridge.sandbox.gitlab.records import Deployment, Pipeline
from pmbridge.sandbox.gitlab.views import Frame, Json

_COUNTS = ("success", "failed", "skipped", "error")


def releases(call: GitlabCall, id: str) -> Any:
    """List a project's releases, by default the newest first."""
    frame, home = Frame.of(call), visible_project(call, id)
    rows = [row for row in call.site.releases if row.project == home.id]
    ordered = sorted(rows, key=lambda row: row.released_at, reverse=call.text("sort") != "asc")
    return page(call, ordered, lambda row: views.release(frame, row))


def environments(call: GitlabCall, id: str) -> Any:
    """List a project's environments."""
    frame, home = Frame.of(call), visible_project(call, id)
    rows = [row for row in call.site.environments.values() if row.project == home.id]
    return page(call, rows, lambda row: views.environment(frame, row))


def deployments(call: GitlabCall, id: str) -> Any:
    """List a project's deployments, cut to an environment, a status and a time."""
    frame, home, order = Frame.of(call), visible_project(call, id), _order(call)
    environment, status = call.text("environment"), call.text("status")
    finished, updated = instant(call, "finished_after"), instant(call, "updated_after")
    rows = [
        row
        for row in call.site.deployments.values()
        if row.project == home.id
        and environment in (None, call.site.environments[row.environment].name)
        and status in (None, row.status)
        and (finished is None or (row.finished_at is not None and row.finished_at >= finished))
        and (updated is None or row.updated >= updated)
    ]
    ordered = sorted(rows, key=order, reverse=call.text("sort") == "desc")
    return page(call, ordered, lambda row: views.deployment(frame, row))


_ORDERS: dict[str, Callable[[Deployment], tuple[Any, int]]] = {
    "id": lambda row: (row.id, row.id),
    "iid": lambda row: (row.iid, row.id),
    "created_at": lambda row: (row.created, row.id),
    "updated_at": lambda row: (row.updated, row.id),
    "finished_at": lambda row: (row.finished_at or row.updated, row.id),
    "ref": lambda row: (row.ref, row.id),
}


def _order(call: GitlabCall) -> Callable[[Deployment], tuple[Any, int]]:
    """Return the order asked for; a time that is cut to must be ordered by, as the server has it."""
    order = call.text("order_by") or "id"
    for cut, by in (("updated_after", "updated_at"), ("finished_after", "finished_at")):
        if call.text(cut) and order != by:
            raise bad_request(f"Both `{by}` filter and `{by}` sort must be specified")
    if call.text("finished_after") and call.text("status") != "success":
        raise bad_request("`finished_at` filter must be combined with `success` status filter.")
    if order not in _ORDERS:
        raise bad_request("order_by does not have a valid value")
    return _ORDERS[order]


def pipelines(call: GitlabCall, id: str) -> Any:
    """List a project's pipelines, cut to a ref and a status, the newest first."""
    frame, home = Frame.of(call), visible_project(call, id)
    ref, status, after = call.text("ref"), call.text("status"), instant(call, "updated_after")
    rows = [
        row
        for row in call.site.pipelines.values()
        if row.project == home.id
        and ref in (None, row.ref)
        and status in (None, row.status)
        and (after is None or row.at >= after)
    ]
    ordered = sorted(rows, key=lambda row: row.id, reverse=call.text("sort") != "asc")
    return page(call, ordered, lambda row: views.pipeline(frame, row))


def _visible(call: GitlabCall, id: str, pipeline: int) -> Pipeline:
    home, row = visible_project(call, id), call.site.pipelines.get(pipeline)
    if row is None or row.project != home.id:
        raise not_found("Pipeline")
    return row


def show_pipeline(call: GitlabCall, id: str, pipeline: int) -> Any:
    """Show a pipeline."""
    row = _visible(call, id, pipeline)
    more = {"finished_at": views.stamp(row.at), "started_at": views.stamp(row.at), "tag": False}
    return {**views.pipeline(Frame.of(call), row), **more}


def test_report(call: GitlabCall, id: str, pipeline: int) -> Any:
    """Show every test case of a pipeline."""
    suites = [_suite(suite) for suite in _visible(call, id, pipeline).test_suites]
    names = ("total_time", *(f"{name}_count" for name in ("total", *_COUNTS)))
    return {**{name: sum(suite[name] for suite in suites) for name in names}, "test_suites": suites}


def _suite(suite: Mapping[str, Any]) -> Json:
    cases = [_case(case, suite["name"]) for case in suite.get("cases", ())]
    return {**_counted(suite["name"], cases), "suite_error": None, "test_cases": cases}


def _case(case: Mapping[str, Any], suite: str) -> Json:
    return {
        "status": case.get("status", "success"),
        "name": case["name"],
        "classname": case.get("classname", suite),
        "file": case.get("file"),
        "execution_time": case.get("execution_time", 0.0),
        "system_output": case.get("system_output"),
        "stack_trace": case.get("stack_trace"),
    }


def _counted(name: str, cases: list[Json]) -> Json:
    counts = Counter(case["status"] for case in cases)
    return {
        "name": name,
        "total_time": sum(case["execution_time"] for case in cases),
        "total_count": len(cases),
        **{f"{status}_count": counts[status] for status in _COUNTS},
    }


def test_report_summary(call: GitlabCall, id: str, pipeline: int) -> Any:
    """Show the counts of a pipeline's tests."""
    suites = []
    for suite in _visible(call, id, pipeline).test_suites:
        cases = [_case(case, suite["name"]) for case in suite.get("cases", ())]
        suites.append({**_counted(suite["name"], cases), "build_ids": [pipeline], "suite_error": None})
    total = {name: sum(suite[f"{name}_count"] for suite in suites) for name in _COUNTS}
    whole = {
        "time": sum(suite["total_time"] for suite in suites),
        "count": sum(suite["total_count"] for suite in suites),
    }
    return {"total": {**whole, **total, "suite_error": None}, "test_suites": suites}


def jobs(call: GitlabCall, id: str, pipeline: int) -> Any:
    """List a pipeline's jobs; their ids are made from its own."""
    row = _visible(call, id, pipeline)
    return page(call, list(enumerate(row.artifacts, 1)), lambda job: _job(row, *job))


def _job(row: Pipeline, place: int, name: str) -> Json:
    at = views.stamp(row.at)
    return {
        "id": row.id * 100 + place,
        "name": name,
        "stage": "test",
        "status": row.status,
        "ref": row.ref,
        "tag": False,
        "created_at": at,
        "started_at": at,
        "finished_at": at,
        "artifacts": [{"file_type": "archive", "size": 1000, "filename": "artifacts.zip", "file_format": "zip"}],
    }


def artifact(call: GitlabCall, id: str, job: int, path: str) -> Any:
    """Show a file that a job kept, as it is."""
    row = _visible(call, id, job // 100)
    names = list(row.artifacts)
    place = job % 100 - 1
    if not 0 <= place < len(names) or path not in row.artifacts[names[place]]:
        raise not_found("File")
    return Response(row.artifacts[names[place]][path], mimetype="application/octet-stream")


_PIPELINE = "/api/v4/projects/<id>/pipelines/<int:pipeline>"
ROUTES = (
    Route("GET", "/api/v4/projects/<id>/releases", releases),
    Route("GET", "/api/v4/projects/<id>/environments", environments),
    Route("GET", "/api/v4/projects/<id>/deployments", deployments),
    Route("GET", "/api/v4/projects/<id>/pipelines", pipelines),
    Route("GET", _PIPELINE, show_pipeline),
    Route("GET", f"{_PIPELINE}/jobs", jobs),
    Route("GET", "/api/v4/projects/<id>/jobs/<int:job>/artifacts/<path:path>", artifact),
    Route("GET", f"{_PIPELINE}/test_report", test_report),
    Route("GET", f"{_PIPELINE}/test_report_summary", test_report_summary),
)
