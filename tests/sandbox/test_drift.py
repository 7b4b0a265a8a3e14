"""The doubles answer as the trackers' own descriptions say."""

from __future__ import annotations

from datetime import date

import pytest

from pmbridge.sandbox.jira import adf

BODY = adf.document("All is well")


@pytest.fixture
def busy_jira(jira_site, story):
    site = jira_site
    epic = site.create_issue("SHOP", "Epic", "Checkout", at=site.clock.now(), by="u-ada", restricted=True)
    bug = site.create_issue(
        "SHOP", "Bug", "Crash", at=site.clock.now(), by="u-ada", affects=["1.0"], due=date(2026, 9, 1)
    )
    sprint = site.add_sprint(site.add_board("SHOP", "Board"), "Sprint 1", state="active", start=site.clock.now())
    site.edit_issue(
        story,
        at=site.clock.now(),
        by="u-ada",
        status="Done",
        resolution="Done",
        fix_versions=["1.1"],
        assignee="u-ada",
        parent=epic,
        flagged=True,
        sprints=[sprint],
        labels=["a", "b"],
    )
    site.add_component("SHOP", "Cart")
    site.link_issues("Blocks", bug, story, at=site.clock.now(), by="u-ada")
    site.log_work(story, 5400, started=site.clock.now(), by="u-ada")
    site.add_comment(story, "Looks good", at=site.clock.now(), by="u-ada")
    return site


