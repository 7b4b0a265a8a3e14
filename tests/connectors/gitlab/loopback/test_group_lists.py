"""A server without its batched interface is asked group-wise what was touched, as far as one page tells it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest

from pmbridge.store import open_store, read_history
from pmbridge.sync import sync_source

PROJECTS = ["acme/shop-web", *(f"acme/part-{n}" for n in range(5))]


@pytest.fixture
def settled(sandbox, site, ann, day, connected, tmp_path):
    """Six projects of a group, read once; gives a function that syncs and counts what was asked."""
    site.widgets = None
    for n, project in enumerate(PROJECTS):
        if n:
            site.add_project(project)
        site.create_issue(project, "Cart", at=day(n), by=ann)
        site.add_merge_request(project, "a", branch="a", at=day(n), by=ann)
    with open_store(f"sqlite:///{tmp_path / 'group.db'}") as store:

        def sync() -> Counter:
            sandbox.clock.advance(timedelta(hours=1))
            before = len(sandbox.gitlab.requests)
            proof = sync_source(connected(projects=PROJECTS), store, holder="test")
            assert proof.status.value == "complete", proof.gaps
            assert proof.items_stored == len(site.issues)
            entries = list(sandbox.gitlab.requests)[before:]
            return Counter(re.sub("/(projects|groups)/acme[^/]*", r"/\1/…", entry.path[7:]) for entry in entries)

        sync.store = store
        sync()
        yield sync


def test_nothing_changed_costs_one_list_of_issues_for_all(settled) -> None:
    asked = settled()
    assert (asked["/groups/…/issues"], asked["/projects/…/issues"]) == (1, 0)
    assert (asked["/groups/…/merge_requests"], asked["/projects/…/merge_requests"]) == (1, 1)


def test_only_what_changed_is_read(sandbox, site, ann, settled) -> None:
    site.close_issue(site.issue(PROJECTS[3], 1).id, at=sandbox.clock.now() + timedelta(minutes=30), by=ann)
    asked = settled()
    assert (asked["/groups/…/issues"], asked["/projects/…/issues"]) == (1, 1)
    with settled.store.read() as conn:
        items = read_history(conn, {"gitlab-main": PROJECTS}).items
    assert [item.project for item in items if item.status == "closed"] == [PROJECTS[3]]


def test_more_than_a_page_is_read_project_by_project(sandbox, site, ann, settled) -> None:
    for n in range(101):
        site.create_issue(PROJECTS[2], f"New {n}", at=sandbox.clock.now() + timedelta(minutes=30), by=ann)
    asked = settled()
    assert (asked["/groups/…/issues"], asked["/projects/…/issues"]) == (1, 7)


def test_a_group_that_is_not_shown_is_read_project_by_project(sandbox, settled) -> None:
    sandbox.gitlab.faults.fail_next(1, status=404, path="groups/acme/issues")
    asked = settled()
    assert (asked["/groups/…/issues"], asked["/projects/…/issues"]) == (1, 6)


def test_what_was_touched_just_before_its_project_was_archived_is_read(sandbox, site, ann, settled) -> None:
    at = sandbox.clock.now() + timedelta(minutes=30)
    site.close_issue(site.issue(PROJECTS[3], 1).id, at=at, by=ann)
    (asked,) = (row.id for row in site.merge_requests.values() if site.projects[row.project].path == PROJECTS[3])
    site.merge(asked, at=at, by=ann)
    site.project(PROJECTS[3]).archived = True
    settled()
    with settled.store.read() as conn:
        found = read_history(conn, {"gitlab-main": PROJECTS})
    assert [item.project for item in found.items if item.status == "closed"] == [PROJECTS[3]]
    assert [m.project for m in found.merge_requests if m.merged_at is not None] == [PROJECTS[3]]
