"""Tests and runs of Xray on Data Center, which lives in Jira and takes its account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Evidence
from pmbridge.model import Execution, ExecutionStatus, Origin, TestCase
from pmbridge_jira.app_results import moment, pages, status_of
from pmbridge_jira.shape import Json, expected, listing

if TYPE_CHECKING:
    from pmbridge_jira.client import Client

_RAVEN = "/rest/raven/1.0/api"
_PAGE = 100
_REMEDY = "Is Xray installed, and may the account browse the project's test executions?"


class XrayServer:
    """Reads the test executions of a project and, of each, its runs; coverage is in Jira's own links of tests."""

    def __init__(self, source: str, client: Client, browse: str = "") -> None:
        self._source = source
        self._client = client
        self._browse = browse

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        """Yield the runs of every test execution, or of those updated since an instant."""
        return pages(self._pages(project, since), [], f"Xray for {project}", _REMEDY)

    def _pages(self, project: str, since: datetime | None) -> Iterator[Evidence]:
        with expected(self._source, "Xray's statuses"):
            meanings, plans = self._meanings(), self._plans(project)
        bound = f" AND updated >= {int(since.timestamp() * 1000)}" if since else ""
        jql = f'project = "{project}" AND issuetype = "Test Execution"{bound} ORDER BY created ASC'
        for execution in self._search(jql, "fixVersions"):
            with expected(self._source, f"Xray's test execution {execution.get('key')}"):
                yield self._execution(execution, project, meanings, plans)

    def _execution(
        self, execution: Json, project: str, meanings: Mapping[str, str], plans: Mapping[str, Sequence[str]]
    ) -> Evidence:
        rows = list(self._rows(str(execution["key"])))
        ids = self._ids([str(row["key"]) for row in rows])
        tests = tuple(self._test(row, ids[row["key"]], project) for row in rows if row["key"] in ids)
        made = (self._run(row, ids[row["key"]], execution, meanings) for row in rows if row["key"] in ids)
        own = tuple(plans.get(str(execution["key"]), ()))
        runs = tuple(run.model_copy(update={"plans": own}) for run in made if run is not None)
        unseen = sorted(str(row["key"]) for row in rows if row["key"] not in ids)
        notes = (f"Xray names tests that Jira does not show: {', '.join(unseen[:3])}.",) if unseen else ()
        return Evidence(tests=tests, executions=runs, notes=notes)

    def _rows(self, key: str) -> Iterator[Json]:
        page = 1
        while True:
            rows = listing(
                self._client.get(f"{_RAVEN}/testexec/{key}/test", detailed="true", limit=_PAGE, page=page), "tests"
            )
            yield from rows
            if len(rows) < _PAGE:
                return
            page += 1

    def _test(self, row: Json, id_: str, project: str) -> TestCase:
        key = str(row["key"])
        return TestCase(
            source=self._source,
            id=id_,
            key=key,
            title=key,
            origin=Origin.XRAY,
            project=project,
            url=f"{self._browse}/browse/{key}" if self._browse else None,
        )

    def _run(self, row: Json, test: str, execution: Json, meanings: Mapping[str, str]) -> Execution | None:
        status = status_of(row.get("status"), meanings)
        if status is not ExecutionStatus.TODO and not row.get("finishedOn"):
            row = {**row, **self._detail(str(row["key"]), str(execution["key"]))}
        at = moment(row.get("finishedOn") or row.get("startedOn"))
        if at is None:
            return None
        versions = (execution.get("fields") or {}).get("fixVersions") or ()
        return Execution(
            source=self._source,
            id=f"xray:{row['id']}",
            test=test,
            status=status,
            at=at,
            version=str(versions[0]["name"]) if versions else None,
            environment=next(iter(row.get("testEnvironments") or ()), None),
            executor=row.get("executedBy"),
            defects=tuple(str(one["key"]) for one in row.get("defects") or () if one.get("key")),
        )

    def _detail(self, test: str, execution: str) -> Json:
        answer = self._client.get(f"{_RAVEN}/testrun", testExecIssueKey=execution, testIssueKey=test)
        return answer if isinstance(answer, dict) else {}

    def _plans(self, project: str) -> dict[str, list[str]]:
        """Return the keys of the test plans that each test execution was made for, one request a plan."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for plan in self._search(f'project = "{project}" AND issuetype = "Test Plan" ORDER BY created ASC', "created"):
            path = f"{_RAVEN}/testplan/{plan['key']}/testexecution"
            for row in listing(self._client.get(path), "test executions"):
                found[str(row["key"])].append(str(plan["key"]))
        return dict(found)

    def _meanings(self) -> dict[str, str]:
        """Return what a site's own statuses mean for a requirement: OK, NOK, NOTRUN and so on."""
        rows = listing(self._client.get(f"{_RAVEN}/settings/teststatuses"), "statuses")
        return {str(row["name"]).casefold(): str(row.get("requirementStatusName") or "") for row in rows}

    def _ids(self, keys: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(keys), _PAGE):
            some = ", ".join(keys[start : start + _PAGE])
            found.update({str(row["key"]): str(row["id"]) for row in self._search(f"key in ({some})", "created")})
        return found

    def _search(self, jql: str, fields: str) -> Iterator[Json]:
        return self._client.rows("/rest/api/2/search", key="issues", jql=jql, fields=fields, validateQuery="false")
