from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pmbridge.connector import Page
from pmbridge.model import FieldName, text_id
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings
from pmbridge_gitlab.ticks import task_of

PROJECT = "acme/shop-web"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(day(30))) as running:
        running.gitlab.site.add_project(PROJECT)
        yield running


def read(sandbox: Sandbox) -> Page:
    said = {"url": sandbox.gitlab.url, "auth": {"token": TOKEN}, "projects": [PROJECT]}
    connector = GitlabConnector("lab", GitlabSettings.model_validate(said), owner="acme")
    reference = connector.fetch_reference([PROJECT])
    (page,) = connector.fetch_pages(PROJECT, since=None, cursor=None, reference=reference)
    connector.close()
    return page


def test_a_tick_has_the_author_and_time_of_its_note_and_leaves_the_text_as_it_was(sandbox: Sandbox) -> None:
    site = sandbox.gitlab.site
    ann = site.add_user("ann", "Ann")
    issue = site.create_issue(PROJECT, "x", at=day(1), by=ann, description="- [ ] pays\n- [ ] refunds")
    site.edit(issue, at=day(3), by=ann, description="- [x] pays\n- [ ] refunds")
    site.edit(issue, at=day(4), by=ann, description="- [ ] pays\n- [ ] refunds")
    page = read(sandbox)
    pays = text_id(str(issue), "pays")
    assert [(run.test, run.at, run.status.value, run.executor) for run in page.executions] == [
        (pays, day(3), "pass", str(ann)),
        (pays, day(4), "skipped", str(ann)),
    ]
    assert [(test.id, test.covers) for test in page.tests] == [(pays, (str(issue),))]
    assert not [change for change in page.changes if change.field is FieldName.DESCRIPTION]


def test_another_text_is_a_change_of_the_description(sandbox: Sandbox) -> None:
    site = sandbox.gitlab.site
    ann = site.add_user("ann", "Ann")
    issue = site.create_issue(PROJECT, "x", at=day(1), by=ann, description="- [x] pays")
    site.edit(issue, at=day(3), by=ann, description="- [x] pays twice")
    page = read(sandbox)
    (change,) = [change for change in page.changes if change.field is FieldName.DESCRIPTION]
    assert (change.at, change.author) == (day(3), str(ann))
    assert change.before != change.after


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("marked the checklist item **pays  by card** as completed", ("pays by card", True)),
        ("marked the task **pays** as incomplete", ("pays", False)),
        ("marked the checklist item **a ** b** as completed", ("a ** b", True)),
    ],
)
def test_notes_of_old_and_new_servers_are_read(body: str, told: tuple[str, bool]) -> None:
    found = task_of(body)
    assert found is not None
    assert (found["text"], found["done"]) == told


def test_another_sentence_tells_nothing() -> None:
    assert task_of("marked this issue as related to #3") is None
