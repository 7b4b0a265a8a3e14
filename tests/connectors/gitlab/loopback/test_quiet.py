"""What a sync costs in which little or nothing has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pmbridge.store import open_store
from pmbridge.sync import sync_source

PROJECT, OTHER = "acme/shop-web", "acme/shop-api"


@pytest.fixture
def settled(sandbox, site, ann, day, connected, tmp_path):
    """Two projects with everything a project has, read once; gives a function that syncs and says what was asked."""
    site.add_project(OTHER)
    for project in (PROJECT, OTHER):
        milestone = site.add_milestone(project, "1.0")
        for n in range(5):
            issue = site.create_issue(project, f"I{n}", at=day(n), by=ann, milestone=milestone)
            site.close_issue(issue, at=day(n + 1), by=ann)
        site.add_merge_request(project, "a", branch="1-a", at=day(1), by=ann, closes=[issue])
        site.add_deployment(project, "production", "production", finished_at=day(3), ref="v1")
        site.add_pipeline(project, ref="main", at=day(3), status="success")
        site.add_release(project, "v1", released_at=day(3), milestones=[milestone])
    with open_store(f"sqlite:///{tmp_path / 'quiet.db'}") as store:

        def sync() -> list[str]:
            sandbox.clock.advance(timedelta(hours=1))
            before = len(sandbox.gitlab.requests)
            proof = sync_source(connected(projects=[PROJECT, OTHER]), store, holder="test")
            assert proof.status.value == "complete", proof.gaps
            return [entry.path for entry in list(sandbox.gitlab.requests)[before:]]

        sync()
        yield sync


def test_nothing_changed_costs_two_requests_for_two_projects(settled) -> None:
    assert settled() == ["/api/v4/version", "/api/graphql"]


def test_what_changed_in_one_project_costs_nothing_in_the_other(sandbox, site, ann, settled) -> None:
    issue = site.issue(PROJECT, 2)
    site.reopen_issue(issue.id, at=sandbox.clock.now() + timedelta(minutes=30), by=ann)
    asked = settled()
    assert "/api/v4/projects/acme%2Fshop-web/issues" in asked
    assert not any("shop-api" in path for path in asked)
    assert len(asked) <= 6


def test_a_deployment_and_a_merge_request_are_met_by_the_next_sync(sandbox, site, ann, settled) -> None:
    at = sandbox.clock.now() + timedelta(minutes=30)
    site.add_deployment(PROJECT, "production", "production", finished_at=at, ref="v2", status="failed")
    site.add_merge_request(PROJECT, "b", branch="b", at=at, by=ann)
    asked = settled()
    assert "/api/v4/projects/acme%2Fshop-web/deployments" in asked
    assert asked.count("/api/graphql") == 2
    assert len(asked) == 4
    assert settled() == ["/api/v4/version", "/api/graphql"]
