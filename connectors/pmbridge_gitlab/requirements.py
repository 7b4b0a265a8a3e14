"""What pipelines and people reported on a project's requirements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Evidence
from pmbridge.errors import NotFound
from pmbridge.model import Execution, ExecutionStatus, Origin, TestCase
from pmbridge_gitlab.activity import number
from pmbridge_gitlab.roads import REFUSALS
from pmbridge_gitlab.rows import Row, instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.lookout import Lookout

#: Asks for requirements with their reports; only servers with the widget, on the tier Ultimate, know the question.
REQUIREMENTS = """query requirements($project: ID!, $after: String) {
  project(fullPath: $project) {
    workItems(types: [REQUIREMENT], sort: CREATED_ASC, first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id iid title createdAt webUrl
        widgets {
          ... on WorkItemWidgetTestReports {
            testReports(first: 50) { pageInfo { hasNextPage } nodes { id state createdAt author { id } } }
          }
        }
      }
    }
  }
}"""
_STATES = {"PASSED": ExecutionStatus.PASS, "FAILED": ExecutionStatus.FAIL}


@dataclass(frozen=True, slots=True)
class RequirementReports:
    """Reads the reports of requirements, each of which is the test of itself.

    A report leaves no mark on its requirement's last update, so that all are read whenever a project has requirements.
    """

    client: GitlabClient
    source: str
    lookout: Lookout

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        """Yield the requirements of a project, a page at a time; no request where a glance showed none."""
        seen = self.lookout.take(project, "requirements")
        if seen is None or not seen.has_requirements:
            return
        try:
            for nodes in self._pages(project):
                yield self._evidence(project, nodes)
        except REFUSALS as refusal:
            yield Evidence(notes=(f"Reports on requirements of {project} were not read: {refusal}",))

    def _pages(self, project: str) -> Iterator[list[Row]]:
        after: str | None = None
        while True:
            shown = self.client.graphql(REQUIREMENTS, {"project": project, "after": after}).get("project")
            if shown is None:
                raise NotFound(f"The GraphQL interface shows no project {project}.")
            listing = shown.get("workItems") or {"nodes": (), "pageInfo": {"hasNextPage": False}}
            yield list(listing["nodes"])
            page = listing["pageInfo"]
            if not page["hasNextPage"] or page["endCursor"] == after:
                return
            after = page["endCursor"]

    def _evidence(self, project: str, nodes: list[Row]) -> Evidence:
        reports = {node["id"]: _reports(node) for node in nodes}
        cut = [node["iid"] for node in nodes if _is_cut(node)]
        return Evidence(
            tests=tuple(self._test(project, node) for node in nodes if reports[node["id"]]),
            executions=tuple(self._run(node, report) for node in nodes for report in reports[node["id"]]),
            notes=(f"Of requirement #{cut[0]} of {project} only fifty reports were read.",) if cut else (),
        )

    def _test(self, project: str, node: Row) -> TestCase:
        native = str(number(node["id"]))
        return TestCase(
            source=self.source,
            id=_test_id(node),
            key=f"{project}#{node['iid']}",
            title=str(node.get("title") or "")[:300],
            origin=Origin.REQUIREMENT,
            project=project,
            url=node.get("webUrl"),
            covers=(native,),
            created_at=instant(node["createdAt"]),
        )

    def _run(self, node: Row, report: Row) -> Execution:
        author = report.get("author")
        return Execution(
            source=self.source,
            id=f"requirement-report:{number(report['id'])}",
            test=_test_id(node),
            status=_STATES.get(str(report.get("state")), ExecutionStatus.UNKNOWN),
            at=instant(report["createdAt"]),
            executor=str(number(author["id"])) if author else None,
        )


def _test_id(node: Row) -> str:
    return f"requirement:{number(node['id'])}"


def _widget(node: Row) -> Row:
    return next((w["testReports"] for w in node.get("widgets") or () if w.get("testReports")), {})


def _reports(node: Row) -> list[Row]:
    return list(_widget(node).get("nodes") or ())


def _is_cut(node: Row) -> bool:
    return bool((_widget(node).get("pageInfo") or {}).get("hasNextPage"))
