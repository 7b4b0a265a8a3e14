"""What real sites hold and no form would accept: read, or named, and never the end of a sync."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Page
from pmbridge.model import FieldName, StatusCategory
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge.store import open_store, read_history
from pmbridge.sync import sync_source
from pmbridge_jira import JiraConnector, JiraSettings
from pmbridge_jira.changelog import Lexicon, changes
from pmbridge_jira.fields import discover
from pmbridge_jira.normalize import Site, item
from pmbridge_jira.settings import FieldSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture(params=[False, True], ids=["cloud", "data center"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(jira=JiraSite(Clock(day(30)), server=request.param)) as running:
        running.jira.site.add_user("ada", "Ada", "ada@acme.example")
        running.jira.site.add_project("SHOP", "Shop", "ada")
        yield running


@pytest.fixture
def shop(sandbox: Sandbox) -> JiraSite:
    return sandbox.jira.site


@pytest.fixture
def reader(sandbox: Sandbox) -> Iterator[JiraConnector]:
    auth = {"token": TOKEN} if sandbox.jira.site.server else {"email": BOT_EMAIL, "token": TOKEN}
    section = {"url": sandbox.jira.url, "auth": auth, "projects": ["SHOP"], "sprints": True}
    made = JiraConnector("jira-main", JiraSettings.model_validate(section), owner="acme")
    yield made
    made.close()


def made(site: JiraSite, title: str = "Cart", at: float = 0, **fields: Any) -> str:
    return site.create_issue("SHOP", "Story", title, at=day(at), by="ada", **fields)


def read(reader: JiraConnector) -> list[Page]:
    return list(reader.fetch_pages("SHOP", since=None, cursor=None, reference=reader.fetch_reference(["SHOP"])))


@pytest.mark.parametrize("category", [None, {}, {"key": "undefined"}, {"key": "brand-new"}])
def test_an_unknown_category_of_a_status_is_unmapped(issue: Any, site: Site, category: Any) -> None:
    status = {"id": "9", "name": "Limbo", "statusCategory": category}
    assert item(issue(status=status), site).category is StatusCategory.UNMAPPED


def test_histories_come_in_any_order_and_in_one_instant(issue: Any, history: Any, change: Any, site: Site) -> None:
    edits = [
        history(10, change("status", "2", "3"), created=1_772_500_000),
        history(9, change("status", "1", "2"), created=1_772_500_000),
        history(11, change("status", "3", "4"), created=1_772_400_000),
    ]
    told = issue(histories=edits)
    found = [
        (c.history, c.before, c.after)
        for c in changes(told, Lexicon(site.fields), source="x", level=item(told, site).level)
    ]
    assert found == [("11", "3", "4"), ("9", "1", "2"), ("10", "2", "3")]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-02T09:00:00.000+0000", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00.000+0530", datetime(2026, 3, 2, 3, 30, tzinfo=UTC)),
        ("2026-03-02T09:00:00.000-0930", datetime(2026, 3, 2, 18, 30, tzinfo=UTC)),
        ("2199-01-01T00:00:00.000+1400", datetime(2198, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_instants_have_any_offset_and_may_lie_ahead(issue: Any, site: Site, written: str, instant: datetime) -> None:
    assert item(issue(created=written, updated=written), site).updated_at == instant


@pytest.mark.parametrize(("value", "points"), [("5", 5.0), ("2.5", 2.5), ("many", None), ("nan", None), (True, 1.0)])
def test_numbers_may_be_texts_and_texts_no_numbers(issue: Any, site: Site, value: Any, points: float | None) -> None:
    told = item(issue(**{site.fields.story_points[0]: value}, timespent="3600"), site)
    assert (told.points, told.spent_seconds) == (points, 3600)


def test_emoji_pass_and_what_no_store_holds_is_marked(reader: JiraConnector, shop: JiraSite, store_url: str) -> None:
    made(shop, "🚀 Los\x00geht's")
    with open_store(store_url) as store:
        assert sync_source(reader, store, holder="tests").status == "complete"
        with store.read() as conn:
            (found,) = read_history(conn, {"jira-main": ["SHOP"]}).items
    assert found.title == "🚀 Los�geht's"


def test_a_version_may_be_gone_while_items_still_name_it(issue: Any, site: Site) -> None:
    assert item(issue(fixVersions=[{"id": "404", "name": "Gone"}]), site).milestones == ("version:404",)


def test_two_versions_of_one_name_and_an_item_in_three(reader: JiraConnector, shop: JiraSite) -> None:
    ids = [shop.add_version("SHOP", name) for name in ("1.0", "2.0")]
    twin = shop.add_version("SHOP", "temporary")
    shop.update_version(twin, name="1.0")
    issue = made(shop)
    shop.edit_issue(issue, at=day(1), by="ada", fix_versions=[*ids, twin])
    (page,) = read(reader)
    assert page.items[0].milestones == tuple(f"version:{native}" for native in (*ids, twin))
    assert len([c for c in page.changes if c.field is FieldName.MILESTONES]) == 3
    titles = [m.title for m in reader.fetch_reference(["SHOP"]).milestones]
    assert titles.count("1.0") == 2


def test_a_project_that_was_renamed_keeps_its_configured_key(reader: JiraConnector, shop: JiraSite) -> None:
    issue = made(shop)
    old = shop.issue(issue)
    old.key = "STORE-1"
    shop.projects["SHOP"].key = "STORE"
    (page,) = read(reader)
    assert (page.items[0].project, page.items[0].key) == ("SHOP", "STORE-1")


def test_a_field_that_was_renamed_is_found_by_its_id_or_its_type() -> None:
    renamed = [{"id": "customfield_7", "name": "Größe", "schema": {"type": "number"}}]
    by_type = [{"id": "customfield_8", "name": "Größe", "schema": {
        "type": "number", "custom": "com.pyxis.greenhopper.jira:jsw-story-points"}}]  # fmt: skip
    assert discover(renamed, FieldSettings(story_points="customfield_7")).story_points == ("customfield_7",)
    assert discover(by_type, FieldSettings()).story_points == ("customfield_8",)
    assert "story_points" in discover(renamed, FieldSettings()).missing


def test_a_thousand_custom_fields_cost_nothing(issue: Any) -> None:
    many = [
        {"id": f"customfield_{n}", "name": f"Field {n}", "schema": {"type": "string", "custom": "x:y"}}
        for n in range(20_000, 21_000)
    ]
    own = [{"id": "customfield_3", "name": "Story Points", "schema": {"type": "number"}}]
    found = discover([*many, *own, *many], FieldSettings())
    assert len(found.wanted) < 40
    payload = issue(customfield_3=8, **{row["id"]: "noise" for row in many})
    assert item(payload, Site("x", "https://x", found)).points == 8


def test_a_sprint_on_two_boards_is_one(reader: JiraConnector, shop: JiraSite, monkeypatch: pytest.MonkeyPatch) -> None:
    boards = [shop.add_board("SHOP", name) for name in ("One", "Two")]
    sprint = shop.add_sprint(boards[0], "Sprint 1")
    from pmbridge_jira import boards as module

    of_board = module._of_board
    monkeypatch.setattr(module, "_of_board", lambda client, board: of_board(client, {"id": boards[0]}))
    sprints = [m.id for m in reader.fetch_reference(["SHOP"]).milestones if m.kind == "sprint"]
    assert sprints == [f"sprint:{sprint}"]


def test_labels_hold_commas_and_every_instant_its_order(reader: JiraConnector, shop: JiraSite) -> None:
    issue = made(shop)
    shop.edit_issue(issue, at=day(1), by="ada", labels=["a,b", "naïve", "🚀"])
    for status in ("In Progress", "To Do", "Done"):
        shop.edit_issue(issue, at=day(2), by="ada", status=status)
    (page,) = read(reader)
    assert set(page.items[0].labels) == {"a,b", "naïve", "🚀"}
    assert {c.after for c in page.changes if c.field is FieldName.LABELS} == {"a,b", "naïve", "🚀"}
    told = [c.after_name for c in page.changes if c.field is FieldName.STATUS]
    assert told == ["In Progress", "To Do", "Done"]


def test_a_due_date_far_away_is_a_date(issue: Any, site: Site) -> None:
    assert item(issue(duedate="9999-12-31"), site).due == date(9999, 12, 31)
