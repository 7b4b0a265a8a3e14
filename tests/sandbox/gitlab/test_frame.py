from __future__ import annotations

from datetime import timedelta

import pytest

PROJECT = "/projects/acme%2Fshop-web"


def test_milestones_of_the_project_and_of_the_groups_above_it(gitlab, gitlab_site, milestones):
    group = gitlab_site.group("acme").id
    shared = gitlab_site.add_group_milestone(group, "Autumn")
    assert [row["id"] for row in gitlab.get(f"{PROJECT}/milestones")] == milestones
    with_groups = gitlab.get(f"{PROJECT}/milestones", include_ancestors="true")
    assert [row["id"] for row in with_groups] == [*milestones, shared]
    assert gitlab.get("/groups/acme/milestones")[0]["group_id"] == group
    changed = gitlab.put(f"/groups/acme/milestones/{shared}", {"description": "x"})
    assert changed["description"] == "x"
    assert gitlab("GET", f"{PROJECT}/milestones/{shared}").status_code == 404


def test_a_milestone_can_be_changed_in_part(gitlab, milestones):
    path = f"{PROJECT}/milestones/{milestones[0]}"
    text = "Ours\r\n\n<!-- pmbridge:begin slot=x -->\nx\n<!-- pmbridge:end slot=x -->\n/close\n"
    changed = gitlab.put(path, {"description": text, "due_date": "2026-10-15"})
    assert changed["description"] == text
    assert (changed["due_date"], changed["start_date"], changed["state"]) == ("2026-10-15", "2026-08-03", "active")
    assert gitlab.put(path, {"state_event": "close"})["state"] == "closed"
    assert [row["title"] for row in gitlab.get(f"{PROJECT}/milestones", state="active")] == ["1.1"]
    gitlab.put(path, {"due_date": "soon"}, status=400)
    gitlab.put(path, {"state_event": "explode"}, status=400)


def test_the_issues_of_a_milestone(gitlab, gitlab_site, milestones, bug, ada):
    gitlab_site.set_milestone(bug, milestones[0], at=gitlab_site.clock.now(), by=ada)
    assert [row["id"] for row in gitlab.get(f"{PROJECT}/milestones/{milestones[0]}/issues")] == [bug]


def test_labels_are_listed_and_made_once(gitlab, gitlab_site):
    gitlab.post(f"{PROJECT}/labels", {"name": "pm::amber", "color": "#c17d10"})
    gitlab.post(f"{PROJECT}/labels", {"name": "pm::amber", "color": "#c17d10"}, status=409)
    gitlab.post(f"{PROJECT}/labels", {"name": "no colour"}, status=400)
    assert [row["name"] for row in gitlab.get(f"{PROJECT}/labels", search="PM::")] == ["pm::amber"]


def test_projects_are_found_by_path_and_by_number(gitlab, gitlab_site):
    by_path = gitlab.get(PROJECT)
    assert gitlab.get(f"/projects/{by_path['id']}") == by_path
    assert by_path["permissions"]["project_access"]["access_level"] == 40
    assert {row["username"] for row in gitlab.get(f"{PROJECT}/members/all")} == {"pmbridge", "ada"}
    assert gitlab.get("/metadata")["enterprise"] is True


@pytest.fixture
def delivered(gitlab_site, milestones):
    now = gitlab_site.clock.now()
    site = gitlab_site
    site.add_release("acme/shop-web", "v1.0", released_at=now - timedelta(days=2), milestones=[milestones[0]])
    site.add_release("acme/shop-web", "v1.1", released_at=now + timedelta(days=9))
    site.add_deployment("acme/shop-web", "production", "production", finished_at=now, ref="v1.0")
    site.add_deployment("acme/shop-web", "staging", "staging", finished_at=now - timedelta(days=1), ref="main")
    site.add_deployment("acme/shop-web", "production", "production", finished_at=now, ref="bad", status="failed")
    cases = [
        {"name": "pays", "classname": "SHOP-1", "status": "success", "execution_time": 1.5},
        {"name": "refunds", "classname": "SHOP-2", "status": "failed", "execution_time": 0.5, "system_output": "boom"},
    ]
    suites = [{"name": "rspec", "cases": cases}]
    return site.add_pipeline("acme/shop-web", ref="main", at=now, status="failed", test_suites=suites)


def test_releases_carry_their_milestones(gitlab, delivered):
    rows = gitlab.get(f"{PROJECT}/releases")
    assert [(row["tag_name"], row["upcoming_release"]) for row in rows] == [("v1.1", True), ("v1.0", False)]
    assert rows[1]["milestones"][0]["issue_stats"] == {"total": 0, "closed": 0}


def test_deployments_are_cut_by_environment_and_status(gitlab, delivered):
    tiers = {row["name"]: row["tier"] for row in gitlab.get(f"{PROJECT}/environments")}
    assert tiers == {"production": "production", "staging": "staging"}
    rows = gitlab.get(f"{PROJECT}/deployments", environment="production", status="success")
    assert [row["ref"] for row in rows] == ["v1.0"]
    assert rows[0]["deployable"]["finished_at"].endswith("Z")
    since = {"updated_after": "2026-09-01T00:00:00Z", "order_by": "updated_at", "sort": "desc"}
    assert [row["ref"] for row in gitlab.get(f"{PROJECT}/deployments", **since)] == ["bad", "v1.0"]
    for query in ({**since, "order_by": "id"}, {"finished_after": since["updated_after"], "order_by": "finished_at"}):
        assert gitlab("GET", f"{PROJECT}/deployments", params=query).status_code == 400


def test_a_pipelines_tests_are_counted_and_shown(gitlab, delivered):
    assert [row["id"] for row in gitlab.get(f"{PROJECT}/pipelines", ref="main", status="failed")] == [delivered]
    assert gitlab.get(f"{PROJECT}/pipelines/{delivered}")["status"] == "failed"
    summary = gitlab.get(f"{PROJECT}/pipelines/{delivered}/test_report_summary")
    assert summary["total"] == {
        "time": 2.0,
        "count": 2,
        "success": 1,
        "failed": 1,
        "skipped": 0,
        "error": 0,
        "suite_error": None,
    }
    cases = gitlab.get(f"{PROJECT}/pipelines/{delivered}/test_report")["test_suites"][0]["test_cases"]
    assert [(case["classname"], case["status"], case["system_output"]) for case in cases] == [
        ("SHOP-1", "success", None),
        ("SHOP-2", "failed", "boom"),
    ]
    assert gitlab("GET", f"{PROJECT}/pipelines/1").status_code == 404
