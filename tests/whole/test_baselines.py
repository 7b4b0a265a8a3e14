"""Baselines, the record and the pages behind the audit, as people call them."""

from __future__ import annotations

import json


def test_a_milestone_is_frozen_once_and_again_only_with_an_approver(synced, call):
    demo = synced
    said = ("freeze", "2.2 Loyalty", "--author", "v.rademacher")
    first = call(*said, "--reason", "agreed with sales", "--at", "2026-10-30", config=demo.config)
    assert first.code == 0, first.err
    assert "2.2 Loyalty:" in first.out
    assert "are the baseline from 2026-10-30" in first.out
    refused = call(*said, "--reason", "re-planned", config=demo.config)
    assert refused.code != 0
    assert "--approver" in refused.out + refused.err
    again = call(*said, "--reason", "re-planned", "--approver", "cio", "--at", "2026-11-10", config=demo.config)
    assert again.code == 0
    assert "baseline 2" in again.out
    audit = json.loads(call("audit", "2.2 Loyalty", "--format", "json", config=demo.config).out)
    ledger = audit["milestones"][0]["ledger"]
    assert ledger["baseline_reason"] == "explicit freeze"
    assert ledger["baseline_at"].startswith("2026-11-10")
    assert ledger["residual"] == 0
    whole = ledger["since_start"]
    assert whole["at"] < ledger["baseline_at"]
    assert whole["baseline"] + whole["added"] - whole["removed"] == ledger["now"]
    page = call("audit", "2.2 Loyalty", config=demo.config).out
    assert "Scope ledger since it was frozen:" in page
    assert "Since the start:" in page


def test_an_ended_milestone_cannot_be_frozen(synced, call):
    answer = call("freeze", "1.4 Mobile", "--author", "a", "--reason", "b", config=synced.config)
    assert answer.code != 0
    assert "has ended" in answer.out + answer.err


def test_the_record_of_the_past_is_shown_and_told_to_programs(synced, call):
    page = call("calibrate", config=synced.config)
    assert page.code == 0
    assert "how often were we right before" in page.out
    assert "Forecast against actual" in page.out
    record = json.loads(call("calibrate", "--format", "json", config=synced.config).out)
    assert record["finishes"][0]["milestones"] == 7
    assert [one["weeks"] for one in record["throughput"]] == [2, 4, 8]


def test_a_rule_is_explained_and_a_difference_is_shown(synced, call):
    explained = call("audit", "2.2 Loyalty", "--explain", "scope.creep", config=synced.config)
    assert explained.code == 0
    assert "residual" in explained.out
    assert "jira-main:" in explained.out
    unknown = call("audit", "2.2 Loyalty", "--explain", "scop.creep", config=synced.config)
    assert unknown.code == 2
    assert "There is no rule scop.creep: did you mean scope.creep?" in unknown.err
    assert "budget" in unknown.err
    changed = call("audit", "2.2 Loyalty", "--diff", "2026-11-13", config=synced.config)
    assert changed.code == 0
    assert "what changed since 13 Nov 2026" in changed.out
    assert "items in scope" in changed.out
    nameless = call("audit", "--explain", "scope.creep", config=synced.config)
    assert nameless.code != 0
    assert "Name the milestone" in nameless.out + nameless.err


def test_the_page_of_the_milestone_in_trouble_can_be_read_in_a_minute(synced, call):
    page = call("audit", "2.2 Loyalty", config=synced.config).out
    for part in ("RED", "chance to make the due date", "What would turn it:", "Dates: ", "Scope ledger: ", "Budget: ",
                 "Warning signs: ", "Sides: ", "Data confidence (A to D): ", "Burn-up by week: "):  # fmt: skip
        assert part in page, part
    assert len(page.splitlines()) <= 45
    whole = call("audit", "2.2 Loyalty", "--all", config=synced.config).out
    for part in ("Record: ", "For comparison: ", "Dependencies: ", "Growth: ", "Flow: ", "What would gain most:"):
        assert part in whole, part
    assert "Move the due date by 1" not in page.split("What would turn it:")[1].splitlines()[0]
