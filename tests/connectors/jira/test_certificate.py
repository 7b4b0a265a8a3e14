"""A Jira that drops rows, cuts lists or miscounts is found out, and the certificate names the items."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge.store import Store, read_history
from pmbridge.sync import Certificate, sync_source
from pmbridge_jira import JiraConnector, JiraSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ITEMS, MANY = 130, 10_000
Sync = Callable[..., Certificate]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def made(*, server: bool = False) -> JiraSite:
    """A project in which every item went through three statuses; the seventh has forty edits and much time."""
    site = JiraSite(Clock(at(900)), server=server)
    site.add_user("ada", "Ada", "ada@acme.example")
    site.add_project("SHOP", "Shop", "ada")
    for name in ("1.0", "1.1", "2.0"):
        site.add_version("SHOP", name)
    for n in range(ITEMS):
        issue = site.create_issue("SHOP", "Story", f"Item {n}", at=at(n), by="ada", fix_versions=["1.0"])
        for hours, status in ((1, "In Progress"), (2, "To Do"), (3, "Done")):
            site.edit_issue(issue, at=at(n + hours), by="ada", status=status)
    for n in range(40):
        site.edit_issue("SHOP-7", at=at(200 + n), by="ada", status="In Progress" if n % 2 else "Done")
        site.log_work("SHOP-7", 60, started=at(300 + n), by="ada")
    return site


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(jira=made()) as running:
        yield running


def connected(sandbox: Sandbox) -> JiraConnector:
    who = {} if sandbox.jira.site.server else {"email": BOT_EMAIL}
    section = {"url": sandbox.jira.url, "auth": {"token": TOKEN, **who}, "projects": ["SHOP"]}
    return JiraConnector("jira", JiraSettings.model_validate(section), owner="acme")


@pytest.fixture
def sync(sandbox: Sandbox, store: Store) -> Iterator[Sync]:
    connector = connected(sandbox)
    yield lambda **more: sync_source(connector, store, holder="tests", **more)
    connector.close()


def gaps(proof: Certificate) -> dict[str, tuple[str, ...]]:
    return {gap.kind.value: gap.items for gap in proof.gaps}


def test_an_honest_jira_gets_a_complete_certificate(sync: Sync) -> None:
    proof = sync()
    assert (proof.status, proof.gaps) == ("complete", ())
    assert proof.items_tracker == proof.items_stored == ITEMS


def test_dropped_rows_are_named(sync: Sync, sandbox: Sandbox) -> None:
    def drop(answer: dict[str, Any]) -> dict[str, Any]:
        kept = [issue for issue in answer["issues"] if issue["key"] != "SHOP-9" or "status" not in issue["fields"]]
        return {**answer, "issues": kept}

    sandbox.jira.faults.tamper_next(MANY, path="issue/bulkfetch", change=drop)
    proof = sync()
    assert proof.status == "partial"
    assert gaps(proof)["missing"] == ("SHOP-9",)
    sandbox.jira.faults.clear()
    assert sync(full=True).status == "complete"


@pytest.mark.parametrize(
    ("lost", "kind"), [(slice(1, 2), "history_gap"), (slice(2, 3), "partial_history")], ids=["middle", "end"]
)
def test_an_edit_that_is_left_out_is_noticed_wherever_it_stood(
    sync: Sync, sandbox: Sandbox, lost: slice, kind: str
) -> None:
    victim = sandbox.jira.site.issue("SHOP-3").id

    def inside(answer: dict[str, Any]) -> dict[str, Any]:
        for log in (issue["changelog"] for issue in answer["issues"] if issue["id"] == victim and "fields" in issue):
            log["histories"].reverse()
            del log["histories"][lost]
            log["histories"].reverse()
            log["total"] = len(log["histories"])
        return answer

    sandbox.jira.faults.tamper_next(MANY, path="issue/bulkfetch", change=inside)
    proof = sync()
    assert proof.status == "partial"
    assert gaps(proof) == {kind: ("SHOP-3",)}


@pytest.mark.parametrize(
    ("lost", "kind"), [(slice(1, 2), "history_gap"), (slice(-1, None), "partial_history")], ids=["middle", "end"]
)
def test_an_edit_that_the_bulk_changelog_leaves_out_is_noticed_too(
    sync: Sync, sandbox: Sandbox, lost: slice, kind: str
) -> None:
    victim = sandbox.jira.site.issue("SHOP-7").id

    def apart(answer: dict[str, Any]) -> dict[str, Any]:
        for entry in answer["issueChangeLogs"]:
            assert entry["issueId"] == victim
            del entry["changeHistories"][lost]
        return answer

    sandbox.jira.faults.tamper_next(MANY, path="changelog/bulkfetch", change=apart)
    proof = sync()
    assert proof.status == "partial"
    assert gaps(proof) == {kind: ("SHOP-7",)}


def test_a_history_that_ends_before_its_stated_total_is_named(sync: Sync, sandbox: Sandbox) -> None:
    victim = sandbox.jira.site.issue("SHOP-7").id
    sandbox.jira.faults.fail_next(MANY, status=404, path="changelog/bulkfetch")

    def first_only(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "values": answer["values"][:30], "isLast": True, "total": answer["total"]}

    sandbox.jira.faults.tamper_next(MANY, path=f"issue/{victim}/changelog", change=_once(first_only))
    proof = sync()
    assert gaps(proof) == {"partial_history": ("SHOP-7",)}


def _once(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Cut the first page and leave the later ones empty, as a server with a broken offset does."""
    return lambda answer: change(answer) if answer["startAt"] == 0 else {**answer, "values": [], "worklogs": []}


