"""What a sync of many projects costs in which little or nothing has changed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from pmbridge.sandbox.gitlab import graphql
from pmbridge.store import open_store, read_history
from pmbridge.sync import sync_source
from pmbridge.transport import Adapter, Policy

PROJECTS = ["acme/shop-web", *(f"acme/team-{n % 4}/part-{n:02}" for n in range(49))]
QUIET = {"/api/v4/version": 1, "/api/graphql": 1}


@pytest.fixture
def settled(sandbox, site, ann, day, connected, tmp_path):
    """Fifty projects, read once; gives a function that syncs and counts what was asked."""
    for n, project in enumerate(PROJECTS):
        if n:
            site.add_project(project)
        milestone = site.add_milestone(project, "1.0")
        issue = site.create_issue(project, "Cart", at=day(n % 20), by=ann, milestone=milestone)
        site.close_issue(issue, at=day(n % 20 + 1), by=ann)
        site.add_deployment(project, "production", "production", finished_at=day(3), ref="v1")
    with open_store(f"sqlite:///{tmp_path / 'many.db'}") as store:

        def sync(projects=PROJECTS, **settings) -> Counter:
            sandbox.clock.advance(timedelta(hours=1))
            before = len(sandbox.gitlab.requests)
            proof = sync_source(connected(projects=projects, **settings), store, holder="test")
            assert proof.status.value == "complete", proof.gaps
            assert proof.items_tracker == proof.items_stored == len(site.issues)
            return Counter(entry.path for entry in list(sandbox.gitlab.requests)[before:])

        sync.store = store
        sync()
        yield sync


def test_nothing_changed_costs_two_requests_for_fifty_projects(settled) -> None:
    assert settled() == QUIET
    assert settled((), groups=["acme"]) == QUIET | {"/api/v4/groups/acme/projects": 1}


def test_only_the_project_that_changed_is_asked_about_by_itself(sandbox, site, ann, settled) -> None:
    issue = site.issue(PROJECTS[7], 1)
    site.reopen_issue(issue.id, at=sandbox.clock.now() + timedelta(minutes=30), by=ann)
    asked = settled()
    assert {path for path in asked if "/projects/" in path} == {
        f"/api/v4/projects/{PROJECTS[7].replace('/', '%2F')}/{listing}" for listing in ("issues", "labels")
    }
    assert asked.total() <= 6
    with settled.store.read() as conn:
        items = read_history(conn, {"gitlab-main": PROJECTS}).items
    assert [item.key for item in items if item.status == "opened"] == [f"{PROJECTS[7]}#1"]


def test_servers_that_find_no_projects_by_their_paths_are_asked_for_two_at_once(sandbox, settled, monkeypatch) -> None:
    monkeypatch.setattr(Adapter, "_rest", lambda self, seconds: None)
    sandbox.gitlab.faults.fail_next(Policy().attempts, status=504, path="graphql")
    assert settled()["/api/graphql"] == Policy().attempts + 2, "what takes too long is asked in halves"
    monkeypatch.delitem(graphql._TYPES["Query"], "projects")
    assert settled() == {"/api/v4/version": 1, "/api/graphql": 1 + 25}


def test_capital_letters_of_a_path_make_no_difference(connected, site) -> None:
    paths = [site.add_project(f"acme/part-{n}") and f"Acme/PART-{n}" for n in range(3)]
    connector = connected(projects=paths)
    connector.fetch_reference(paths)
    assert connector.usage().requests == 1
    assert [connector.count(path) for path in paths] == [0, 0, 0]
    assert connector.usage().requests == 1
