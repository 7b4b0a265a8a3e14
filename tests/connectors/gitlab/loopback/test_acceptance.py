"""Evidence of acceptance that only GitLab has: reports on requirements, test cases, files of jobs."""

from __future__ import annotations

import pytest

from pmbridge.model import ExecutionStatus, Origin
from pmbridge.sandbox import Sandbox
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.store import open_store
from pmbridge.store.reading import read_history
from pmbridge.sync import sync_source

PROJECT = "acme/shop-web"
JUNIT = """<testsuite name="e2e" timestamp="2026-03-04T08:00:00">
<testcase classname="cart" name="SHOP-1 pays"/><testcase classname="cart" name="SHOP-2 refunds"><failure/></testcase>
</testsuite>"""


@pytest.fixture
def sandbox_settings() -> dict[str, bool]:
    return {"ultimate": True}


def held(connector, tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'x.db'}") as store:
        proof = sync_source(connector, store, holder="test")
        with store.read() as conn:
            return read_history(conn, {"gitlab-main": [PROJECT]}), proof


def test_reports_on_requirements_prove_them(site, ann, day, connector, tmp_path) -> None:
    wanted = site.create_issue(PROJECT, "Pays by card", at=day(0), by=ann, issue_type="requirement")
    site.create_issue(PROJECT, "Never looked at", at=day(0), by=ann, issue_type="requirement")
    site.report_requirement(wanted, "failed", at=day(2), by=ann)
    site.report_requirement(wanted, "passed", at=day(3))
    history, proof = held(connector, tmp_path)
    (test,) = [test for test in history.tests if test.origin is Origin.REQUIREMENT]
    assert (test.covers, test.key, test.title) == ((str(wanted),), f"{PROJECT}#1", "Pays by card")
    runs = sorted((run.at, run.status, run.executor) for run in history.executions if run.test == test.id)
    assert runs == [(day(2), ExecutionStatus.FAIL, str(ann)), (day(3), ExecutionStatus.PASS, None)]
    assert not proof.notes or all("not read" not in note for note in proof.notes)


def test_a_report_that_touches_nothing_else_is_met_by_the_next_sync(
    sandbox, site, ann, day, connected, tmp_path
) -> None:
    wanted = site.create_issue(PROJECT, "Pays by card", at=day(0), by=ann, issue_type="requirement")
    assert not held(connected(), tmp_path)[0].executions
    site.report_requirement(wanted, "passed", at=day(3))
    assert len(held(connected(), tmp_path)[0].executions) == 1


def test_a_server_that_has_requirements_but_tells_no_reports_says_so(site, ann, day, connector) -> None:
    site.widgets = frozenset(site.widgets or ()) - {"WorkItemWidgetTestReports"}
    site.create_issue(PROJECT, "Pays by card", at=day(0), by=ann, issue_type="requirement")
    connector.fetch_reference([PROJECT])
    *_, reports = connector.acceptance_sources()
    (found,) = reports.fetch_evidence(PROJECT, since=None)
    assert "Reports on requirements of acme/shop-web were not read" in found.notes[0]
    assert "WorkItemWidgetTestReports" in found.notes[0]


def test_without_requirements_nothing_is_asked(sandbox, site, connector) -> None:
    connector.fetch_reference([PROJECT])
    before = len(sandbox.gitlab.requests)
    *_, reports = connector.acceptance_sources()
    assert list(reports.fetch_evidence(PROJECT, since=None)) == []
    assert len(sandbox.gitlab.requests) == before


def test_a_test_case_tests_what_it_is_linked_to(site, ann, day, connector, tmp_path) -> None:
    story = site.create_issue(PROJECT, "Pays by card", at=day(0), by=ann)
    case = site.create_issue(
        PROJECT, "Card is refused", at=day(1), by=ann, issue_type="test_case", description="1. pay"
    )
    old = site.create_issue(PROJECT, "Cheque is refused", at=day(1), by=ann, issue_type="test_case")
    site.link_issues(case, story, at=day(2), by=ann)
    site.edit(case, at=day(4), by=ann, description="1. pay twice")
    site.close_issue(old, at=day(5), by=ann)
    history, _ = held(connector, tmp_path)
    cases = {test.title: test for test in history.tests if test.origin is Origin.TEST_CASE}
    assert cases["Card is refused"].covers == (str(story),)
    assert (cases["Card is refused"].changed_at, cases["Card is refused"].retired_at) == (day(4), None)
    assert (cases["Cheque is refused"].covers, cases["Cheque is refused"].retired_at) == ((), day(5))


ARTIFACTS = {"refs": ["main"], "suites": ["*"], "artifacts": [{"job": "e2e*", "path": "reports/junit.xml"}]}


def test_a_file_of_a_job_is_read_where_the_server_reads_none(site, day, connected, tmp_path) -> None:
    files = {"e2e: chrome": {"reports/junit.xml": JUNIT}, "unit": {"reports/junit.xml": "<not-ours/>"}}
    pipeline = site.add_pipeline(PROJECT, ref="main", sha="abc", at=day(2), status="success", artifacts=files)
    history, proof = held(connected(pipelines=ARTIFACTS), tmp_path)
    runs = {history_run.note or history_run.status: history_run for history_run in history.executions}
    assert {test.title: test.origin for test in history.tests} == {
        "cart SHOP-1 pays": Origin.JUNIT,
        "cart SHOP-2 refunds": Origin.JUNIT,
    }
    assert {run.status for run in history.executions} == {ExecutionStatus.PASS, ExecutionStatus.FAIL}
    assert {(run.build, run.commit) for run in runs.values()} == {(f"pipeline {pipeline}", "abc")}
    assert proof.status.value == "complete"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite>&a;</testsuite>', "declares entities"),
        ("<testsuite><testcase", "junit.xml"),
        ("<html/>", "no JUnit report"),
    ],
)
def test_a_file_that_cannot_be_read_safely_is_a_note(site, day, connected, tmp_path, text, words) -> None:
    site.add_pipeline(PROJECT, ref="main", at=day(2), status="failed", artifacts={"e2e": {"reports/junit.xml": text}})
    history, proof = held(connected(pipelines=ARTIFACTS), tmp_path)
    assert history.executions == ()
    assert any(words in note for note in proof.notes), proof.notes
    assert proof.status.value == "complete"


def test_a_job_without_the_file_is_a_note_and_jobs_are_not_listed_where_no_file_is_wanted(
    sandbox: Sandbox, site: GitlabSite, day, connected, tmp_path
) -> None:
    site.add_pipeline(PROJECT, ref="main", at=day(2), status="failed", artifacts={"e2e": {"log.txt": "x"}})
    _, proof = held(connected(pipelines=ARTIFACTS), tmp_path)
    assert any("reports/junit.xml of job e2e of acme/shop-web was not read" in note for note in proof.notes)
    sandbox.gitlab.requests.clear()
    held(connected(), tmp_path / "..")
    assert not any("jobs" in entry.path for entry in sandbox.gitlab.requests)


def test_a_path_that_leads_out_of_a_job_s_files_is_refused(connected) -> None:
    for path in ("/etc/passwd", "../x", " "):
        with pytest.raises(ValueError, match="no path within a job's artifacts"):
            connected(pipelines={"artifacts": [{"job": "x", "path": path}]})
