"""What people see of us over days, crashes and edits: little, and never twice."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import timedelta

import pytest
import yaml

from pmbridge.config import load
from pmbridge.jobs.assess import assess_product
from pmbridge.jobs.demo import work_goes_on
from pmbridge.jobs.installation import open_installation
from pmbridge.jobs.publish import carry_out, make_plan
from pmbridge.jobs.queue.work import Work
from pmbridge.jobs.stopping import Stopping
from pmbridge.sandbox.story.scenario import Role
from pmbridge.store import open_store
from pmbridge.store.assessments import last_published
from pmbridge.store.comments import read_comments


def receipts(demo, call, *arguments):
    answer = call("log", "--format", "json", *arguments, config=demo.config)
    return [json.loads(line) for line in answer.out.splitlines()]


def steps(demo, call):
    return json.loads(call("plan", "--format", "json", config=demo.config).out)["steps"]


def without_rules(demo):
    settings = yaml.safe_load(demo.config.read_text())
    settings["products"]["shop"]["publish"] = []
    demo.config.write_text(yaml.safe_dump(settings))


def test_a_quiet_week_edits_nothing_but_what_has_turned(synced, call):
    assert call("run", config=synced.config).code == 0
    first = len(receipts(synced, call))
    for _ in range(7):
        synced.sandbox.clock.advance(timedelta(days=1))
        assert call("run", config=synced.config).code == 0
    updates = receipts(synced, call)[first:]
    assert {r["action"] for r in updates} <= {"UPDATE"}
    titles = Counter(r["key"] for r in updates)
    assert titles["2.2 Loyalty"] == titles["2.3 International"] == titles[synced.trouble.epic] == 0
    assert titles["2.1 Express checkout"] > 0, "due in ten days, and less and less likely"


def test_a_tracker_that_could_not_be_read_is_no_news_for_those_who_watch_a_ticket(synced, call):
    assert call("run", config=synced.config).code == 0
    before, written = synced.comment(), len(receipts(synced, call))
    token = synced.folder / "jira.token"
    good = token.read_text()
    token.write_text("expired")
    synced.sandbox.clock.advance(timedelta(days=3))
    assert call("sync", config=synced.config).code != 0
    token.write_text(good)
    assert steps(synced, call) == []
    held = call("apply", "--yes", config=synced.config)
    assert held.code == 4
    assert "Nothing is written for Meridian Shop: jira-main could not be read" in held.err
    assert (synced.comment(), len(receipts(synced, call))) == (before, written)
    assert call("sync", config=synced.config).code == 0
    assert steps(synced, call) != []


def test_a_worker_hears_what_approvers_decide(synced, call):
    """One of many machines reads comments as a whole pass does, before it assesses a product."""
    settings = yaml.safe_load(synced.config.read_text())
    settings["products"]["shop"]["acceptance"]["comments"] = True
    synced.config.write_text(yaml.safe_dump(settings))
    site, epic = synced.sandbox.jira.site, synced.story.milestone(Role.GATE).epic
    issue = next(one for one in site.issues.values() if one.key == epic)
    site.add_comment(issue.id, "pmbridge: sign-off runbook", at=synced.sandbox.clock.now(), by="v.rademacher")
    loaded = load(synced.config)
    Work(loaded, Stopping()).assess("shop")
    with open_store(loaded.store) as store, store.read() as conn:
        heard = read_comments(conn, loaded.products["shop"].projects)
    assert [one.text for one in heard if one.text] == ["pmbridge: sign-off runbook"]
    assert len(heard) > 1, "who answered the bugs of a launch, without what they said"


def test_a_text_that_stayed_says_what_it_said_and_is_renewed_when_something_happens(synced, call):
    assert call("run", config=synced.config).code == 0
    before = synced.comment()
    synced.sandbox.clock.advance(timedelta(days=2))
    assert call("run", config=synced.config).code == 0
    assert synced.comment() == before
    work_goes_on(synced)
    assert call("run", config=synced.config).code == 0
    assert synced.comment() != before


def test_remove_finds_everything_without_a_ledger_and_without_a_rule(synced, call):
    descriptions = {m.id: m.description for m in synced.sandbox.gitlab.site.milestones.values()}
    versions = {v.id: v.description for v in synced.sandbox.jira.site.versions.values()}
    assert call("run", config=synced.config).code == 0
    for file in synced.folder.glob("pmbridge.db*"):
        file.unlink()
    without_rules(synced)
    assert call("sync", config=synced.config).code == 0
    assert call("remove", "--yes", config=synced.config).code == 0
    site = synced.sandbox.jira.site
    assert not [c for c in site.comments.values() if c.by == site.bot]
    notes = [n for i in synced.sandbox.gitlab.site.issues.values() for n in i.notes if "pmbridge" in n.body]
    assert notes == []
    assert {m.id: m.description for m in synced.sandbox.gitlab.site.milestones.values()} == descriptions
    assert {v.id: v.description or "" for v in site.versions.values()} == {k: v or "" for k, v in versions.items()}


@pytest.mark.parametrize("arrived", [True, False])
def test_a_create_without_an_answer_is_told_and_never_made_twice(synced, call, arrived):
    synced.sandbox.jira.faults.drop_next(1, after_commit=arrived, method="POST", path="/comment$")
    answer = call("run", config=synced.config)
    (first, *_) = [r for r in receipts(synced, call) if r["surface"] == "comment" and r["source"] == "jira-main"]
    assert first["outcome"] == ("done" if arrived else "unknown")
    assert answer.code == (0 if arrived else 4)
    if arrived:
        assert "focusedCommentId" in first["url"]
    else:
        assert "unknown" in call("log", config=synced.config).out
        (again,) = [s for s in steps(synced, call) if s["place"]["target"]["key"] == first["key"]]
        assert (again["action"], again["unsure"]) == ("CREATE", True)
    assert call("run", config=synced.config).code == 0
    site = synced.sandbox.jira.site
    marked = Counter(c.issue for c in site.comments.values() if "pmbridge" in c.properties)
    assert set(marked.values()) == {1}
    assert {s["action"] for s in steps(synced, call)} <= {"KEEP", "SKIP"}


def test_what_is_replaced_in_a_description_and_taken_over_in_a_comment_is_kept(synced, call):
    assert call("run", config=synced.config).code == 0
    site = synced.sandbox.gitlab.site
    issue = next(
        i for i in site.issues.values() if (i.project, i.iid) == (synced.story.web_project, synced.trouble.tracking)
    )
    note = next(n for n in issue.notes if not n.system and "<!-- pmbridge" in n.body)
    note.body = note.body.replace("<!-- pmbridge", "Agreed with the sponsor.\n\n<!-- pmbridge", 1)
    work_goes_on(synced)
    assert call("sync", config=synced.config).code == 0
    assert call("apply", "--take-over", "--yes", config=synced.config).code == 0
    kept = {(r["surface"], r["source"]): r["previous_text"] for r in receipts(synced, call) if r["action"] == "UPDATE"}
    assert "Agreed with the sponsor." in kept["comment", "gitlab-main"]
    assert "<!-- pmbridge:begin" in kept["description", "gitlab-main"]
    assert kept["description", "jira-main"].startswith("[pmbridge] red")
    told = call("log", "--target", f"acme/shop-web#{synced.trouble.tracking}", config=synced.config).out
    assert "Agreed with the sponsor." in told


def test_a_version_s_line_that_a_person_changed_is_left_as_it_is(synced, call):
    assert call("run", config=synced.config).code == 0
    version = next(v for v in synced.sandbox.jira.site.versions.values() if v.id == synced.trouble.version)
    version.description = version.description.replace("[pmbridge] red", "[pmbridge] red, as agreed with Ann")
    work_goes_on(synced)
    edited = version.description
    assert "CONFLICT" in call("run", config=synced.config).out
    assert version.description == edited
    assert "CONFLICT" in call("remove", "--yes", config=synced.config).out
    assert version.description == edited


def test_a_kept_plan_is_recorded_and_remembered_like_a_pass(synced, call):
    kept = synced.folder / "plan.json"
    call("plan", "--out", str(kept), config=synced.config)
    assert call("apply", str(kept), "--yes", config=synced.config).code == 0
    as_of = json.loads(kept.read_text())["as_of"]["shop"]
    with open_store(f"sqlite:///{synced.folder / 'pmbridge.db'}") as store, store.read() as conn:
        told = last_published(conn, "shop", before=synced.sandbox.clock.now() + timedelta(days=1))
    assert told is not None
    assert json.loads(told.body)["as_of"] == as_of
    (run,) = [json.loads(line) for line in call("runs", "--format", "json", config=synced.config).out.splitlines()]
    assert (run["kind"], run["outcome"]) == ("apply", "done")
    assert len(receipts(synced, call, "--run", run["id"])) == run["facts"]["steps"] > 5


def test_a_text_that_the_ledger_has_lost_is_remembered_again(synced, call):
    assert call("run", config=synced.config).code == 0
    for file in synced.folder.glob("pmbridge.db*"):
        file.unlink()
    assert call("run", config=synced.config).code == 0
    assert {r["action"] for r in receipts(synced, call)} == {"KEEP"}
    site = synced.sandbox.jira.site
    epic = site.issue_by_key(synced.trouble.epic)
    for comment in [c for c in epic.comments if c.by == site.bot]:
        epic.comments.remove(comment)
        site.comments.pop(comment.id)
    (step,) = [s for s in steps(synced, call) if s["place"]["target"]["key"] == epic.key]
    assert (step["action"], step["reason"]) == ("SKIP", "deleted by a person; not written again")


def test_after_a_rollback_to_a_backup_nothing_is_written_twice(synced, call):
    before = synced.folder / "before.db"
    assert call("store", "backup", str(before), config=synced.config).code == 0
    assert call("run", config=synced.config).code == 0
    written = synced.writes()
    for file in synced.folder.glob("pmbridge.db*"):
        file.unlink()
    before.rename(synced.folder / "pmbridge.db")
    assert call("run", config=synced.config).code == 0
    assert synced.writes() == written > 5


def test_two_installations_of_one_owner_that_write_at_once_leave_one_text_a_place(synced, call):
    settings = load(synced.config)
    shutil.copy(synced.folder / "pmbridge.db", synced.folder / "other.db")
    with (
        open_installation(settings) as one,
        open_installation(settings, store_url=f"sqlite:///{synced.folder / 'other.db'}") as other,
    ):
        plans = [make_plan(each, [assess_product(each, "shop")]) for each in (one, other)]
        rows = [
            carry_out(each, plan, run_id=name, now=synced.sandbox.clock.now)
            for each, plan, name in zip((one, other), plans, ("one", "other"), strict=True)
        ]
    assert all(row.outcome == "done" for part in rows for row in part)
    pruned = [row.step.place.surface.value for row in rows[1] if row.step.action == "PRUNE"]
    assert pruned == ["comment"] * len([s for s in plans[0].writes if s.place.surface.value == "comment"])
    site, notes = synced.sandbox.jira.site, Counter()
    marked = Counter(c.issue for c in site.comments.values() if "pmbridge" in c.properties)
    for issue in synced.sandbox.gitlab.site.issues.values():
        notes[issue.id] += sum("<!-- pmbridge" in note.body for note in issue.notes)
    assert set(marked.values()) == {1}
    assert set(notes.values()) == {0, 1}
    assert {s["action"] for s in steps(synced, call)} <= {"KEEP", "SKIP"}
