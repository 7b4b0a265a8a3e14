"""Everything a user may get wrong: one clear sentence, the right code, no traceback, nothing half-written."""

from __future__ import annotations

import json
import sqlite3

import pytest
import yaml

from pmbridge.sandbox.gitlab.state import READ_ONLY_TOKEN as GITLAB_READ_ONLY
from pmbridge.sandbox.jira.state import READ_ONLY_TOKEN as JIRA_READ_ONLY


def rewrite(demo, change):
    settings = yaml.safe_load(demo.config.read_text())
    change(settings)
    demo.config.write_text(yaml.safe_dump(settings))


def check_explained(answer, *words, code=1):
    """Check that an answer is a sentence for people with these words in it."""
    told = answer.out + answer.err
    assert answer.code == code, told
    assert "Traceback" not in told
    for word in words:
        assert word in told, f"{word!r} not in: {told}"


@pytest.mark.parametrize("tracker", ["jira", "gitlab"])
def test_a_wrong_token(demo, call, tracker):
    (demo.folder / f"{tracker}.token").write_text("wrong-token-value")
    answer = call("sync", "--source", f"{tracker}-main", config=demo.config)
    check_explained(answer, "token", f"{tracker}-main", "FAILED")
    assert "wrong-token-value" not in answer.out + answer.err
    refused = [r for r in getattr(demo.sandbox, tracker).requests if r.status == 401]
    assert len(refused) <= 2


@pytest.mark.parametrize("tracker", ["jira", "gitlab"])
def test_an_unreachable_host(demo, call, tracker):
    rewrite(demo, lambda s: s["sources"][f"{tracker}-main"].update(url="http://127.0.0.1:9"))
    answer = call("sync", "--source", f"{tracker}-main", config=demo.config)
    check_explained(answer, "cannot", "127.0.0.1", f"{tracker}-main")


def test_a_url_that_is_another_kind_of_site(demo, call):
    rewrite(demo, lambda s: s["sources"]["jira-main"].update(url=f"{demo.sandbox.gitlab.url}/nothing"))
    check_explained(call("sync", "--source", "jira-main", config=demo.config), "url")


@pytest.mark.parametrize(("source", "project"), [("jira-main", "NOPE"), ("gitlab-main", "acme/nope")])
def test_a_project_that_does_not_exist(demo, call, source, project):
    def change(settings):
        settings["sources"][source]["projects"].append(project)

    rewrite(demo, change)
    answer = call("sync", "--source", source, config=demo.config)
    check_explained(answer, project, code=4)
    assert "COMPLETE" not in answer.out


def test_a_token_without_write_rights(demo, call):
    (demo.folder / "jira.token").write_text(JIRA_READ_ONLY)
    (demo.folder / "gitlab.token").write_text(GITLAB_READ_ONLY)
    assert call("sync", config=demo.config).code == 0
    answer = call("apply", "--yes", config=demo.config)
    check_explained(answer, "no permission")
    assert demo.writes() == 0
    rows = json.loads(call("plan", "--format", "json", config=demo.config).out)["steps"]
    assert {row["action"] for row in rows} == {"SKIP"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: [", ["config.yaml:1:11"]),
        ("", ["config.yaml"]),
        ("owner: x\nsoruces: {}\n", ["soruces", "sources"]),
    ],
)
def test_a_malformed_configuration(demo, call, text, words):
    demo.config.write_text(text)
    check_explained(call("sync", config=demo.config), *words)


def test_a_literal_token_in_the_configuration(demo, call):
    rewrite(demo, lambda s: s["sources"]["jira-main"]["auth"].update(token="glpat-1234567890"))
    answer = call("sync", config=demo.config)
    check_explained(answer, "token")
    assert "glpat-1234567890" not in answer.out + answer.err


def test_no_configuration_at_all(call):
    check_explained(call("audit"), "pmbridge init")


def test_a_corrupt_store(synced, call):
    (synced.folder / "pmbridge.db").write_bytes(b"this is no database at all, sorry" * 200)
    for side in ("-wal", "-shm"):
        (synced.folder / f"pmbridge.db{side}").unlink(missing_ok=True)
    check_explained(call("audit", config=synced.config), "damaged", "pmbridge sync")


