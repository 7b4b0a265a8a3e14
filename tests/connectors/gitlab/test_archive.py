"""Both roads to histories, walked at a GitLab on loopback."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Page
from pmbridge.model import FieldName
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN, GitlabSite
from pmbridge.sandbox.story.build import build
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings

PROJECT = "acme/shop-web"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(START + timedelta(days=30))) as running:
        yield running


@pytest.fixture
def site(sandbox: Sandbox) -> GitlabSite:
    sandbox.gitlab.site.add_project(PROJECT)
    return sandbox.gitlab.site


@pytest.fixture
def ann(site: GitlabSite) -> int:
    return site.add_user("a.user", "Ann User")


def connected(sandbox: Sandbox, **settings: Any) -> GitlabConnector:
    section = {"url": sandbox.gitlab.url, "auth": {"token": TOKEN}, "projects": [PROJECT]} | settings
    return GitlabConnector("gitlab-main", GitlabSettings.model_validate(section), owner="acme-prod")


def read(sandbox: Sandbox, project: str = PROJECT, **settings: Any) -> tuple[list[Page], int]:
    made = connected(sandbox, projects=[project], **settings)
    try:
        reference = made.fetch_reference([project])
        before = made.usage().requests
        pages = list(made.fetch_pages(project, since=None, cursor=None, reference=reference))
        return pages, made.usage().requests - before
    finally:
        made.close()


def facts(pages: list[Page]) -> list[tuple[Any, ...]]:
    """What both roads know, to the second."""
    both = {FieldName.STATUS, FieldName.MILESTONES, FieldName.LABELS, FieldName.POINTS, FieldName.PRIORITY}
    return sorted(
        (c.item, c.at.replace(microsecond=0), c.field, c.author, c.before or "", c.after or "", c.after_name or "")
        for page in pages
        for c in page.changes
        if c.field in both
    )


def links(pages: list[Page]) -> set[tuple[str, str, str, str]]:
    return {(link.id, link.item, link.target, link.kind) for page in pages for link in page.links}


def test_both_roads_tell_the_same_story_and_one_costs_a_fraction(sandbox: Sandbox) -> None:
    build(
        sandbox.jira.site,
        sandbox.gitlab.site,
        seed=7,
        now=START + timedelta(days=200),
        jira_url=sandbox.jira.url,
        gitlab_url=sandbox.gitlab.url,
    )
    told, cheap = read(sandbox)
    listed, dear = read(sandbox, history="events")
    count = sum(len(page.items) for page in told)
    assert count > 100
    assert facts(told) == facts(listed)
    assert links(told) == links(listed)
    assert cheap <= 0.05 * count + 1 < dear / 20
    assert any("activity" in note for note in told[-1].notes)
    assert any("event lists" in note for note in listed[-1].notes)


def test_a_long_activity_is_read_to_its_end(sandbox: Sandbox, site: GitlabSite, ann: int) -> None:
    issue = site.create_issue(PROJECT, "Busy", at=START, by=ann)
    for n in range(250):
        (site.reopen_issue if n % 2 else site.close_issue)(issue, at=START + timedelta(hours=n + 1), by=ann)
    pages, _ = read(sandbox)
    assert sum(c.field is FieldName.STATUS for c in pages[0].changes) == 250


def test_time_logged_is_told_whole_with_who_spent_it(sandbox: Sandbox, site: GitlabSite, ann: int) -> None:
    issue = site.create_issue(PROJECT, "Work", at=START, by=ann)
    for n in range(150):
        site.log_time(issue, 60 * (n + 1), spent_at=START + timedelta(hours=n), by=ann)
    (page,), _ = read(sandbox)
    assert len(page.worklogs) == 150
    assert sum(log.seconds for log in page.worklogs) == page.items[0].spent_seconds
    assert {log.author for log in page.worklogs} == {str(ann)}
    assert page.worklogs[3].started_at == START + timedelta(hours=3)


def test_assignments_are_told_by_the_activity(sandbox: Sandbox, site: GitlabSite, ann: int) -> None:
    bob = site.add_user("bob", "Bob")
    issue = site.create_issue(PROJECT, "Passed on", at=START, by=ann, assignees=[ann])
    site.assign(issue, [bob], at=START + timedelta(days=1), by=ann)
    (page,), _ = read(sandbox)
    assert {(c.before, c.after) for c in page.changes if c.field is FieldName.ASSIGNEES} == {
        (str(ann), None),
        (None, str(bob)),
    }


def test_an_issue_whose_activity_does_not_agree_is_read_from_its_events(
    sandbox: Sandbox, site: GitlabSite, ann: int
) -> None:
    known, moved = (site.add_milestone(PROJECT, title, due=date(2026, 4, 1)) for title in ("1.0", "2.0"))
    for n in range(20):
        issue = site.create_issue(PROJECT, f"Item {n}", at=START, by=ann, milestone=known)
        site.close_issue(issue, at=START + timedelta(days=1), by=ann)
    site.issues[issue].milestone = moved
    (page,), requests = read(sandbox)
    assert any("#20" in note and "event lists" in note for note in page.notes)
    assert requests == 1 + 1 + 1 + 6


@pytest.mark.parametrize(
    ("widgets", "requests", "words"),
    [
        (frozenset({"WorkItemWidgetNotes", "WorkItemWidgetHierarchy"}), 2 + 2, "WorkItemWidgetLinkedItems"),
        (frozenset(), 2 + 3 + 6, "WorkItemWidgetNotes"),
        (None, 2 + 1 + 6, "404"),
    ],
)
def test_a_server_that_knows_less_is_read_as_well(
    sandbox: Sandbox, site: GitlabSite, ann: int, widgets: frozenset[str] | None, requests: int, words: str
) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=START, by=ann, labels=["bug"])
    site.close_issue(issue, at=START + timedelta(days=1), by=ann)
    site.widgets = widgets
    (page,), cost = read(sandbox)
    told = [(c.field, c.after) for c in page.changes]
    assert told == [(FieldName.LABELS, "bug"), (FieldName.STATUS, "closed")]
    assert any(words in note for note in page.notes)
    assert cost <= requests


def test_links_are_found_where_the_answer_has_none(sandbox: Sandbox, site: GitlabSite, ann: int) -> None:
    site.widgets = frozenset({"WorkItemWidgetNotes"})
    a, b, c = (site.create_issue(PROJECT, title, at=START, by=ann) for title in "abc")
    site.link_issues(a, b, "blocks", at=START + timedelta(days=1), by=ann)
    site.close_issue(c, at=START + timedelta(days=1), by=ann)
    pages, _ = read(sandbox)
    assert [(link.item, link.target) for link in pages[0].links] == [(str(a), str(b))]


def test_a_question_that_is_too_much_is_asked_in_halves(
    sandbox: Sandbox, site: GitlabSite, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pmbridge.errors import Rejected
    from pmbridge_gitlab.client import GitlabClient

    for n in range(40):
        site.close_issue(
            site.create_issue(PROJECT, f"Item {n}", at=START, by=ann), at=START + timedelta(days=1), by=ann
        )
    ask, sizes = GitlabClient.graphql, itertools.count()

    def slow(self: GitlabClient, question: str, values: Any) -> Any:
        if "iids" not in values:
            return ask(self, question, values)
        next(sizes)
        if len(values["iids"]) > 10:
            raise Rejected("gitlab-main refused a question: Request timed out")
        return ask(self, question, values)

    monkeypatch.setattr(GitlabClient, "graphql", slow)
    (page,), _ = read(sandbox)
    assert len(page.changes) == 40
    assert next(sizes) == 7
    assert not any("event lists" in note for note in page.notes)