def test_time_that_is_listed_in_part_is_named_and_takes_nothing_away(
    sync: Sync, sandbox: Sandbox, store: Store
) -> None:
    assert sync().status == "complete"
    site = sandbox.jira.site
    site.clock.set(at(901))
    site.edit_issue("SHOP-7", at=at(900.5), by="ada", labels=["late"])
    victim = site.issue("SHOP-7").id
    few = _once(lambda answer: {**answer, "worklogs": answer["worklogs"][:3]})
    sandbox.jira.faults.tamper_next(MANY, path=f"issue/{victim}/worklog", change=few)
    proof = sync()
    assert gaps(proof) == {"partial_history": ("SHOP-7",)}
    with store.read() as conn:
        assert sum(log.seconds for log in read_history(conn, {"jira": ["SHOP"]}).worklogs) == 40 * 60


def test_a_data_center_that_cuts_a_history_is_found_out(store: Store) -> None:
    with Sandbox(jira=made(server=True)) as sandbox:

        def cut(answer: dict[str, Any]) -> dict[str, Any]:
            for issue in answer["issues"]:
                if issue["key"] == "SHOP-7" and "changelog" in issue:
                    del issue["changelog"]["histories"][40:]
            return answer

        sandbox.jira.faults.tamper_next(MANY, path="search", change=cut)
        connector = connected(sandbox)
        proof = sync_source(connector, store, holder="tests")
        connector.close()
    assert proof.status == "partial"
    assert gaps(proof) == {"partial_history": ("SHOP-7",)}


def test_a_list_of_versions_that_ends_too_early_is_no_list(sync: Sync, sandbox: Sandbox) -> None:
    short = lambda answer: {**answer, "values": answer["values"][:1] if answer["startAt"] == 0 else [], "isLast": False}  # noqa: E731
    sandbox.jira.faults.tamper_next(MANY, path="project/SHOP/version", change=short)
    proof = sync()
    assert proof.status == "failed"
    assert "says it has 3 rows and ends after 1" in proof.gaps[0].text


def test_a_count_that_lies_is_corrected_by_the_list(sync: Sync, sandbox: Sandbox) -> None:
    lie = lambda answer: {"count": answer["count"] + 3}  # noqa: E731
    sandbox.jira.faults.tamper_next(MANY, path="approximate-count", change=lie)
    proof = sync()
    assert (proof.status, proof.items_tracker) == ("complete", ITEMS)


def test_items_that_changed_their_version_without_a_trace_are_named(sync: Sync, sandbox: Sandbox) -> None:
    assert sync().status == "complete"
    site = sandbox.jira.site
    (target,) = (version.id for version in site.project_versions("SHOP") if version.name == "1.1")
    # As when a version is merged into another: issues follow, and neither their histories nor their dates say so.
    for key in ("SHOP-5", "SHOP-6"):
        site.issue(key).fix_versions = [target]
    proof = sync()
    assert proof.status == "partial"
    assert {(gap.kind.value, gap.items) for gap in proof.gaps} == {("misplaced", ("SHOP-5", "SHOP-6"))}
    assert sync(full=True).status == "complete"


def test_a_versions_count_that_lies_is_corrected_by_the_list(sync: Sync, sandbox: Sandbox) -> None:
    def lie(answer: dict[str, Any]) -> dict[str, Any]:
        for version in answer["values"]:
            version["issuesStatusForFixVersion"]["done"] += 5
        return answer

    sandbox.jira.faults.tamper_next(MANY, path="project/SHOP/version", change=lie)
    assert sync().status == "complete"


def test_an_item_that_moves_between_versions_while_it_is_read_is_no_gap(
    sync: Sync, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sync().status == "complete"
    site, count = sandbox.jira.site, JiraConnector.count
    site.clock.set(at(902))

    def moving(self: JiraConnector, project: str) -> int | None:
        site.edit_issue("SHOP-5", at=at(901), by="ada", fix_versions=["2.0"])
        return count(self, project)

    monkeypatch.setattr(JiraConnector, "count", moving)
    assert sync().status == "complete"


def test_counting_versions_costs_no_request_where_nothing_differs(sync: Sync, sandbox: Sandbox) -> None:
    sync()
    sandbox.jira.site.clock.set(at(901))
    assert sync().requests == 6