def test_every_reading_of_jira_is_as_described(contract, sandbox, busy_jira, jira):
    ids = [row.id for row in busy_jira.project_versions("SHOP")]
    for path in (
        "/rest/api/3/serverInfo",
        "/rest/api/3/myself",
        "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS,ADD_COMMENTS,ADMINISTER_PROJECTS",
        "/rest/api/3/field",
        "/rest/api/3/status",
        "/rest/api/3/priority",
        "/rest/api/3/resolution",
        "/rest/api/3/issueLinkType",
        "/rest/api/3/project/search?maxResults=10",
        "/rest/api/3/project/SHOP",
        "/rest/api/3/project/SHOP/versions",
        "/rest/api/3/project/SHOP/version?expand=issuesstatus&status=unreleased",
        "/rest/api/3/project/SHOP/components",
        f"/rest/api/3/version/{ids[0]}",
        f"/rest/api/3/version/{ids[0]}/relatedIssueCounts",
        f"/rest/api/3/version/{ids[0]}/unresolvedIssueCount",
        "/rest/api/3/issue/SHOP-1?expand=changelog",
        "/rest/api/3/issue/SHOP-1/changelog?startAt=0&maxResults=10",
        "/rest/api/3/issue/SHOP-1/comment?startAt=0&orderBy=-created",
        "/rest/api/3/issue/SHOP-1/worklog",
        "/rest/api/3/issue/SHOP-1/remotelink",
        "/rest/api/3/issue/SHOP-1/properties",
        "/rest/api/3/worklog/updated?since=0",
        "/rest/api/3/worklog/deleted?since=0",
        "/rest/api/3/search/jql?jql=project%3DSHOP&fields=*all&expand=changelog,names",
        "/rest/agile/1.0/board?projectKeyOrId=SHOP",
        "/rest/agile/1.0/board/1/configuration",
        "/rest/agile/1.0/board/1/sprint?state=active",
        "/rest/agile/1.0/sprint/2",
        "/rest/api/2/issue/SHOP-1",
    ):
        jira.get(path)
    worklogs = [int(row) for row in busy_jira.worklogs]
    comments = [int(row) for row in busy_jira.comments]
    for path, body in (
        ("/rest/api/3/search/jql", {"jql": "project = SHOP", "fields": ["*all"], "maxResults": 2}),
        ("/rest/api/3/search/approximate-count", {"jql": "project = SHOP"}),
        ("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["SHOP-1", "SHOP-99"], "fields": ["*all"]}),
        ("/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ["SHOP-1"], "fieldIds": ["status", "fixVersions"]}),
        ("/rest/api/3/worklog/list", {"ids": worklogs}),
        ("/rest/api/3/comment/list", {"ids": comments}),
    ):
        jira.post(path, body, status=200)
    assert contract.validate_log(sandbox.jira.requests) == []


def test_every_write_to_jira_is_as_described(contract, sandbox, busy_jira, jira):
    made = jira.post(
        "/rest/api/3/issue/SHOP-1/comment", {"body": BODY, "properties": [{"key": "pmbridge", "value": {"v": 1}}]}
    )
    jira.put(f"/rest/api/3/issue/SHOP-1/comment/{made['id']}?notifyUsers=false", {"body": BODY})
    jira.put(f"/rest/api/3/comment/{made['id']}/properties/pmbridge", {"v": 2})
    jira.put("/rest/api/3/issue/SHOP-1/properties/pmbridge", {"v": 2}, status=201)
    jira.put("/rest/api/3/issue/SHOP-1", {"update": {"labels": [{"add": "pm-amber"}]}}, status=204)
    jira.post(
        "/rest/api/3/issue/SHOP-1/remotelink", {"globalId": "x", "object": {"url": "http://x.example", "title": "X"}}
    )
    version = next(iter(busy_jira.versions))
    jira.put(f"/rest/api/3/version/{version}", {"description": "on track"})
    assert jira("DELETE", "/rest/api/3/issue/SHOP-1/properties/pmbridge").status_code == 204
    assert jira("DELETE", f"/rest/api/3/issue/SHOP-1/comment/{made['id']}").status_code == 204
    assert len(sandbox.jira.requests.writes()) == 9
    assert contract.validate_log(sandbox.jira.requests) == []


@pytest.fixture
def busy_gitlab(gitlab_site, bug, ada, milestones):
    site, now = gitlab_site, gitlab_site.clock.now()
    other = site.create_issue(
        "acme/shop-web", "Other", at=now, by=ada, labels=["type::bug"], milestone=milestones[0], weight=2
    )
    site.assign(bug, [ada], at=now, by=ada)
    site.close_issue(bug, at=now, by=ada)
    site.log_time(bug, 3600, spent_at=now, by=ada)
    site.link_issues(other, bug, "blocks", at=now, by=ada)
    site.add_release("acme/shop-web", "v1.0", released_at=now, milestones=[milestones[0]])
    site.add_deployment("acme/shop-web", "production", "production", finished_at=now, ref="v1.0")
    asked = site.add_merge_request("acme/shop-web", "Mend", branch="1-mend", at=now, by=ada, closes=[bug])
    site.merge(asked, at=now, by=ada)
    site.add_pipeline(
        "acme/shop-web",
        ref="main",
        sha="abc",
        at=now,
        status="success",
        test_suites=[{"name": "rspec", "cases": [{"name": "pays", "classname": "SHOP-1", "status": "success"}]}],
        artifacts={"rspec": {"junit.xml": "<testsuite/>"}},
    )
    return site


def test_every_reading_of_gitlab_is_as_described(contract, sandbox, busy_gitlab, gitlab):
    pipeline = next(iter(busy_gitlab.pipelines))
    for path in (
        "/version",
        "/metadata",
        "/personal_access_tokens/self",
        "/projects?per_page=5",
        "/projects/acme%2Fshop-web",
        "/projects/acme%2Fshop-web/members/all?per_page=100",
        "/projects/acme%2Fshop-web/issues?order_by=updated_at&sort=asc&per_page=100&pagination=keyset",
        "/projects/acme%2Fshop-web/issues?iids[]=1&with_labels_details=true&updated_after=2026-01-01T00:00:00Z",
        "/projects/acme%2Fshop-web/issues_statistics",
        "/projects/acme%2Fshop-web/issues/1",
        "/projects/acme%2Fshop-web/issues/1/links",
        "/projects/acme%2Fshop-web/issues/2/resource_milestone_events",
        "/projects/acme%2Fshop-web/issues/1/related_merge_requests",
        "/projects/acme%2Fshop-web/issues/1/closed_by",
        "/projects/acme%2Fshop-web/releases",
        "/projects/acme%2Fshop-web/environments",
        "/projects/acme%2Fshop-web/deployments?environment=production&status=success",
        "/projects/acme%2Fshop-web/pipelines?ref=main",
        "/projects/acme%2Fshop-web/deployments?updated_after=2026-01-01T00:00:00Z&order_by=updated_at&sort=asc",
        "/projects/acme%2Fshop-web/merge_requests?updated_after=2026-01-01T00:00:00Z&order_by=created_at&sort=asc",
        "/projects/acme%2Fshop-web/merge_requests/1",
        "/projects/acme%2Fshop-web/merge_requests/1/closes_issues",
        "/groups/acme/merge_requests?state=all",
        f"/projects/acme%2Fshop-web/pipelines/{pipeline}/jobs",
        f"/projects/acme%2Fshop-web/pipelines/{pipeline}",
        f"/projects/acme%2Fshop-web/pipelines/{pipeline}/test_report",
        f"/projects/acme%2Fshop-web/pipelines/{pipeline}/test_report_summary",
        "/groups/acme",
        "/groups/acme/projects?include_subgroups=true",
        "/groups/acme/issues?state=opened",
    ):
        gitlab.get(path)
    assert contract.validate_log(sandbox.gitlab.requests) == []


def test_every_write_to_gitlab_is_as_described(contract, sandbox, busy_gitlab, gitlab):
    project = next(iter(busy_gitlab.projects))
    issue = f"/projects/{project}/issues/1"
    gitlab.put(issue, {"add_labels": "pm::amber", "remove_labels": "pm::green"})
    busy_gitlab.create_issue(project, "Third", at=busy_gitlab.clock.now(), by=busy_gitlab.bot)
    gitlab.post(f"{issue}/links", {"target_project_id": str(project), "target_issue_iid": "3"})
    assert len(sandbox.gitlab.requests.writes()) == 2
    assert contract.validate_log(sandbox.gitlab.requests) == []


def test_an_exchange_that_no_description_knows_is_found(contract):
    unknown = contract.validate_exchange("GET", "/rest/api/3/nothing", {}, None, 200, {})
    wrong_query = contract.validate_exchange("GET", "/rest/api/3/issue/X-1", {"fantasy": ["1"]}, None, 404, None)
    wrong_body = contract.validate_exchange("POST", "/rest/api/3/search/jql", {}, {"jql": 7}, 200, {"issues": []})
    wrong_answer = contract.validate_exchange("GET", "/rest/api/3/serverInfo", {}, None, 200, {"fantasy": 1})
    invented = contract.validate_exchange("GET", "/api/v4/projects/1/issues/1", {}, None, 200, {"fantasy": 1})
    assert unknown == ["GET /rest/api/3/nothing: the tracker has no such operation"]
    assert len(wrong_query) == len(wrong_body) == len(wrong_answer) == len(invented) == 1
    assert "fantasy" in wrong_query[0]
    assert "7 is not of type 'string'" in wrong_body[0]
    assert "fantasy" in wrong_answer[0]
    assert "fantasy" in invented[0]
