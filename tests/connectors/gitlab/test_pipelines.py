"""Test reports of pipelines, against a GitLab on loopback and against a table of answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pmbridge.connector import AcceptanceSource, Evidence, Proving
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.pipelines import PipelineReports
from pmbridge_gitlab.settings import GitlabSettings

PROJECT = "acme/shop-web"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(day(30))) as running:
        running.gitlab.site.add_project(PROJECT)
        yield running


def made(sandbox: Sandbox, **pipelines) -> GitlabConnector:
    said = {"url": sandbox.gitlab.url, "auth": {"token": TOKEN}, "projects": [PROJECT], "pipelines": pipelines}
    return GitlabConnector("lab", GitlabSettings.model_validate(said), owner="acme")


def ran(sandbox: Sandbox, number: int, *cases: tuple[str, str], suite: str = "acceptance", ref: str = "main", **more):
    rows = [{"name": name, "status": status} for name, status in cases]
    values = {
        "ref": ref,
        "at": day(number),
        "status": "failed",
        "test_suites": [{"name": suite, "cases": rows}],
        **more,
    }
    return sandbox.gitlab.site.add_pipeline(PROJECT, **values)


def evidence(connector: GitlabConnector, since: datetime | None = None) -> Evidence:
    source, _ = connector.acceptance_sources()
    pages = list(source.fetch_evidence(PROJECT, since=since))
    connector.close()
    return Evidence(
        tests=tuple({test.id: test for page in pages for test in page.tests}.values()),
        executions=tuple(run for page in pages for run in page.executions),
        notes=tuple(note for page in pages for note in page.notes),
    )


def test_the_connector_has_a_place_with_evidence(sandbox: Sandbox) -> None:
    connector = made(sandbox)
    assert isinstance(connector, Proving)
    assert all(isinstance(source, AcceptanceSource) for source in connector.acceptance_sources())


def test_cases_become_tests_and_their_results_executions_of_the_build(sandbox: Sandbox) -> None:
    cases = ("SHOP-1 pays", "success"), ("#2 refunds", "failed"), ("odd", "error"), ("later", "skipped")
    number = ran(sandbox, 3, *cases)
    found = evidence(made(sandbox))
    by_name = {test.key: test for test in found.tests}
    results = {run.test: run for run in found.executions}
    told = {name: results[test.id].status.value for name, test in by_name.items()}
    assert told == {"SHOP-1 pays": "pass", "#2 refunds": "fail", "odd": "fail", "later": "skipped"}
    run = results[by_name["odd"].id]
    sha = sandbox.gitlab.site.pipelines[number].sha
    assert (run.build, run.commit, run.at) == (f"pipeline {number}", sha, day(3))


def test_a_test_is_the_same_in_every_pipeline(sandbox: Sandbox) -> None:
    for number in (3, 4):
        ran(sandbox, number, ("SHOP-1 pays", "success"))
    found = evidence(made(sandbox))
    assert (len(found.tests), len(found.executions)) == (1, 2)


def test_details_are_asked_for_mapped_suites_only(sandbox: Sandbox) -> None:
    ran(sandbox, 3, ("a", "success"), suite="unit")
    assert evidence(made(sandbox)).tests == ()
    assert not [r for r in sandbox.gitlab.requests if r.path.endswith("/test_report")]


def test_only_finished_pipelines_of_mapped_branches_count_and_the_latest_few(sandbox: Sandbox) -> None:
    ran(sandbox, 1, ("a", "success"))
    ran(sandbox, 2, ("b", "success"), ref="feature")
    ran(sandbox, 3, ("c", "success"), status="running")
    ran(sandbox, 4, ("d", "success"), ref="release/2.1")
    ran(sandbox, 5, ("e", "success"))
    assert {test.key for test in evidence(made(sandbox, latest=2)).tests} == {"d", "e"}


def test_nothing_is_asked_where_no_pipeline_is_wanted(sandbox: Sandbox) -> None:
    sources = made(sandbox, latest=0).acceptance_sources()
    assert not any(isinstance(source, PipelineReports) for source in sources)


def test_the_worse_of_two_results_in_one_pipeline_counts(sandbox: Sandbox) -> None:
    ran(sandbox, 3, ("a", "failed"), ("a", "success"))
    assert [run.status.value for run in evidence(made(sandbox)).executions] == ["fail"]


def test_a_right_that_is_missing_is_told_and_nothing_is_raised(server, api, connector) -> None:
    server.get(f"{api}/projects/acme%2Fshop-web/pipelines", status=403, json={"message": "403 Forbidden"})
    found = evidence(connector)
    assert found.tests == ()
    assert "acme/shop-web were not read" in found.notes[0]
    assert "the role Reporter" in found.notes[0]


def test_an_error_outside_of_any_case_is_a_failed_case(server, api, connector) -> None:
    pipelines = f"{api}/projects/acme%2Fshop-web/pipelines"
    row = {"id": 9, "ref": "main", "status": "failed", "sha": "abc", "created_at": "2026-03-02T08:00:00Z"}
    suite = {"name": "acceptance", "total_count": 0, "suite_error": "JUnit data parsing failed"}
    server.get(pipelines, json=[row])
    server.get(f"{pipelines}/9/test_report_summary", json={"test_suites": [suite]})
    server.get(f"{pipelines}/9/test_report", json={"test_suites": [{**suite, "test_cases": []}]})
    (run,) = evidence(connector).executions
    assert (run.status.value, run.note) == ("fail", "JUnit data parsing failed")


def test_half_an_answer_is_told_and_what_came_before_is_kept(server, api, connector) -> None:
    pipelines = f"{api}/projects/acme%2Fshop-web/pipelines"
    rows = [
        {"id": n, "ref": "main", "status": "success", "sha": "abc", "created_at": "2026-03-02T08:00:00Z"}
        for n in (8, 9)
    ]
    suite = {"name": "acceptance", "total_count": 1}
    case = {"name": "a", "classname": "c", "status": "success"}
    server.get(pipelines, json=rows)
    server.get(f"{pipelines}/8/test_report_summary", json={"test_suites": [suite]})
    server.get(f"{pipelines}/8/test_report", json={"test_suites": [{**suite, "test_cases": [case]}]})
    server.get(f"{pipelines}/9/test_report_summary", status=404, json={"message": "404 Not found"})
    found = evidence(connector)
    assert [run.build for run in found.executions] == ["pipeline 8"]
    assert "pipeline 9" in found.notes[0]
