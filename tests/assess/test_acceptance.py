"""The gate of a milestone, from histories told event by event."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pmbridge.assess import assess
from pmbridge.config.product import ProductSettings
from pmbridge.model import (
    Candidate,
    Decisions,
    Execution,
    ExecutionStatus,
    Origin,
    RuleName,
    Ruling,
    Signoff,
    TestCase,
    Waiver,
)

BASE = {"title": "Shop", "projects": {"jira": ["SHOP"]}}


def at(day: int) -> datetime:
    return datetime(2025, 3, day, 12, tzinfo=UTC)


def gate(tale, day: int = 28, *, history=None, previous=None, **settings):
    product = ProductSettings.model_validate({**BASE, "acceptance": settings})
    told = history or tale.history()
    found = assess(told, product, product="shop", as_of=at(day), config_digest="c", version="1", previous=previous)
    return found.milestones[0].acceptance


@pytest.fixture
def tale(story):
    tale = story()
    tale.milestone("version:1", "2.1", start=date(2025, 3, 1), due=date(2025, 3, 31))
    tale.item("S-1", at(1), type="Story", priority="High", milestones=("version:1",), description="[ ] pays")
    return tale


def requirement(found, key="S-1"):
    return next(one for one in found.requirements if one.item == key)


def a_test(tale, key="T-1", **fields):
    tale.item(key, at(2), type="Test", milestones=("version:1",), **fields)
    tale.link(key, "S-1", "tests", phrase="tests")


def test_requirements_are_stories_in_scope_with_their_priority(tale):
    tale.item("S-2", at(1), type="Bug", milestones=("version:1",))
    tale.item("S-3", at(1), type="Story", priority="Low", labels=("moscow::should",), milestones=("version:1",))
    tale.item("S-4", at(1), type="Story")
    tale.item("S-5", at(1), type="Story", milestones=("version:1",), labels=("quality::security",))
    found = gate(tale)
    assert [(one.item, one.priority, one.characteristic) for one in found.requirements] == [
        ("S-1", "must", None),
        ("S-3", "should", None),
        ("S-5", "must", "security"),
    ]


def test_a_label_on_a_test_issue_proves_its_requirement_from_its_instant_on(tale):
    a_test(tale)
    tale.change("T-1", at(10), "labels", "at::passed")
    assert requirement(gate(tale, 9, checklists=False)).status == "NOTRUN"
    assert requirement(gate(tale, 11, checklists=False)).status == "OK"


def test_an_open_box_keeps_a_requirement_from_being_proven(tale):
    a_test(tale)
    tale.change("T-1", at(10), "labels", "at::passed")
    assert requirement(gate(tale)).status == "NOTRUN"


def test_a_label_on_the_requirement_itself_counts(tale):
    tale.change("S-1", at(10), "labels", "at::failed")
    found = requirement(gate(tale))
    assert (found.status, "S-1: label" in found.tests) == ("NOK", True)


def test_a_test_that_covers_nothing_is_an_orphan(tale):
    tale.item("T-9", at(2), type="Test", milestones=("version:1",))
    assert gate(tale).orphans == ("T-9",)


def test_boxes_and_labels_of_work_that_is_no_requirement_are_no_orphans(tale):
    tale.item("W-1", at(2), type="Task", milestones=("version:1",), description="## Acceptance\n- [ ] it works")
    tale.change("W-1", at(3), "labels", "at::passed")
    assert gate(tale).orphans == ()


def test_a_cancelled_requirement_has_left_the_scope(tale):
    tale.change("S-1", at(5), "resolution", "Won't Do")
    tale.status("S-1", at(5), "done")
    assert gate(tale).requirements == ()
    assert gate(tale).verdict == "no-go"
    assert gate(tale, must=["requirements-verified"]).verdict == "unknown"


def automated(tale, *runs, name="@S-1 pays"):
    test = TestCase(source="ci", id="t", key=name, title=name, origin=Origin.JUNIT)
    rows = [
        Execution(source="ci", id=str(n), test="t", status=ExecutionStatus(status), at=at(day), build=build)
        for n, (day, status, build) in enumerate(runs)
    ]
    return replace(tale.history(), tests=(test,), executions=tuple(rows))


def test_executions_that_came_later_make_no_difference(tale):
    history = automated(tale, (10, "pass", "rc1"), (20, "fail", "rc2"))
    assert requirement(gate(tale, 15, history=history, checklists=False)).status == "OK"
    assert requirement(gate(tale, 25, history=history, checklists=False)).status == "NOK"


def test_executions_of_unknown_builds_prove_nothing_for_a_declared_candidate(tale):
    history = automated(tale, (20, "pass", "some other build"))
    decisions = Decisions(candidates=(Candidate(milestone="2.1", build="rc3", at=at(15)),))
    found = gate(tale, history=replace(history, decisions=decisions), checklists=False)
    assert (requirement(found).fresh, requirement(found).doubts) == (False, ("it ran on some other build",))
    assert found.build == "rc3"


def test_a_failing_test_without_a_defect_and_a_repair_without_a_run_are_work(tale):
    a_test(tale)
    tale.change("T-1", at(10), "labels", "at::failed")
    assert [one.test for one in gate(tale).untracked_failures] == ["T-1"]
    tale.item("B-1", at(11), type="Bug", priority="Low", milestones=("version:1",))
    tale.link("B-1", "T-1", "blocks")
    assert gate(tale).untracked_failures == ()
    tale.status("B-1", at(14), "done")
    assert [(one.test, one.defect) for one in gate(tale).unconfirmed_fixes] == [("T-1", "B-1")]
    assert gate(tale, 13).unconfirmed_fixes == ()


def test_open_bugs_of_the_gravest_severity_block(tale):
    tale.item("B-1", at(11), type="Bug", priority="Highest", milestones=("version:1",))
    rule = next(one for one in gate(tale).rules if one.rule == "no-open-blocker")
    assert (rule.status, rule.evidence) == ("fails", ("B-1",))


def decided(tale, **parts):
    return replace(tale.history(), decisions=Decisions(**parts))


def test_decisions_count_for_the_milestone_they_name_and_from_their_instant_on(tale):
    signoff = Signoff(milestone="2.1", rule=RuleName.UAT_SIGNED_OFF, by="boss", at=at(20))
    other = signoff.model_copy(update={"milestone": "2.2"})
    rules = {"must": ["uat-signed-off"], "should": [], "approvers": {"*": ["boss"]}}
    assert gate(tale, 21, history=decided(tale, signoffs=(signoff,)), **rules).verdict == "go"
    assert gate(tale, 19, history=decided(tale, signoffs=(signoff,)), **rules).verdict == "no-go"
    assert gate(tale, 21, history=decided(tale, signoffs=(other,)), **rules).verdict == "no-go"


def test_a_waiver_without_expiry_is_shown_with_the_reason_it_is_void(tale):
    waiver = Waiver(milestone="2.1", rule=RuleName.REQUIREMENTS_VERIFIED, reason="r", author="a", approver="boss")
    found = gate(tale, history=decided(tale, waivers=(waiver,)), approvers={"*": ["boss"]})
    assert [(one.void, one.expires) for one in found.waivers] == [("it has no expiry", None)]
    assert found.verdict == "no-go"


def test_the_decision_of_the_accountable_person_stands_beside_the_verdict(tale):
    rulings = tuple(Ruling(milestone="2.1", decision="go", by=who, at=at(20)) for who in ("boss", "stranger"))
    found = gate(tale, history=decided(tale, rulings=rulings[:1]), accountable="boss")
    assert (found.verdict, found.decision.decision) == ("no-go", "go")
    assert gate(tale, history=decided(tale, rulings=rulings[1:]), accountable="boss").decision is None


def test_what_changed_since_the_last_gate_is_told(tale):
    a_test(tale)
    tale.change("T-1", at(10), "labels", "at::passed")
    product = ProductSettings.model_validate({**BASE, "acceptance": {"checklists": False}})
    common = {"product": "shop", "config_digest": "c", "version": "1"}
    first = assess(tale.history(), product, as_of=at(9), **common)
    then = assess(tale.history(), product, as_of=at(11), previous=first, **common).milestones[0].acceptance
    assert then.since_last.verdict == "no-go"
    assert then.since_last.changes == (
        "requirements-verified: fails → holds",
        "pass-rate: unknown → fails",
        "S-1: NOTRUN → OK",
    )


def test_the_digest_names_the_evidence_and_not_what_came_later(tale):
    a_test(tale)
    before = gate(tale, 9).evidence_digest
    tale.change("T-1", at(10), "labels", "at::passed")
    assert gate(tale, 9).evidence_digest == before
    assert gate(tale, 11).evidence_digest != before


def test_sub_requirements_roll_up(tale):
    tale.item("S-2", at(1), type="Story", parent="S-1", milestones=("version:1",))
    tale.change("S-2", at(10), "labels", "at::failed")
    found = gate(tale, checklists=False)
    assert [(one.item, one.status, one.parent) for one in found.requirements] == [
        ("S-1", "NOK", None),
        ("S-2", "NOK", "S-1"),
    ]


def test_a_quarantined_test_counts_for_nothing(tale):
    history = automated(tale, (20, "pass", None))
    assert requirement(gate(tale, history=history, checklists=False)).status == "OK"
    assert requirement(gate(tale, history=history, checklists=False, quarantine=["*pays*"])).status == "NOTRUN"
