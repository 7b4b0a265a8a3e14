"""Whole syncs over answers that no form would accept: read, or named, and never the end of a sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.model import FieldName, History, Item, StatusCategory
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge.store import Store, read_history
from pmbridge.sync import Certificate, sync_source
from pmbridge_jira import JiraConnector, JiraSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MANY = 10_000
Answer = dict[str, Any]
Sync = Callable[..., Certificate]
Held = Callable[[], History]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(at(500))) as running:
        site = running.jira.site
        site.add_user("ada", "Ada", "ada@acme.example")
        site.add_project("SHOP", "Shop", "ada")
        for name in ("1.0", "1.1", "2.0"):
            site.add_version("SHOP", name)
        for n in range(3):
            issue = site.create_issue("SHOP", "Story", f"Item {n}", at=at(n), by="ada")
            for hours, status in ((1, "In Progress"), (2, "To Do"), (3, "Done")):
                site.edit_issue(issue, at=at(n + hours), by="ada", status=status)
        yield running


@pytest.fixture
def site(sandbox: Sandbox) -> JiraSite:
    return sandbox.jira.site


@pytest.fixture
def sync(sandbox: Sandbox, store: Store) -> Iterator[Sync]:
    made: list[JiraConnector] = []

    def run(**settings: Any) -> Certificate:
        section = {"url": sandbox.jira.url, "auth": {"email": BOT_EMAIL, "token": TOKEN}, "projects": ["SHOP"]}
        made.append(JiraConnector("jira", JiraSettings.model_validate(section | settings), owner="acme"))
        return sync_source(made[-1], store, holder="tests")

    yield run
    for connector in made:
        connector.close()


@pytest.fixture
def held(store: Store) -> Held:
    def history() -> History:
        with store.read() as conn:
            return read_history(conn, {"jira": ["SHOP"]})

    return history


def tamper(sandbox: Sandbox, path: str, change: Callable[[Any], Any]) -> None:
    sandbox.jira.faults.tamper_next(MANY, path=path, change=change)


Edits = Callable[[list[Answer]], list[Answer]]


def with_fields(sandbox: Sandbox, key: str, *, histories: Edits | None = None, **fields: Any) -> None:
    """Let an issue be told with other values, wherever it is told, and histories otherwise where they come with it."""

    def change(answer: Answer) -> Answer:
        for issue in answer["issues"]:
            if issue.get("key") == key:
                issue["fields"] |= fields
        return answer if histories is None else _inside(answer, histories)

    tamper(sandbox, "issue/bulkfetch|search/jql", change)


def _inside(answer: Answer, change: Edits) -> Answer:
    for log in (issue["changelog"] for issue in answer["issues"] if "changelog" in issue):
        log["histories"] = change(log["histories"])
    return answer


def with_histories(sandbox: Sandbox, change: Edits) -> None:
    """Let histories be told otherwise, whether they come inside of issues or by themselves."""

    def apart(answer: Answer) -> Answer:
        for log in answer["issueChangeLogs"]:
            log["changeHistories"] = change(log["changeHistories"])
        return answer

    tamper(sandbox, "issue/bulkfetch|search/jql", lambda answer: _inside(answer, change))
    tamper(sandbox, "changelog/bulkfetch", apart)


def one(history: History, key: str = "SHOP-1") -> Item:
    return {item.key: item for item in history.items}[key]


@pytest.mark.parametrize("category", [None, {}, {"key": "undefined"}, {"key": "brand-new", "id": "x"}])
def test_a_status_of_an_unknown_category(sync: Sync, held: Held, sandbox: Sandbox, category: Any) -> None:
    status = {"id": "10003", "name": "Done", "statusCategory": category}
    with_fields(sandbox, "SHOP-1", status=status)
    tamper(sandbox, "/status$", lambda rows: [*(row for row in rows if row["id"] != "10003"), status])
    assert sync().status == "complete"
    history = held()
    assert one(history).category is StatusCategory.UNMAPPED
    assert {s.id: s.category for s in history.statuses}["10003"] is StatusCategory.UNMAPPED


def test_histories_out_of_order(sync: Sync, held: Held, sandbox: Sandbox) -> None:
    assert sync().status == "complete"
    told = held().changes
    with_histories(sandbox, lambda edits: edits[::-1])
    assert sync(full_history=True).status == "complete"
    assert held().changes == told


def test_histories_of_one_instant_follow_their_numbers(sync: Sync, held: Held, sandbox: Sandbox) -> None:
    with_histories(sandbox, lambda edits: [{**edit, "created": edits[0]["created"]} for edit in edits[::-1]])
    assert sync().status == "complete"
    moves = [c.after_name for c in held().changes if c.field is FieldName.STATUS and c.item == one(held()).id]
    assert moves == ["In Progress", "To Do", "Done"]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-02T09:00:00.000+0530", datetime(2026, 3, 2, 3, 30, tzinfo=UTC)),
        ("2026-03-02T09:00:00.000-0930", datetime(2026, 3, 2, 18, 30, tzinfo=UTC)),
        ("2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2199-01-01T00:00:00.000+1400", datetime(2198, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_instants_of_any_offset_and_in_the_future(
    sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite, written: str, instant: datetime
) -> None:
    with_fields(sandbox, "SHOP-2", updated=written)
    sync()
    assert one(held(), "SHOP-2").updated_at == instant
    site.clock.set(at(520))
    site.edit_issue("SHOP-1", at=at(510), by="ada", labels=["later"])
    sync()
    assert one(held()).labels == ("later",), "what lies ahead does not move the watermark"


def test_numbers_that_are_written_as_texts(sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite) -> None:
    site.edit_issue("SHOP-1", at=at(20), by="ada", points=5, fix_versions=["1.0"])
    logged = {"id": 77, "author": None, "started": "2026-03-02T09:00:00.000+0000", "timeSpentSeconds": "90"}
    with_fields(
        sandbox,
        "SHOP-1",
        customfield_10016="5",
        timespent="90",
        timeoriginalestimate="7200",
        worklog={"total": "1", "worklogs": [logged]},
    )

    def numbers(edits: list[Answer]) -> list[Answer]:
        for edit in edits:
            edit["id"], edit["created"] = int(edit["id"]), str(edit["created"])
            for item in edit["items"]:
                item["from"], item["to"] = (int(v) if str(v).isdigit() else v for v in (item["from"], item["to"]))
        return edits

    with_histories(sandbox, numbers)
    assert sync().status == "complete"
    item = one(held())
    assert (item.points, item.spent_seconds, item.estimate_seconds) == (5.0, 90, 7200)
    assert [log.seconds for log in held().worklogs] == [90]
    version = site.project_versions("SHOP")[0].id
    assert {c.after for c in held().changes if c.field is FieldName.MILESTONES} == {f"version:{version}"}


def test_labels_with_commas_and_spaces(sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite) -> None:
    site.edit_issue("SHOP-2", at=at(20), by="ada", labels=["a,b", "c"])
    with_fields(sandbox, "SHOP-1", labels=["a, b", "c d", "é;\t"])
    assert sync().status == "complete"
    assert one(held()).labels == ("a, b", "c d", "é;\t")
    assert one(held(), "SHOP-2").labels == ("a,b", "c")
    assert {c.after for c in held().changes if c.field is FieldName.LABELS} == {"a,b", "c"}


def test_emoji_nul_and_torn_characters_everywhere(sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite) -> None:
    odd = "🚀 a\x00b\ud83d"
    site.edit_issue("SHOP-1", at=at(20), by="ada", fix_versions=["1.0"])

    def renamed(answer: Answer) -> Answer:
        for version in answer["values"]:
            version["name"] = f"{version['name']} {odd}"
        return answer

    def named(edits: list[Answer]) -> list[Answer]:
        for edit in edits:
            edit["author"]["displayName"] = odd
            for item in edit["items"]:
                item["toString"] = odd
        return edits

    tamper(sandbox, "project/SHOP/version", renamed)
    words = {"summary": odd, "labels": [odd.replace(" ", "")], "description": odd}
    with_fields(sandbox, "SHOP-1", histories=named, **words)
    assert sync(connections=1).status == "complete"
    mended = "🚀 a\ufffdb\ufffd"
    history = held()
    assert one(history).title == mended
    assert one(history).description == mended
    assert {m.title for m in history.milestones} == {f"{name} {mended}" for name in ("1.0", "1.1", "2.0")}
    assert mended in {c.after_name for c in history.changes}


def test_a_version_that_is_deleted_while_items_still_name_it(
    sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite
) -> None:
    site.edit_issue("SHOP-1", at=at(20), by="ada", fix_versions=["1.0", "1.1"])
    gone, kept = (version.id for version in site.project_versions("SHOP")[:2])
    without = lambda answer: {  # noqa: E731
        **answer,
        "values": [version for version in answer["values"] if version["id"] != gone],
        "total": answer["total"] - 1,
    }
    tamper(sandbox, "project/SHOP/version", without)
    assert sync().status == "complete"
    assert set(one(held()).milestones) == {f"version:{gone}", f"version:{kept}"}
    assert f"version:{gone}" not in {m.id for m in held().milestones}


def test_two_versions_of_one_name_and_an_item_in_three(sync: Sync, held: Held, site: JiraSite) -> None:
    twin = site.project_versions("SHOP")[2].id
    site.update_version(twin, name="1.0")
    ids = [version.id for version in site.project_versions("SHOP")]
    site.edit_issue("SHOP-1", at=at(20), by="ada", fix_versions=ids)
    assert sync().status == "complete"
    assert set(one(held()).milestones) == {f"version:{native}" for native in ids}
    assert sorted(m.title for m in held().milestones) == ["1.0", "1.0", "1.1"]


def test_a_sprint_on_two_boards_is_one(sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite) -> None:
    first, second = (site.add_board("SHOP", name) for name in ("One", "Two"))
    sprint = site.add_sprint(first, "Sprint 1", state="active", start=at(0), end=at(100))
    site.edit_issue("SHOP-1", at=at(20), by="ada", sprints=[sprint])
    shown = {"id": sprint, "name": "Sprint 1", "state": "active", "originBoardId": first}
    tamper(sandbox, f"board/{second}/sprint", lambda answer: {**answer, "values": [shown], "total": 1})
    assert sync(sprints=True).status == "complete"
    assert [m.id for m in held().milestones if m.kind == "sprint"] == [f"sprint:{sprint}"]
    assert one(held()).milestones == (f"sprint:{sprint}",)


def test_a_project_that_is_renamed_between_two_runs(sync: Sync, held: Held, site: JiraSite) -> None:
    sync()
    site.projects["SHOP"].key = "STORE"
    for issue in site.issues.values():
        issue.key = issue.key.replace("SHOP", "STORE")
    site.clock.set(at(520))
    site.edit_issue(next(iter(site.issues)), at=at(510), by="ada", labels=["renamed"])
    proof = sync()
    assert proof.status == "complete", proof.gaps
    assert {(item.project, item.key) for item in held().items} == {
        ("SHOP", "STORE-1"),
        ("SHOP", "SHOP-2"),
        ("SHOP", "SHOP-3"),
    }


def test_a_field_that_is_renamed_between_two_runs(sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite) -> None:
    site.edit_issue("SHOP-1", at=at(20), by="ada", points=5)
    assert sync().status == "complete"
    rename = lambda rows: [{**row, "name": "Größe"} if row["name"] == "Story Points" else row for row in rows]  # noqa: E731
    tamper(sandbox, "/field$", rename)
    site.clock.set(at(520))
    site.edit_issue("SHOP-1", at=at(510), by="ada", points=8)
    proof = sync()
    assert any("story_points" in note for note in proof.notes), "it was known by its name alone, and that is told"
    site.clock.set(at(540))
    site.edit_issue("SHOP-1", at=at(530), by="ada", points=13)
    assert sync(fields={"story_points": "customfield_10016"}).status == "complete"
    assert one(held()).points == 13


def test_a_thousand_custom_fields(sync: Sync, held: Held, sandbox: Sandbox, site: JiraSite) -> None:
    many = [
        {"id": f"customfield_{n}", "name": f"Field {n}", "custom": True, "schema": {"type": "string", "custom": "x:y"}}
        for n in range(20_000, 21_000)
    ]
    tamper(sandbox, "/field$", lambda rows: [*many, *rows])
    with_fields(sandbox, "SHOP-1", **{row["id"]: "noise" for row in many})
    site.edit_issue("SHOP-1", at=at(20), by="ada", points=5)
    assert sync().status == "complete"
    assert one(held()).points == 5
    asked = [entry.body["fields"] for entry in sandbox.jira.requests if entry.path.endswith("issue/bulkfetch")]
    assert max(map(len, asked)) < 40