def test_a_store_that_another_program_writes_to(synced, call):
    holder = sqlite3.connect(synced.folder / "pmbridge.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        check_explained(call("audit", synced.trouble.title, config=synced.config), "RED", code=0)
        check_explained(call("sync", config=synced.config), "Another program is writing", "try again")
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def test_a_source_that_another_run_holds(synced, call):
    from pmbridge.store import acquire, open_store

    with open_store(f"sqlite:///{synced.folder / 'pmbridge.db'}") as store, acquire(store, "jira-main", "night-job"):
        check_explained(call("sync", config=synced.config), "jira-main", "night-job")


def test_an_audit_before_the_first_sync(demo, call):
    check_explained(call("audit", config=demo.config), "pmbridge sync")


def test_an_unknown_milestone_product_or_source(synced, call):
    check_explained(call("audit", "2.9 Moon", config=synced.config), "2.9 Moon", synced.trouble.title, code=2)
    check_explained(call("audit", "--product", "nope", config=synced.config), "shop", code=2)
    check_explained(call("sync", "--source", "nope", config=synced.config), "jira-main", code=2)


def test_an_empty_project_and_an_item_with_every_optional_field_null(demo, call):
    at = demo.sandbox.clock.now()
    jira = demo.sandbox.jira.site
    jira.add_project("EMPTY", "Nothing yet", jira.bot)
    jira.create_issue("SHOP", "Task", "x", at=at, by=jira.bot)

    def change(settings):
        settings["sources"]["jira-main"]["projects"] = ["SHOP", "HELP", "EMPTY"]
        settings["products"]["empty"] = {"title": "Empty", "projects": {"jira-main": ["EMPTY"]}}

    rewrite(demo, change)
    assert call("sync", config=demo.config).code == 0
    check_explained(call("audit", "--product", "empty", config=demo.config), "No milestone", code=0)
    assert call("plan", config=demo.config).code == 0


def test_writing_without_anyone_to_ask(synced, call):
    check_explained(call("apply", config=synced.config), "--yes", code=2)
    assert synced.writes() == 0


def test_a_plan_file_that_is_none(synced, call):
    path = synced.folder / "plan.json"
    path.write_text("{}")
    check_explained(call("apply", str(path), "--yes", config=synced.config), "plan --out")


def test_half_of_the_truth_is_not_told(demo, call):
    good = (demo.folder / "jira.token").read_text()
    (demo.folder / "jira.token").write_text("wrong-token-value")
    check_explained(call("run", config=demo.config), "jira-main", "FAILED", code=4)
    assert demo.writes() == 0
    told = json.loads(call("audit", "--format", "json", demo.trouble.title, config=demo.config).out)
    (milestone,) = told["milestones"]
    assert milestone["health"]["status"] in ("unknown", "red")
    assert "never read" in milestone["health"]["reasons"][0]["text"]
    (demo.folder / "jira.token").write_text(good)
    assert call("run", config=demo.config).code == 0
    assert demo.writes() > 5


def test_a_source_that_fails_later_holds_back_what_rests_on_it_and_is_named(synced, call):
    good = (synced.folder / "jira.token").read_text()
    (synced.folder / "jira.token").write_text("wrong-token-value")
    check_explained(call("run", config=synced.config), "jira-main", "FAILED", code=4)
    assert synced.writes() == 0
    (synced.folder / "jira.token").write_text(good)
    assert call("run", config=synced.config).code == 0
    assert synced.writes() > 5


@pytest.mark.parametrize("as_of", ["2027-01-01", "2026-11-21T10:00"])
def test_an_instant_of_which_nothing_is_known_yet(synced, call, as_of):
    check_explained(call("audit", "--as-of", as_of, config=synced.config), "Nothing is known yet", code=2)


def test_a_plan_never_overwrites_the_configuration(synced, call):
    before = synced.config.read_text()
    check_explained(call("plan", "--out", str(synced.config), config=synced.config), "no plan", code=2)
    assert synced.config.read_text() == before


def test_a_folder_that_cannot_be_written(synced, call):
    answer = call("plan", "--out", "/nonexistent/plan.json", config=synced.config)
    check_explained(answer, "/nonexistent/plan.json")
