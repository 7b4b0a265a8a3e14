"""The corridor walked end to end, as a user walks it."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from pmbridge.jobs.demo import work_goes_on

ADF_TEXT = "2.2 Loyalty"


def assessment_of(demo, call, *arguments):
    answer = call("audit", "--format", "json", *arguments, config=demo.config)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def plan_of(demo, call):
    answer = call("plan", "--format", "json", config=demo.config)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["steps"]


def actions(steps):
    return sorted({step["action"] for step in steps})


def test_a_sync_is_certified_complete(demo, call):
    answer = call("sync", "--format", "json", config=demo.config)
    certificates = json.loads(answer.out)
    assert answer.code == 0
    assert [c["status"] for c in certificates] == ["complete", "complete"]
    assert all(c["items_tracker"] == c["items_stored"] > 250 for c in certificates)
    assert all(c["gaps"] == [] for c in certificates)


def test_the_json_keeps_to_its_schema_and_every_ledger_balances(synced, call):
    schema = json.loads(call("schema").out)
    assessment = assessment_of(synced, call)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(assessment, schema)
    assert len(assessment["milestones"]) == len(synced.story.milestones)
    for milestone in assessment["milestones"]:
        ledger = milestone["ledger"]
        assert ledger["residual"] == 0, milestone["title"]
        assert ledger["now"] == milestone["scope"]["items"]
        assert ledger["points"] is None or ledger["points"]["residual"] == pytest.approx(0, abs=1e-9)


def test_a_milestone_of_one_name_in_both_trackers_is_one_row(synced, call):
    assessment = assessment_of(synced, call, synced.trouble.title)
    (milestone,) = assessment["milestones"]
    kinds = sorted((ref["source"], ref["kind"]) for ref in milestone["refs"])
    assert kinds == [("gitlab-main", "milestone"), ("gitlab-main", "milestone"), ("jira-main", "version")]


def test_an_as_of_report_is_the_same_to_the_byte_also_after_later_work(synced, call):
    first = call("audit", "--format", "json", "--as-of", "2026-11-01", config=synced.config).out
    assert call("audit", "--format", "json", "--as-of", "2026-11-01", config=synced.config).out == first
    work_goes_on(synced)
    assert call("sync", config=synced.config).code == 0
    later = json.loads(call("audit", "--format", "json", "--as-of", "2026-11-01", config=synced.config).out)
    earlier = json.loads(first)
    assert [m["scope"] for m in later["milestones"]] == [m["scope"] for m in earlier["milestones"]]
    assert [m["ledger"] for m in later["milestones"]] == [m["ledger"] for m in earlier["milestones"]]


def test_the_second_run_writes_nothing(synced, call):
    assert "CREATE" in actions(plan_of(synced, call))
    assert call("apply", "--yes", config=synced.config).code == 0
    written = synced.writes()
    assert written > 5
    assert actions(plan_of(synced, call)) == ["KEEP", "SKIP"]
    assert call("run", config=synced.config).code == 0
    assert synced.writes() == written


def test_the_second_run_writes_nothing_even_if_the_ledger_is_lost(synced, call):
    assert call("apply", "--yes", config=synced.config).code == 0
    written = synced.writes()
    for file in synced.folder.glob("pmbridge.db*"):
        file.unlink()
    assert call("run", config=synced.config).code == 0
    assert synced.writes() == written


def test_a_change_in_the_tracker_edits_exactly_the_affected_texts(synced, call):
    assert call("run", config=synced.config).code == 0
    written = synced.writes()
    work_goes_on(synced)
    assert call("run", config=synced.config).code == 0
    changed = json.loads("[" + ",".join(call("log", "--format", "json", config=synced.config).out.splitlines()) + "]")
    updates = [receipt for receipt in changed if receipt["action"] == "UPDATE"]
    assert synced.writes() - written == len(updates) > 0
    loyalty = {synced.trouble.title, synced.trouble.epic, f"acme/shop-web#{synced.trouble.tracking}"}
    assert {receipt["key"] for receipt in updates} == loyalty
    assert all(receipt["notifies"] == "nobody" for receipt in updates)
    written = synced.writes()
    synced.sandbox.clock.advance(timedelta(minutes=5))
    assert call("run", config=synced.config).code == 0
    assert synced.writes() == written, "what was said is not said anew only because it was said before"


def test_the_comment_stands_on_the_epic_with_its_marker_and_no_person_is_mentioned(synced, call):
    assert call("run", config=synced.config).code == 0
    epic = synced.sandbox.jira.site.issue_by_key(synced.trouble.epic)
    (comment,) = [c for c in epic.comments if c.by == synced.sandbox.jira.site.bot]
    assert comment.properties["pmbridge"]["owner"] == "demo"
    assert comment.properties["pmbridge"]["slot"] == "milestone-health"
    assert ADF_TEXT in json.dumps(comment.body)
    assert '"mention"' not in json.dumps(comment.body)
    assert "<!-- pmbridge v=1 owner=demo slot=milestone-health" in synced.comment().splitlines()[-1]


def test_what_a_person_deleted_stays_deleted(synced, call):
    assert call("run", config=synced.config).code == 0
    site = synced.sandbox.jira.site
    epic = site.issue_by_key(synced.trouble.epic)
    ours = [c for c in epic.comments if c.by == site.bot]
    for comment in ours:
        epic.comments.remove(comment)
        site.comments.pop(comment.id)
    (step,) = [s for s in plan_of(synced, call) if s["place"]["target"]["key"] == epic.key]
    assert (step["action"], step["reason"]) == ("SKIP", "deleted by a person; not written again")


def test_remove_leaves_no_trace(synced, call):
    descriptions = {m.id: m.description for m in synced.sandbox.gitlab.site.milestones.values()}
    assert call("run", config=synced.config).code == 0
    assert call("remove", "--yes", config=synced.config).code == 0
    site = synced.sandbox.jira.site
    assert not [c for c in site.comments.values() if c.by == site.bot]
    notes = [n for i in synced.sandbox.gitlab.site.issues.values() for n in i.notes if "pmbridge" in n.body]
    assert notes == []
    assert {m.id: m.description for m in synced.sandbox.gitlab.site.milestones.values()} == descriptions
    assert actions(json.loads(call("plan", "--format", "json", config=synced.config).out)["steps"]) == [
        "CREATE",
        "SKIP",
    ]


def test_a_kept_plan_is_applied_and_its_stale_rows_are_left(synced, call):
    kept = synced.folder / "plan.json"
    assert call("plan", "--out", str(kept), "--detailed-exitcode", config=synced.config).code == 3
    assert call("apply", str(kept), "--yes", config=synced.config).code == 0
    written = synced.writes()
    again = call("apply", str(kept), "--yes", config=synced.config)
    assert again.code == 1
    assert "plan again" in again.out
    assert synced.writes() == written


def test_fail_on_tells_a_pipeline(synced, call):
    assert call("audit", synced.trouble.title, "--fail-on", "red", config=synced.config).code == 3
    assert call("audit", synced.trouble.title, config=synced.config).code == 0


def test_live_needs_no_store_and_leaves_none(demo, call):
    answer = call("audit", demo.trouble.title, "--live", config=demo.config)
    assert answer.code == 0, answer.err
    assert "RED" in answer.out
    assert not (demo.folder / "pmbridge.db").exists()


def test_the_log_names_what_was_written(synced, call):
    assert "No such write is recorded" in call("log", config=synced.config).out
    assert call("run", config=synced.config).code == 0
    lines = call("log", "--format", "json", "--target", synced.trouble.epic, config=synced.config).out.splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["CREATE"]
    assert synced.trouble.epic in call("log", config=synced.config).out


def test_an_incremental_sync_asks_only_for_what_changed(synced, call):
    synced.sandbox.clock.advance(timedelta(hours=1))
    assert call("sync", config=synced.config).code == 0
    assert len(synced.sandbox.jira.requests) <= 20


def test_a_person_s_edit_survives_runs_and_removal(synced, call):
    assert call("run", config=synced.config).code == 0
    site = synced.sandbox.jira.site
    (comment,) = [c for c in site.issue_by_key(synced.trouble.epic).comments if c.by == site.bot]
    edited = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Agreed."}]}],
    }
    comment.body = edited
    work_goes_on(synced)
    answer = call("run", config=synced.config)
    assert "CONFLICT" in answer.out
    assert comment.body == edited
    assert "CONFLICT" in call("remove", "--yes", config=synced.config).out
    assert comment.body == edited
    assert comment in site.issue_by_key(synced.trouble.epic).comments
    assert call("remove", "--take-over", "--yes", config=synced.config).code == 0
    assert comment not in site.issue_by_key(synced.trouble.epic).comments
    assert "Nothing of ours is left" in call("remove", "--yes", config=synced.config).out


def test_a_person_s_edit_is_noticed_also_where_nothing_else_has_changed(synced, call):
    # The first pass writes, the second one reads what that has done to the items.
    for _ in range(2):
        assert call("run", config=synced.config).code == 0
    site = synced.sandbox.jira.site
    assert "stands: 1 of 1" in call("run", config=synced.config).err
    (comment,) = [c for c in site.issue_by_key(synced.trouble.epic).comments if c.by == site.bot]
    comment.body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": []}]}
    answer = call("run", config=synced.config)
    assert "stands: 1 of 1" in answer.err
    assert "CONFLICT" in answer.out
    newest = json.loads(call("runs", "--format", "json", "--limit", "1", config=synced.config).out)
    assert (newest["facts"]["assessed"], newest["facts"]["unchanged"]) == (0, 1)
    assert "stands" not in call("run", "--again", config=synced.config).err


def test_a_kept_plan_that_was_applied_is_stale_in_every_row(synced, call):
    kept = synced.folder / "plan.json"
    assert call("plan", "--out", str(kept), config=synced.config).code == 0
    assert call("apply", str(kept), "--yes", config=synced.config).code == 0
    assert call("apply", str(kept), "--yes", config=synced.config).code == 1
    logged = call("log", "--format", "json", config=synced.config).out.splitlines()
    assert {json.loads(line)["outcome"] for line in logged} == {"done"}


def test_the_texts_of_a_plan_can_be_read_before_they_are_written(synced, call):
    answer = call("plan", "--texts", config=synced.config)
    assert "What would turn it" in answer.out
    assert "[pmbridge]" not in answer.out
    assert synced.writes() == 0


def test_a_part_of_a_title_is_enough(synced, call):
    assert "2.2 Loyalty" in call("audit", "loyal", config=synced.config).out


def test_the_runs_of_one_day_say_the_same_while_nothing_changes(synced, call):
    assert call("run", config=synced.config).code == 0
    synced.sandbox.clock.advance(timedelta(days=1))
    assert call("run", config=synced.config).code == 0
    written = synced.writes()
    for _ in range(3):
        synced.sandbox.clock.advance(timedelta(hours=2))
        assert call("run", config=synced.config).code == 0
    assert synced.writes() == written
