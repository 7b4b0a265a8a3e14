"""The test reports of a project's pipelines as tests and executions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import TYPE_CHECKING

from pmbridge.connector import Evidence
from pmbridge.errors import NotFound, PermissionDenied
from pmbridge.model import Execution, ExecutionStatus, Origin, TestCase
from pmbridge_gitlab import paths
from pmbridge_gitlab.artifacts import Artifacts
from pmbridge_gitlab.rows import Row, instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.lookout import Lookout
    from pmbridge_gitlab.settings import PipelineSettings

#: Pipelines in these states have said all they will say.
_FINISHED = frozenset({"success", "failed", "canceled"})
_STATUSES = {
    "success": ExecutionStatus.PASS,
    "failed": ExecutionStatus.FAIL,
    "error": ExecutionStatus.FAIL,
    "skipped": ExecutionStatus.SKIPPED,
}
_NOTE, _LONGEST = 300, 300
#: How far before the last run one looks again: a pipeline is listed long before it has finished.
_OVERLAP = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class PipelineReports:
    """Reads the summary of each finished pipeline of the mapped branches, and the detail of the mapped suites only."""

    client: GitlabClient
    source: str
    settings: PipelineSettings
    lookout: Lookout | None = None

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        """Yield the tests of each pipeline, oldest first; one request where nothing has run."""
        try:
            rows = self._pipelines(project, since)
        except (NotFound, PermissionDenied) as error:
            yield Evidence(notes=(_denied(project, error),))
            return
        for row in sorted(rows, key=lambda row: int(row["id"])):
            try:
                yield self._report(project, row)
            except (NotFound, PermissionDenied) as error:
                yield Evidence(notes=(_denied(f"pipeline {row['id']} of {project}", error),))
                return

    def _pipelines(self, project: str, since: datetime | None) -> list[Row]:
        edge = None if since is None else since - _OVERLAP
        seen = self.lookout.take(project, "pipelines") if self.lookout else None
        listed = seen.pipelines if seen is not None else None
        if listed is None:
            listed = self._listed(project, edge)
        elif edge is not None:
            listed = [row for row in listed if instant(row["updated_at"]) >= edge]
        fitting = [row for row in listed if row.get("status") in _FINISHED and self._is_mapped(row)]
        return fitting[: self.settings.latest]

    def _listed(self, project: str, edge: datetime | None) -> list[Row]:
        asked = {"order_by": "id", "sort": "desc"}
        if edge is not None:
            asked["updated_after"] = edge.isoformat().replace("+00:00", "Z")
        return self.client.page(f"{paths.project(project)}/pipelines", asked).rows

    def _is_mapped(self, row: Row) -> bool:
        return any(fnmatchcase(str(row.get("ref") or ""), word) for word in self.settings.refs)

    def _report(self, project: str, row: Row) -> Evidence:
        address = f"{paths.project(project)}/pipelines/{row['id']}"
        try:
            summary = self.client.get(f"{address}/test_report_summary")
            found = summary.get("test_suites") or ()
            wanted = [suite for suite in found if self._suite_is_mapped(suite)]
            if not found:
                return self._files(project, row)
            if not any(suite.get("total_count") or suite.get("suite_error") for suite in wanted):
                return Evidence()
            detail = self.client.get(f"{address}/test_report")
        except NotFound:
            if not self.settings.artifacts:
                raise
            return self._files(project, row)
        suites = [suite for suite in detail.get("test_suites") or () if self._suite_is_mapped(suite)]
        tests, runs = _read(suites, self.source, project, row)
        return Evidence(tests=tuple(tests.values()), executions=tuple(runs.values()))

    def _files(self, project: str, row: Row) -> Evidence:
        return Artifacts(self.client, self.source, self.settings.artifacts).of(project, row)

    def _suite_is_mapped(self, suite: Row) -> bool:
        name = str(suite.get("name") or "").casefold()
        return any(fnmatchcase(name, word.casefold()) for word in self.settings.suites)


def _denied(what: str, error: Exception) -> str:
    return f"Test reports of {what} were not read: {error} Give the token's account the role Reporter there."


def _read(
    suites: Sequence[Row], source: str, project: str, pipeline: Row
) -> tuple[dict[str, TestCase], dict[str, Execution]]:
    tests: dict[str, TestCase] = {}
    runs: dict[str, Execution] = {}
    for suite in suites:
        for case in _cases(suite):
            test = _test(case, suite, source, project)
            run = _run(case, test, pipeline)
            tests[test.id] = test
            before = runs.get(run.id)
            if before is None or _worse(run, before):
                runs[run.id] = run
    return tests, runs


def _cases(suite: Row) -> Iterator[Row]:
    """Yield a suite's cases; an error outside of them is a failed case of its own."""
    yield from suite.get("test_cases") or ()
    if suite.get("suite_error"):
        name = f"{suite.get('name')} (outside its cases)"
        yield {"name": name, "status": "error", "system_output": suite["suite_error"]}


def _worse(run: Execution, other: Execution) -> bool:
    """Of two results of one test in one pipeline the worse one counts."""
    order = (ExecutionStatus.FAIL, ExecutionStatus.SKIPPED, ExecutionStatus.UNKNOWN, ExecutionStatus.PASS)
    return order.index(run.status) < order.index(other.status)


def _test(case: Row, suite: Row, source: str, project: str) -> TestCase:
    name, classname = str(case.get("name") or "without a name"), str(case.get("classname") or "")
    suite_name = str(suite.get("name") or "")
    id_ = f"{project}::{suite_name}::{classname}::{name}"
    return TestCase(
        source=source,
        id=id_ if len(id_) <= _LONGEST else f"{id_[: _LONGEST - 17]}-{_short(id_)}",
        key=name[:120],
        title=name[:_LONGEST],
        origin=Origin.PIPELINE,
        project=project,
        suite=suite_name,
    )


def _run(case: Row, test: TestCase, pipeline: Row) -> Execution:
    output = case.get("system_output")
    return Execution(
        source=test.source,
        id=_short(f"{pipeline['id']} {test.id}"),
        test=test.id,
        status=_STATUSES.get(str(case.get("status")), ExecutionStatus.UNKNOWN),
        at=instant(pipeline.get("updated_at") or pipeline["created_at"]),
        build=f"pipeline {pipeline['id']}",
        commit=pipeline.get("sha"),
        note=str(output)[:_NOTE] if output else None,
    )


def _short(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
