"""Test cases and executions of Zephyr Scale, on Cloud with a token of its own, on Data Center inside Jira."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pmbridge.connector import Evidence
from pmbridge.model import Execution, Origin, TestCase
from pmbridge_jira.app_results import moment, pages, status_of
from pmbridge_jira.shape import Json, expected

CLOUD_URL = "https://api.zephyrscale.smartbear.com/v2"
_SERVER = "/rest/atm/1.0"
_PAGE = 100
_CLOUD_REMEDY = "Check tests.token; each account makes its own under Zephyr Scale API keys."
_SERVER_REMEDY = "Is Zephyr Scale installed, and may the account browse tests in the project?"

#: Reads a path with parameters and returns decoded JSON.
Get = Callable[..., Any]


class ZephyrScaleCloud:
    """Reads test cases with their links and the executions of a project, a hundred a request."""

    def __init__(self, source: str, get: Get) -> None:
        self._source = source
        self._get = get

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        """Yield the test cases of a project, then its executions, or those that ended since an instant."""
        return pages(self._pages(project, since), [], f"Zephyr Scale for {project}", _CLOUD_REMEDY)

    def _pages(self, project: str, since: datetime | None) -> Iterator[Evidence]:
        with expected(self._source, "Zephyr's statuses"):
            statuses = {str(row["id"]): str(row["name"]) for row in self._rows("/statuses", projectKey=project)}
            plans = self._plans(project)
        for row in self._rows("/testcases", projectKey=project):
            with expected(self._source, "a test case of Zephyr"):
                yield Evidence(tests=(_case(row, self._source, project, _linked(row)),))
        bound = {"actualEndDateAfter": since.strftime("%Y-%m-%dT%H:%M:%SZ")} if since else {}
        for row in self._rows("/testexecutions", projectKey=project, **bound):
            with expected(self._source, "an execution of Zephyr"):
                run = self._run(row, statuses, plans)
            if run is not None:
                yield Evidence(executions=(run,))

    def _plans(self, project: str) -> dict[str, list[str]]:
        """Return the keys of the test plans that hold each cycle, by the cycle's id."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for plan in self._rows("/testplans", projectKey=project):
            for cycle in (plan.get("links") or {}).get("testCycles") or ():
                found[str(cycle.get("testCycleId"))].append(str(plan["key"]))
        return dict(found)

    def _run(self, row: Json, statuses: Mapping[str, str], plans: Mapping[str, Sequence[str]]) -> Execution | None:
        at = moment(row.get("actualEndDate"))
        if at is None:
            return None
        case = str(row["testCase"]["self"]).split("/testcases/")[1].split("/")[0]
        environment = (row.get("environment") or {}).get("name")
        return Execution(
            source=self._source,
            id=f"zephyr:{row['id']}",
            test=f"zephyr:{case}",
            status=status_of(statuses.get(str((row.get("testExecutionStatus") or {}).get("id")))),
            at=at,
            environment=environment,
            executor=row.get("executedById"),
            plans=tuple(plans.get(str((row.get("testCycle") or {}).get("id")), ())),
        )

    def _rows(self, path: str, **params: Any) -> Iterator[Json]:
        start = 0
        while True:
            answer = self._get(path, startAt=start, maxResults=_PAGE, **params)
            rows = answer["values"] or []
            yield from rows
            start += len(rows)
            if not rows or answer.get("isLast", start >= int(answer.get("total") or 0)):
                return


class ZephyrScaleServer:
    """Reads test cases by search, and results run by run: from the issues' side each would cost a request."""

    def __init__(self, source: str, get: Get) -> None:
        self._source = source
        self._get = get

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        """Yield the test cases of a project, then the results of its runs, or of those updated since an instant."""
        return pages(self._pages(project, since), [], f"Zephyr Scale for {project}", _SERVER_REMEDY)

    def _pages(self, project: str, since: datetime | None) -> Iterator[Evidence]:
        query = f'projectKey = "{project}"'
        for row in self._rows("/testcase/search", query):
            with expected(self._source, "a test case of Zephyr"):
                yield Evidence(tests=(_case(row, self._source, project, tuple(row.get("issueLinks") or ())),))
        with expected(self._source, "Zephyr's test plans"):
            plans = self._plans(query)
        for cycle in self._rows("/testrun/search", query):
            with expected(self._source, "a test run of Zephyr"):
                if since is None or (moment(cycle.get("updatedOn")) or since) >= since:
                    yield Evidence(executions=tuple(self._results(cycle, plans.get(str(cycle["key"]), ()))))

    def _plans(self, query: str) -> dict[str, list[str]]:
        """Return the keys of the test plans that hold each run, by the run's key."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for plan in self._rows("/testplan/search", query):
            for run in plan.get("testRuns") or ():
                found[str(run.get("key"))].append(str(plan["key"]))
        return dict(found)

    def _results(self, cycle: Json, plans: Sequence[str]) -> Iterator[Execution]:
        for row in self._get(f"{_SERVER}/testrun/{cycle['key']}/testresults"):
            at = moment(row.get("actualEndDate") or row.get("executionDate"))
            if at is not None:
                yield Execution(
                    source=self._source,
                    id=f"zephyr:{row['id']}",
                    test=f"zephyr:{row['testCaseKey']}",
                    status=status_of(row.get("status")),
                    at=at,
                    version=cycle.get("version"),
                    environment=row.get("environment"),
                    executor=row.get("executedBy") or row.get("userKey"),
                    defects=tuple(map(str, row.get("issueLinks") or ())),
                    plans=tuple(plans),
                )

    def _rows(self, path: str, query: str) -> Iterator[Json]:
        start = 0
        while True:
            rows = self._get(f"{_SERVER}{path}", query=query, startAt=start, maxResults=_PAGE)
            yield from rows
            start += len(rows)
            if len(rows) < _PAGE:
                return


def _linked(row: Json) -> tuple[str, ...]:
    issues = (row.get("links") or {}).get("issues") or ()
    return tuple(str(issue["issueId"]) for issue in issues if issue.get("issueId") is not None)


def _case(row: Json, source: str, project: str, covers: tuple[str, ...]) -> TestCase:
    key = str(row["key"])
    return TestCase(
        source=source,
        id=f"zephyr:{key}",
        key=key,
        title=str(row.get("name") or key)[:300],
        origin=Origin.ZEPHYR,
        project=project,
        covers=covers,
        created_at=moment(row.get("createdOn")),
    )
