"""What real projects hold and no form would accept: read, or named, and never the end of a sync."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from pmbridge.connector import Page
from pmbridge.errors import NotFound
from pmbridge.model import FieldName, StatusCategory
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN, GitlabSite
from pmbridge.store import open_store, read_history
from pmbridge.sync import sync_source
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.normalize import Origin, item
from pmbridge_gitlab.settings import GitlabSettings, LabelScopes

PROJECT = "acme/shop-web"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORIGIN = Origin("gitlab-main", PROJECT, LabelScopes())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(START + timedelta(days=30))) as running:
        running.gitlab.site.add_project(PROJECT)
        yield running


@pytest.fixture
def site(sandbox: Sandbox) -> GitlabSite:
    return sandbox.gitlab.site


@pytest.fixture(params=["auto", "events"])
def reader(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[GitlabConnector]:
    section = {
        "url": sandbox.gitlab.url,
        "auth": {"token": TOKEN},
        "projects": [PROJECT],
        "history": request.param,
    }
    made = GitlabConnector("gitlab-main", GitlabSettings.model_validate(section), owner="acme")
    yield made
    made.close()


def read(reader: GitlabConnector) -> list[Page]:
    return list(reader.fetch_pages(PROJECT, since=None, cursor=None, reference=reader.fetch_reference([PROJECT])))


def test_labels_hold_commas_spaces_and_signs(reader: GitlabConnector, site: GitlabSite) -> None:
    names = ["needs review, please", "a ~ b %1", 'said "so"', "added ~1 label", "🚀", "priority::very high"]
    issue = site.create_issue(PROJECT, "Cart", at=START, by=site.bot, labels=names)
    site.remove_labels(issue, names[:2], at=START + timedelta(days=1), by=site.bot)
    (page,) = read(reader)
    assert set(page.items[0].labels) == set(names[2:])
    labels = [(c.before, c.after) for c in page.changes if c.field is FieldName.LABELS]
    assert {after for _, after in labels} - {None} == set(names)
    assert {before for before, _ in labels} - {None} == set(names[:2])
    assert page.items[0].priority == "very high"


def test_milestones_of_awkward_names_and_of_groups_are_told_apart(reader: GitlabConnector, site: GitlabSite) -> None:
    group = site.groups_above(site.project(PROJECT)).pop()
    own = site.add_milestone(PROJECT, '100% of "everything", now')
    shared = site.add_group_milestone(group, "Q1 % plan")
    issue = site.create_issue(PROJECT, "Cart", at=START, by=site.bot, milestone=own)
    site.set_milestone(issue, shared, at=START + timedelta(days=1), by=site.bot)
    (page,) = read(reader)
    told = [(c.before, c.after) for c in page.changes if c.field is FieldName.MILESTONES]
    assert told == [
        (None, f"milestone:{own}"),
        (f"milestone:{own}", None),
        (None, f"milestone:{shared}"),
    ]


def test_emoji_pass_and_what_no_store_holds_is_marked(
    reader: GitlabConnector, site: GitlabSite, store_url: str
) -> None:
    site.create_issue(PROJECT, "🚀 Los\x00geht's", at=START, by=site.bot)
    with open_store(store_url) as store:
        assert sync_source(reader, store, holder="tests").status == "complete"
        with store.read() as conn:
            (found,) = read_history(conn, {"gitlab-main": [PROJECT]}).items
    assert found.title == "🚀 Los�geht's"


def test_many_things_in_one_instant_keep_their_order(reader: GitlabConnector, site: GitlabSite) -> None:
    issue = site.create_issue(PROJECT, "Busy", at=START, by=site.bot)
    now = START + timedelta(days=1)
    for _ in range(3):
        site.close_issue(issue, at=now, by=site.bot)
        site.reopen_issue(issue, at=now, by=site.bot)
    (page,) = read(reader)
    told = [c.after for c in page.changes if c.field is FieldName.STATUS]
    assert told == ["closed", "opened"] * 3


@pytest.mark.parametrize("state", ["locked", "brand-new"])
def test_an_unknown_state_is_unmapped(make_issue: Any, state: str) -> None:
    assert item(make_issue(state=state), ORIGIN).category is StatusCategory.UNMAPPED


@pytest.mark.parametrize("value", ["2026-03-02T08:00:00.000+05:30", "2199-01-01T00:00:00Z"])
def test_instants_have_any_offset_and_may_lie_ahead(make_issue: Any, value: str) -> None:
    assert item(make_issue(created_at=value, updated_at=value), ORIGIN).updated_at == datetime.fromisoformat(value)


def test_numbers_may_be_texts(make_issue: Any) -> None:
    row = make_issue(weight="3", time_stats={"time_estimate": "3600", "total_time_spent": "0"})
    told = item(row, ORIGIN)
    assert (told.points, told.estimate_seconds) == (3.0, 3600)


def test_a_project_that_was_renamed_says_so(
    connector: GitlabConnector, server: responses.RequestsMock, api: str
) -> None:
    old = f"{api}/projects/acme%2Fshop-web/issues_statistics"
    server.get(old, status=301, headers={"Location": f"{api}/projects/3/issues_statistics"})
    with pytest.raises(NotFound, match=r"acme/shop-web was renamed or moved: write its new path in `projects`"):
        connector.count(PROJECT)
