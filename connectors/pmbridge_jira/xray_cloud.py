"""Tests and runs of Xray Cloud, which has a host and credentials of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pmbridge.connector import Evidence
from pmbridge.errors import BadAnswer, Rejected
from pmbridge.model import Execution, Origin, TestCase
from pmbridge_jira.app_client import AppClient
from pmbridge_jira.app_results import moment, pages, status_of
from pmbridge_jira.shape import Json, expected

URL = "https://xray.cloud.getxray.app"
#: The most Xray gives of any list.
LIMIT = 100
_REMEDY = "Check tests.client_id and tests.client_secret; they are made in Xray's settings, not in Jira's."

_RUN = """
  id status { name final } startedOn finishedOn executedById defects
  testExecution {
    issueId testEnvironments jira(fields: ["key", "fixVersions"])
    testPlans(limit: 100) { results { jira(fields: ["key"]) } }
  }
"""
_TESTS = f"""query ($jql: String!, $start: Int!, $since: String) {{
  getTests(jql: $jql, limit: {LIMIT}, start: $start, modifiedSince: $since) {{
    total start limit
    results {{
      issueId lastModified jira(fields: ["key", "summary", "created"])
      coverableIssues(limit: {LIMIT}) {{ results {{ issueId }} }}
      testRuns(limit: {LIMIT}) {{ total results {{ {_RUN} }} }}
    }}
  }}
}}"""
_RUNS = f"""query ($tests: [String], $start: Int!) {{
  getTestRuns(testIssueIds: $tests, limit: {LIMIT}, start: $start) {{ total results {{ {_RUN} }} }}
}}"""


class XrayCloud:
    """Reads the tests of a project with what they cover and their runs, a hundred tests a request."""

    def __init__(self, source: str, client_id: str, client_secret: str, url: str = URL, browse: str = "") -> None:
        self._source = source
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._browse = browse
        self._client = AppClient(source, url)
        self._known = False

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        """Yield the tests of a project, or those that changed or ran since an instant."""
        return pages(self._pages(project, since), [], f"Xray Cloud for {project}", _REMEDY)

    def _pages(self, project: str, since: datetime | None) -> Iterator[Evidence]:
        start = 0
        while True:
            asked = {
                "jql": f'project = "{project}"',
                "start": start,
                "since": since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else None,
            }
            with expected(self._source, "Xray's list of tests"):
                answer = self._ask(_TESTS, asked)["getTests"]
                rows = answer.get("results") or []
                found = [self._test(row, project) for row in rows]
            yield Evidence(
                tests=tuple(test for test, _ in found), executions=tuple(run for _, runs in found for run in runs)
            )
            start += len(rows)
            if not rows or start >= int(answer["total"]):
                return

    def _test(self, row: Json, project: str) -> tuple[TestCase, list[Execution]]:
        id_, jira = str(row["issueId"]), row.get("jira") or {}
        key = str(jira.get("key") or id_)
        test = TestCase(
            source=self._source,
            id=id_,
            key=key,
            title=str(jira.get("summary") or key)[:300],
            origin=Origin.XRAY,
            project=project,
            url=f"{self._browse}/browse/{key}" if self._browse else None,
            covers=tuple(str(one["issueId"]) for one in (row.get("coverableIssues") or {}).get("results") or ()),
            created_at=moment(jira.get("created")),
        )
        return test, [self._run(run, id_) for run in self._runs(row, id_)]

    def _runs(self, row: Json, test: str) -> list[Json]:
        first = row.get("testRuns") or {}
        runs = list(first.get("results") or ())
        while len(runs) < int(first.get("total") or 0):
            more = self._ask(_RUNS, {"tests": [test], "start": len(runs)})["getTestRuns"].get("results") or []
            if not more:
                break
            runs += more
        return [run for run in runs if moment(run.get("finishedOn") or run.get("startedOn")) is not None]

    def _run(self, run: Json, test: str) -> Execution:
        status, where = run.get("status") or {}, run.get("testExecution") or {}
        at = moment(run.get("finishedOn") or run.get("startedOn"))
        if at is None:
            raise BadAnswer(f"{self._source}: the run {run['id']} has no instant.", source=self._source)
        versions = (where.get("jira") or {}).get("fixVersions") or ()
        return Execution(
            source=self._source,
            id=f"xray:{run['id']}",
            test=test,
            status=status_of(status.get("name"), final=bool(status.get("final", True))),
            at=at,
            version=str(versions[0]["name"]) if versions else None,
            environment=next(iter(where.get("testEnvironments") or ()), None),
            executor=run.get("executedById"),
            defects=tuple(map(str, run.get("defects") or ())),
            plans=tuple(_keys((where.get("testPlans") or {}).get("results") or ())),
        )

    def _ask(self, question: str, values: Json) -> Json:
        self._log_in()
        answer: Any = self._client.post("/api/v2/graphql", {"query": question, "variables": values})
        if not isinstance(answer, dict) or answer.get("errors") or not isinstance(answer.get("data"), dict):
            errors = answer.get("errors") if isinstance(answer, dict) else None
            words = "; ".join(str(one.get("message")) for one in errors or () if isinstance(one, dict))
            raise Rejected(f"{self._source}: Xray refused a question: {words or 'no data'}.", source=self._source)
        data: Json = answer["data"]
        return data

    def _log_in(self) -> None:
        """Trade the credentials for a token that lives a day: a bare JSON string."""
        if self._known:
            return
        token = self._client.post("/api/v2/authenticate", self._credentials)
        if not isinstance(token, str) or not token:
            raise BadAnswer(f"{self._source}: Xray gave no token.", source=self._source)
        self._client.bear(token)
        self._known = True

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _keys(rows: Iterable[Json]) -> Iterator[str]:
    for row in rows:
        key = (row.get("jira") or {}).get("key")
        if key:
            yield str(key)
