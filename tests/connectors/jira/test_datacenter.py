"""The connector against a Jira Data Center on loopback, which it finds out by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Action, Artifact, Finding, Page, Place, Step, Surface
from pmbridge.document import Document, fingerprint
from pmbridge.errors import Rejected
from pmbridge.model import FieldName, Level, MilestoneKind, Ref, RefKind
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT, TOKEN, JiraSite
from pmbridge_jira import JiraConnector, JiraSettings
from pmbridge_jira.normalize import sprint_number

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WINDOW = 120


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture(params=[False, True], ids=["keys", "names"])
def site(request: pytest.FixtureRequest) -> JiraSite:
    site = JiraSite(Clock(day(100)), server=True, old=request.param)
    site.result_window = WINDOW
    site.add_user("JIRAUSER10100", "Ada", "ada@acme.example")
    site.add_project("SHOP", "Shop", "JIRAUSER10100")
    site.add_project("PAY", "Pay", "JIRAUSER10100")
    return site


@pytest.fixture
def sandbox(site: JiraSite) -> Iterator[Sandbox]:
    with Sandbox(jira=site) as running:
        yield running


@pytest.fixture
def connector(sandbox: Sandbox) -> Iterator[JiraConnector]:
    section = {
        "url": sandbox.jira.url,
        "auth": {"token": TOKEN},
        "projects": ["SHOP"],
        "sprints": True,
        "epics": True,
    }
    made = JiraConnector("jira-dc", JiraSettings.model_validate(section), owner="acme")
    yield made
    made.close()


def made(site: JiraSite, summary: str = "Cart", at: float = 0, type: str = "Story", **fields: Any) -> str:
    return site.create_issue("SHOP", type, summary, at=day(at), by="JIRAUSER10100", **fields)


def read(connector: JiraConnector, since: datetime | None = None, cursor: str | None = None) -> list[Page]:
    reference = connector.fetch_reference(["SHOP"])
    return list(connector.fetch_pages("SHOP", since=since, cursor=cursor, reference=reference))


def told(pages: list[Page], field: FieldName) -> list[tuple[str | None, str | None]]:
    return [(c.before, c.after) for page in pages for c in page.changes if c.field is field]


def test_it_is_recognized_and_asked_with_a_bearer_token(connector: JiraConnector, sandbox: Sandbox) -> None:
    assert connector.now() == day(100)
    assert connector.whoami().id == BOT
    assert connector.count("SHOP") == 0
    assert {request.path.partition("/rest/api/")[2][0] for request in sandbox.jira.requests} == {"2"}


@pytest.mark.parametrize("spread", [1.0, 0.0], ids=["days apart", "all in one second"])
def test_a_project_larger_than_the_result_window_is_read_whole_and_once(
    connector: JiraConnector, site: JiraSite, spread: float
) -> None:
    site.result_window = WINDOW if spread else 1000
    ids = [made(site, f"Item {n}", at=(n % 90) * spread) for n in range(WINDOW * 3)]
    pages = read(connector)
    found = [item.id for page in pages for item in page.items]
    assert sorted(found) == sorted(ids)
    assert len(found) == len(set(found))


def test_an_interrupted_reading_repeats_one_page_at_most(connector: JiraConnector, site: JiraSite) -> None:
    ids = {made(site, f"Item {n}", at=n % 9) for n in range(200)}
    first = next(iter(read(connector)))
    rest = read(connector, cursor=first.cursor)
    assert {item.id for page in (first, *rest) for item in page.items} == ids
    assert sum(len(page.items) for page in (first, *rest)) <= 200 + len(first.items)


def test_only_what_changed_is_read_again(connector: JiraConnector, site: JiraSite) -> None:
    ids = [made(site, f"Item {n}", at=n) for n in range(30)]
    site.edit_issue(ids[3], at=day(50), by="JIRAUSER10100", status="Done")
    assert [item.id for page in read(connector, since=day(49)) for item in page.items] == [ids[3]]


def test_the_whole_history_comes_with_the_issue(connector: JiraConnector, site: JiraSite) -> None:
    issue = made(site)
    for n in range(120):
        site.edit_issue(issue, at=day(n / 2 + 1), by="JIRAUSER10100", status="In Progress" if n % 2 else "To Do")
    pages = read(connector)
    assert len(told(pages, FieldName.STATUS)) == 119
    assert [c.at for c in pages[0].changes] == sorted(c.at for c in pages[0].changes)


def test_people_are_known_by_key_or_by_name(connector: JiraConnector, site: JiraSite) -> None:
    issue = made(site, assignee="JIRAUSER10100")
    site.edit_issue(issue, at=day(1), by="JIRAUSER10100", assignee=None)
    (page,) = read(connector)
    assert page.items[0].author == "JIRAUSER10100"
    assert told([page], FieldName.ASSIGNEES) == [("JIRAUSER10100", None)]
    assert ("JIRAUSER10100", "ada@acme.example") in [(person.id, person.email) for person in page.people]


def test_a_story_belongs_to_the_epic_it_names_by_key(connector: JiraConnector, site: JiraSite) -> None:
    old, new = (made(site, title, type="Epic") for title in ("Old", "New"))
    story = made(site, parent=old)
    task = made(site, type="Sub-task", parent=story)
    site.edit_issue(story, at=day(2), by="JIRAUSER10100", parent=new)
    pages = read(connector)
    items = {item.id: item for page in pages for item in page.items}
    assert items[story].parent == new
    assert items[story].milestones == (f"epic:{new}",)
    assert (items[task].parent, items[task].level, items[task].milestones) == (story, Level.SUBTASK, ())
    assert told(pages, FieldName.MILESTONES) == [(f"epic:{old}", None), (None, f"epic:{new}")]
    epics = [m for m in connector.fetch_reference(["SHOP"]).milestones if m.kind is MilestoneKind.EPIC]
    assert {m.title for m in epics} == {"Old", "New"}


def test_versions_and_sprints_with_awkward_names_are_told(connector: JiraConnector, site: JiraSite) -> None:
    site.add_version("SHOP", "1.0, the [first] = best", release_date=date(2026, 5, 1))
    board = site.add_board("SHOP", "Board")
    one, two = (site.add_sprint(board, name) for name in ("Sprint [id=99,state=X], one", "Two"))
    issue = made(site)
    site.edit_issue(issue, at=day(1), by="JIRAUSER10100", sprints=[one, two], fix_versions=["1.0, the [first] = best"])
    pages = read(connector)
    assert sorted(pages[0].items[0].milestones)[:2] == [f"sprint:{one}", f"sprint:{two}"]
    titles = {m.title for m in connector.fetch_reference(["SHOP"]).milestones}
    assert {"Sprint [id=99,state=X], one", "1.0, the [first] = best"} <= titles


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("com.x.Sprint@1a[id=7,rapidViewId=2,name=A,[id=9,goal=]", "7"),
        ("com.x.Sprint@1a[rapidViewId=2,state=ACTIVE,name=B ,id=9] c,startDate=<null>,id=8]", "8"),
        ("com.x.Sprint@1a[name=nothing]", None),
        ({"id": 5, "name": "Cloud"}, "5"),
    ],
)
def test_a_sprint_is_known_by_its_id_whatever_its_name(text: Any, number: str | None) -> None:
    assert sprint_number(text) == number


def test_deleted_and_moved_issues_are_found(connector: JiraConnector, site: JiraSite) -> None:
    site.result_window = 10_000
    kept, gone, moved = (made(site, title, at=n) for n, title in enumerate(("kept", "gone", "moved")))
    keys = {native: site.issue(native).key for native in (kept, gone, moved)}
    site.delete_issue(gone)
    site.move_issue(moved, "PAY", at=day(5), by="JIRAUSER10100")
    assert list(connector.list_ids("SHOP")) == [kept]
    found = {w.item: (w.finding, w.key) for w in connector.find("SHOP", keys)}
    assert found == {
        kept: (Finding.HERE, keys[kept]),
        gone: (Finding.GONE, None),
        moved: (Finding.MOVED, "PAY-1"),
    }


def test_nothing_is_written_and_that_is_said(connector: JiraConnector, site: JiraSite) -> None:
    issue = made(site)
    ref = Ref(source="jira-dc", kind=RefKind.ITEM, id=issue, project="SHOP", key="SHOP-1")
    place = Place(target=ref, surface=Surface.COMMENT, slot="milestone-health")
    (seen,) = connector.observe([place])
    assert "Data Center" in (seen.denied or "")
    document = Document(blocks=())
    artifact = Artifact(**place.model_dump(), document=document, fingerprint=fingerprint(document), watermark=day(1))
    with pytest.raises(Rejected, match="Data Center"):
        connector.write(Step(place=place, action=Action.CREATE, reason="new", artifact=artifact))
