from __future__ import annotations

import re
from collections import Counter

from pmbridge.sandbox.story import Role


def nightly(told):
    return [pipeline for pipeline in told.gitlab.pipelines.values() if pipeline.ref == "main"]


def cases(told, suite):
    for pipeline in told.gitlab.pipelines.values():
        for found in pipeline.test_suites:
            if found["name"] == suite:
                yield from ((pipeline, case) for case in found["cases"])


def test_every_acceptance_case_begins_with_the_key_of_a_requirement_at_the_gate(told):
    gate = told.index.milestone(Role.GATE)
    keys = set()
    for _, case in cases(told, "acceptance"):
        key, title = case["name"].split(" ", 1)
        if re.fullmatch(r"SHOP-\d+", key):
            assert told.jira.issue_by_key(key).summary == title
        else:
            path, _, iid = key.partition("#")
            assert told.gitlab.issue(path, int(iid)).title == title
        keys.add(key)
    jira_keys = [key for key in keys if key.startswith("SHOP-")]
    now_at_gate = [key for key in jira_keys if gate.version in told.jira.issue_by_key(key).fix_versions]
    assert len(now_at_gate) > 0.8 * len(jira_keys) > 8


def test_both_projects_run_a_pipeline_every_working_night(told):
    runs = Counter(told.gitlab.projects[p.project].path for p in nightly(told))
    assert set(runs) == {"acme/shop-web", "acme/shop-api"}
    assert all(28 <= count <= 35 for count in runs.values())


def test_a_forgotten_merge_request_fails_its_pipeline_and_all_of_them_have_an_objection_nobody_answered(told):
    waiting = [row for row in told.gitlab.merge_requests.values() if row.state == "opened" and not row.draft]
    forgotten = [row for row in waiting if row.threads]
    assert len(forgotten) >= 2
    assert all(not row.resolved for row in forgotten)
    failed = [run for row in forgotten for run in told.gitlab.pipelines_of(row)]
    assert [run.status for run in failed] == ["failed"]
    assert len(told.gitlab.pipelines) == len(nightly(told)) + 1


def test_a_nightly_pipeline_fails_exactly_when_a_case_does(told):
    for pipeline in nightly(told):
        failed = any(case["status"] == "failed" for suite in pipeline.test_suites for case in suite["cases"])
        assert pipeline.status == ("failed" if failed else "success")
    assert len({p.status for p in nightly(told)}) == 2


def test_acceptance_cases_pass_for_most_and_fail_for_some(told):
    results = Counter(case["status"] for _, case in cases(told, "acceptance"))
    assert results["success"] > 3 * results["failed"] > 0


def test_tests_are_linked_to_the_requirements_they_prove(told):
    assert len(told.index.tests) >= 10
    for key in told.index.tests:
        test = told.jira.issue_by_key(key)
        proven = [link.target for link in test.links if link.type == "10003" and link.source == test.id]
        assert [told.jira.named("types", told.jira.issue(id).type).name for id in proven] == ["Story"]
        verdicts = [label for label in test.labels if label.startswith("at::")]
        done = told.jira.named("statuses", test.status).name == "Done"
        assert verdicts in ([], ["at::passed"], ["at::failed"])
        assert done == (verdicts == ["at::passed"])


def test_reports_of_users_name_the_version_they_affect(told):
    launched = told.index.milestone(Role.LAUNCHED)
    reports = [told.jira.issue_by_key(key) for key in told.index.user_bugs]
    of_launched = [issue for issue in reports if issue.affects == [launched.version]]
    assert len(of_launched) >= 15
    assert all("found-in-production" in issue.labels for issue in reports)
    assert all(issue.created > launched.released_at for issue in of_launched)
    elsewhere = [i for i in told.gitlab.issues.values() if "affects::2.0" in i.labels]
    assert len(elsewhere) >= 3
    assert all("type::bug" in issue.labels for issue in elsewhere)
