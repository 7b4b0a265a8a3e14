"""Many projects of one site are looked at by one question, and what is seen is believed only as far as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge.store import Store, read_history
from pmbridge.sync import Certificate, sync_source
from pmbridge_jira import JiraConnector, JiraSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROJECTS = ["SHOP", "PAY", "WEB", "OPS"]
MINUTES = timedelta(minutes=1)
ONE_SUM = (
    "Counts of 4 projects, in which nothing happened, were compared as one sum: differences between them that cancel "
    "out are found by the daily comparison."
)
Sync = Callable[..., Certificate]
Asked = Callable[[], list[str]]


@pytest.fixture(params=[False, True], ids=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> JiraSite:
    site = JiraSite(Clock(START + timedelta(days=30, minutes=5)), server=request.param)
    site.add_user("ada", "Ada", "ada@acme.example")
    for project in PROJECTS:
        site.add_project(project, project.title(), "ada")
        site.add_version(project, "1.0", release_date=date(2026, 5, 1))
        for n in range(3):
            made = START + timedelta(days=n)
            site.create_issue(project, "Story", f"{project} {n}", at=made, by="ada", fix_versions=["1.0"])
    return site


@pytest.fixture
def sandbox(site: JiraSite) -> Iterator[Sandbox]:
    with Sandbox(jira=site) as running:
        yield running


@pytest.fixture
def sync(sandbox: Sandbox, store: Store) -> Iterator[Sync]:
    """Sync some minutes after the last time."""
    made: list[JiraConnector] = []

    def run(minutes: int = 0, *, full: bool = False, **settings: Any) -> Certificate:
        site = sandbox.jira.site
        site.clock.advance(minutes * MINUTES)
        sandbox.jira.requests.clear()
        who = {} if site.server else {"email": BOT_EMAIL}
        section = {"url": sandbox.jira.url, "auth": {"token": TOKEN, **who}, "projects": PROJECTS}
        made.append(JiraConnector("jira", JiraSettings.model_validate(section | settings), owner="acme"))
        return sync_source(made[-1], store, holder="tests", full=full)

    yield run
    for connector in made:
        connector.close()


@pytest.fixture
def asked(sandbox: Sandbox) -> Asked:
    """Return what was asked for by the last sync."""
    return lambda: [entry.path.partition("/rest/")[2].split("/", 2)[2] for entry in sandbox.jira.requests]


@pytest.fixture
def due(store: Store) -> Callable[[str], date | None]:
    def of(project: str) -> date | None:
        with store.read() as conn:
            return next(m.due for m in read_history(conn, {"jira": PROJECTS}).milestones if m.project == project)

    return of


def test_nothing_changed_costs_five_requests_and_says_what_was_spared(sync: Sync, asked: Asked) -> None:
    sync()
    proof = sync(15)
    assert (proof.status, proof.requests, proof.gaps) == ("complete", 5, ())
    assert [(one.items_tracker, one.items_stored) for one in proof.counts] == [(3, 3)] * 4
    assert proof.notes == (
        ONE_SUM,
        "Milestones of 4 projects, in which nothing happened, are as they were read within this hour.",
    )
    assert not [path for path in asked() if path.startswith("project")]


def test_a_date_that_slips_is_seen_within_the_hour_or_with_the_next_change(
    sync: Sync, site: JiraSite, due: Callable[[str], date | None]
) -> None:
    sync()
    for project in ("SHOP", "PAY"):
        site.update_version(next(v.id for v in site.project_versions(project)), release_date=date(2026, 6, 1))
    site.edit_issue("SHOP-1", at=site.clock.now() + 15 * MINUTES, by="ada", status="Done")
    assert sync(15).status == "complete"
    assert (due("SHOP"), due("PAY")) == (date(2026, 6, 1), date(2026, 5, 1))
    assert sync(30).status == "complete"
    assert due("PAY") == date(2026, 5, 1)
    proof = sync(15)
    assert (due("PAY"), proof.notes) == (date(2026, 6, 1), (ONE_SUM,))


def test_a_version_that_was_left_out_is_not_taken_for_missing(sync: Sync, store: Store) -> None:
    sync()
    sync(15)
    with store.read() as conn:
        assert len(read_history(conn, {"jira": PROJECTS}).milestones) == 4


def test_a_version_that_is_gone_is_missing_where_it_was_looked_for(sync: Sync, site: JiraSite, store: Store) -> None:
    sync()
    for project in ("WEB", "OPS"):
        del site.versions[next(v.id for v in site.project_versions(project))]
    for project in ("WEB", "OPS"):
        for issue in (one for one in site.issues.values() if one.project == project):
            issue.fix_versions.clear()
    site.edit_issue("WEB-1", at=site.clock.now() + 10 * MINUTES, by="ada", status="Done")
    sync(15)
    with store.read() as conn:
        assert {m.project for m in read_history(conn, {"jira": PROJECTS}).milestones} == {"SHOP", "PAY", "OPS"}


def test_only_the_project_that_changed_is_asked_about_by_itself(sync: Sync, site: JiraSite, asked: Asked) -> None:
    sync()
    site.edit_issue("WEB-2", at=site.clock.now() + 10 * MINUTES, by="ada", status="Done")
    site.create_issue("WEB", "Story", "New", at=site.clock.now() + 10 * MINUTES, by="ada")
    proof = sync(15)
    assert (proof.status, proof.items_stored, proof.items_tracker) == ("complete", 13, 13)
    assert proof.requests == 5 + 3, "its versions, its count, its changes"
    assert {path.split("/")[1] for path in asked() if path.startswith("project/")} == {"WEB"}


def test_what_was_deleted_in_a_quiet_project_is_found_by_the_count(sync: Sync, site: JiraSite) -> None:
    sync()
    site.delete_issue("OPS-1")
    proof = sync(15)
    assert (proof.status, proof.items_stored, proof.items_tracker, proof.tombstones) == ("complete", 11, 11, 1)
    assert not any("one sum" in note for note in proof.notes), "each was counted by itself"


def test_a_full_sync_spares_nothing(sync: Sync, asked: Asked) -> None:
    sync()
    assert sync(15, full=True).status == "complete"
    assert {path.split("/")[1] for path in asked() if path.startswith("project/")} == set(PROJECTS)


def test_a_connector_that_is_kept_forgets_what_it_saw(
    sandbox: Sandbox, store: Store, site: JiraSite, asked: Asked
) -> None:
    who = {} if site.server else {"email": BOT_EMAIL}
    section = {"url": sandbox.jira.url, "auth": {"token": TOKEN, **who}, "projects": PROJECTS}
    kept = JiraConnector("jira", JiraSettings.model_validate(section), owner="acme")
    for full in (False, False, True):
        sandbox.jira.requests.clear()
        proof = sync_source(kept, store, holder="tests", full=full)
        assert (proof.status, proof.items_stored) == ("complete", 12)
    kept.close()
    assert {path.split("/")[1] for path in asked() if path.startswith("project/")} == set(PROJECTS)


def test_a_renamed_project_makes_nobody_guess(sync: Sync, site: JiraSite) -> None:
    sync()
    issue = site.issue("PAY-1")
    site.edit_issue(issue.id, at=site.clock.now() + 10 * MINUTES, by="ada", status="Done")
    issue.key = "MONEY-1"
    proof = sync(15)
    assert (proof.status, proof.requests) == ("complete", 4 + 4 * 3)


def test_a_site_that_refuses_the_question_is_asked_project_by_project(sync: Sync, sandbox: Sandbox) -> None:
    sync()
    sandbox.jira.faults.fail_next(status=400, path="search(/jql)?$")
    proof = sync(15)
    assert (proof.status, proof.requests) == ("complete", 4 + 4 * 3)


def test_more_changes_than_one_answer_holds_spare_nothing(
    sync: Sync, site: JiraSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pmbridge_jira.cloud.MAX_IDS", 2)
    monkeypatch.setattr("pmbridge_jira.datacenter._IDS", 2)
    sync()
    for n in range(3):
        site.edit_issue(f"SHOP-{n + 1}", at=site.clock.now() + 10 * MINUTES, by="ada", status="Done")
    proof = sync(15)
    assert (proof.status, proof.requests) == ("complete", 4 + 4 * 3)


def test_a_project_that_is_new_in_the_configuration_is_read_whole(sync: Sync, asked: Asked) -> None:
    sync(projects=PROJECTS[:3])
    proof = sync(15)
    assert (proof.status, proof.items_stored) == ("complete", 12)
    assert {path.split("/")[1] for path in asked() if path.startswith("project/")} == {"OPS"}


def test_time_spent_in_a_quiet_project_is_found_all_the_same(sync: Sync, site: JiraSite, store: Store) -> None:
    sync(worklogs=True)
    issue = site.issue("PAY-2")
    touched = issue.updated
    site.log_work(issue.id, 1800, started=site.clock.now() + 5 * MINUTES, by="ada")
    issue.updated = touched
    assert sync(15, worklogs=True).status == "complete"
    with store.read() as conn:
        assert [log.seconds for log in read_history(conn, {"jira": PROJECTS}).worklogs] == [1800]


def test_what_was_seen_serves_once(sync: Sync, site: JiraSite, sandbox: Sandbox, store: Store) -> None:
    sync()
    seen: list[int] = []

    def arrives(answer: Any) -> Any:
        if not seen:
            seen.append(1)
            site.create_issue("OPS", "Story", "While we look", at=site.clock.now(), by="ada")
        return answer

    path = "search$" if site.server else "search/approximate-count"
    sandbox.jira.faults.tamper_next(1, path=path, change=arrives)
    proof = sync(15)
    with store.read() as conn:
        assert len(read_history(conn, {"jira": PROJECTS}).items) in (12, 13)
    assert proof.status == "complete"
    assert sync(15).items_stored == 13


def test_new_projects_are_listed_together_and_read_each_for_itself(sync: Sync, asked: Asked) -> None:
    proof = sync()
    assert (proof.status, proof.items_stored) == ("complete", 12)
    assert [(one.items_tracker, one.items_stored) for one in proof.counts] == [(3, 3)] * 4
    assert proof.requests == 5 + 4 * 2, "versions and items of each"


def test_a_list_of_new_projects_that_the_count_contradicts_is_not_believed(
    sync: Sync, sandbox: Sandbox, site: JiraSite
) -> None:
    def one_row_less(answer: Any) -> Any:
        answer["issues"].pop()
        return answer | {"total": len(answer["issues"])}

    sandbox.jira.faults.tamper_next(1, path=r"search(/jql)?$", change=one_row_less)
    proof = sync()
    assert (proof.status, proof.items_stored) == ("complete", 12)
    assert proof.requests == 5 + 4 * (3 if site.server else 4), "counts, and on Cloud ids, are asked for again"


def test_a_first_sync_that_was_ended_goes_on_project_by_project(
    sync: Sync, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pmbridge_jira.harvest.PAGE_SIZE", 2)
    monkeypatch.setattr("pmbridge_jira.datacenter.PAGE", 2)
    sandbox.jira.faults.html_next(n=2, status=200, path="issue/bulkfetch|search$")
    assert sync().status != "complete"
    sandbox.jira.faults.clear()
    proof = sync(15)
    assert (proof.status, proof.items_stored) == ("complete", 12)
