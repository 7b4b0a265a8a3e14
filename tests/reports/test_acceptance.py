from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pmbridge.assessment import (
    Acceptance,
    AcceptanceTrend,
    Decision,
    Dimension,
    EnvironmentResult,
    GateRule,
    HealthStatus,
    Requirement,
    SignOff,
    SinceLast,
    Waiver,
    WorkItem,
)
from pmbridge.document import Chart, Document, Table, plain
from pmbridge.model import MilestoneState
from pmbridge.reports.acceptance import launch_page, section
from pmbridge.reports.gist import comment_gist
from pmbridge.reports.proof_trend import proof_trend

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def need(item: str, status: str = "OK", **more: object) -> Requirement:
    cells = (EnvironmentResult(environment="staging", status=status, last_run=NOW),)
    return Requirement(
        **{"item": item, "status": status, "fresh": status == "OK" or None, "title": f"Do {item}", "tests": ("T-1",)}
        | {"met": status == "OK", "environments": cells} | more
    )  # fmt: skip


def rule(name: str, status: str = "fails", *, level: str = "must") -> GateRule:
    return GateRule(rule=name, level=level, status=status, text="found")


def gate(**more: object) -> Acceptance:
    values = {
        "verdict": "no-go", "coverage": 1.0, "verified": 0.5, "pass_rate": 0.75, "pass_interval": (0.4, 0.9),
        "requirements": (need("SHOP-1"), need("SHOP-2", "NOK", url="https://t/SHOP-2")), "environments": ("staging",),
        "reasons": ("requirements-verified: SHOP-2 fails its tests",), "build": "rc3", "evidence_digest": "abc",
        "rules": (rule("requirements-verified"), rule("rollback", "holds")),
    }  # fmt: skip
    return Acceptance(**values | more)


def page(milestone, **more: object) -> str:
    return plain(launch_page(milestone.model_copy(update={"acceptance": gate(**more)})))


def test_the_page_opens_with_the_verdict_the_build_and_the_counts(milestone):
    text = page(milestone, stale=1)
    assert f"May we launch {milestone.title}?" in text
    assert "NO-GO for build rc3: 1 of 2 rules that must hold does not" in text
    assert "1 of 2 requirements proven · 1 stale · 75 % of the tests pass (95 % interval 40 % to 90 %)" in text
    assert "requirements-verified: SHOP-2 fails its tests" in text
    assert "evidence abc" in text


def test_the_verdict_counts_the_rules_against_it_and_names_only_the_reasons_that_weigh(milestone):
    rules = (rule("requirements-verified"), rule("rollback", "holds"), rule("runbook", level="should"))
    reasons = ("requirements-verified: SHOP-2 fails its tests", "runbook: nobody has attested that there is one")
    stopped = page(milestone, rules=rules, reasons=reasons).partition("Rule |")[0]
    assert "SHOP-2 fails its tests" in stopped
    assert "runbook" not in stopped
    warned = page(milestone, verdict="conditional", rules=rules[1:], reasons=reasons[1:])
    assert (
        "CONDITIONAL for build rc3: what must hold does or is waived; 1 of 1 rule that should hold does not" in warned
    )
    assert "runbook: nobody has attested" in warned
    assert "GO for build rc3: everything that must hold does" in page(milestone, verdict="go", rules=rules[1:2])
    assert "UNKNOWN for build rc3: what is needed to judge is missing" in page(milestone, verdict="unknown")


def test_a_matrix_of_no_named_environment_has_no_column_for_it(milestone):
    nowhere = EnvironmentResult(environment=None, status="NOTRUN", last_run=None)
    text = page(milestone, environments=(None,), requirements=(need("SHOP-1", fresh=False, environments=(nowhere,)),))
    assert "SHOP-1 Do SHOP-1 | must | proven, but stale | 1" in text
    assert "Requirement | Priority | Status | Tests" in text


def test_a_long_list_of_tests_is_cut_and_counted(milestone):
    text = page(milestone, orphans=tuple(f"T-{number}" for number in range(20)))
    assert "T-7" in text
    assert "T-8" not in text
    assert "… and 12 more." in text


def test_what_is_not_proven_stands_first_in_the_matrix(milestone):
    document = launch_page(milestone.model_copy(update={"acceptance": gate()}))
    table = next(b for b in document.blocks if isinstance(b, Table) and "Requirement" in str(b.header))
    assert [row[0][0].text for row in table.rows] == ["SHOP-2", "SHOP-1"]
    assert [str(row[3][0].text) for row in table.rows] == ["failing", "proven"]


def test_decisions_of_people_stand_beside_the_computed_verdict(milestone):
    waived = Waiver(
        rule="requirements-verified", scope="SHOP-2", approver="boss", reason="pilot", expires=date(2026, 12, 1),
        void="it has expired",
    )  # fmt: skip
    signed = SignOff(rule="runbook", by="ops", at=NOW, outcome="passed", build="rc3")
    text = page(
        milestone,
        waivers=(waived,),
        signoffs=(signed,),
        decision=Decision(decision="go", by="boss", at=NOW, reason="the pilot is small"),
    )
    assert "Decided: go by boss on 20 Nov 2026: the pilot is small" in text
    assert "void: it has expired" in text
    assert "runbook: passed by ops on 20 Nov 2026 for rc3" in text


def test_the_lists_of_work_name_tests_requirements_and_since_when(milestone):
    failing = WorkItem(test="T-2", requirements=("SHOP-2",), since=NOW)
    unconfirmed = WorkItem(test="T-3", requirements=("SHOP-2",), since=NOW, defect="SHOP-9")
    text = page(milestone, untracked_failures=(failing,), unconfirmed_fixes=(unconfirmed,), orphans=("T-7",))
    assert "T-2 (SHOP-2) since 20 Nov 2026" in text
    assert "T-3 (SHOP-2) since 20 Nov 2026: SHOP-9" in text
    assert "Tests that cover no requirement" in text


def test_each_rule_has_a_sign_that_needs_no_colour(milestone):
    rules = tuple(rule(f"rule-{status}", status) for status in ("holds", "fails", "waived", "unknown"))
    text = page(milestone, rules=rules)
    assert all(
        f"{sign} {status}" in text for sign, status in zip("✓✗≈?", ("holds", "fails", "waived", "unknown"), strict=True)
    )


def test_the_change_since_the_last_gate_is_told(milestone):
    text = page(milestone, since_last=SinceLast(verdict="go", as_of=NOW, changes=("SHOP-2: OK → NOK",)))
    assert "Since 20 Nov 2026: go → no-go" in text
    assert "SHOP-2: OK → NOK" in text


def test_the_comment_says_nothing_of_a_milestone_without_requirements(milestone):
    silent = milestone.model_copy(update={"acceptance": gate(requirements=())})
    assert list(section(silent)) == []


def trend(days: int = 40, **more: object) -> AcceptanceTrend:
    none = (0,) * days
    values = {
        "dates": tuple(date(2026, 10, 12) + timedelta(days=n) for n in range(days)),
        "ok": tuple(range(days)), "stale": none, "nok": none, "notrun": tuple(range(days, 0, -1)), "unknown": none,
        "uncovered": none, "joined": (*none[:-1], 2), "left": none, "unmet": 3, "newly_met": (1, 2, 1, 2),
    }  # fmt: skip
    return AcceptanceTrend(**values | more)


def told(value: AcceptanceTrend | None) -> str:
    blocks = list(proof_trend(value))
    chart = next(block for block in blocks if isinstance(block, Chart))
    return f"{chart.summary}\n{blocks[-1].content[1].text}"


def test_the_growth_of_the_proof_is_told_over_four_weeks():
    text = told(trend())
    assert "11 of 40 proven on 23 Oct 2026, 39 of 40 now; 2 came in since" in text


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"unmet": 0}, "all are proven"),
        ({"refusal": "only 2 of the 4 weeks"}, "3 not proven yet; no date, since only 2 of the 4 weeks"),
        ({}, "3 not proven yet; at the pace of the last 4 weeks not within a year"),
        (
            {"p50": date(2026, 12, 4), "p85": date(2026, 12, 18)},
            "at the pace of the last 4 weeks all by 4 Dec 2026 as likely as not, by 18 Dec 2026 in 85 of 100 cases",
        ),
        ({"p50": date(2026, 12, 4)}, "all by 4 Dec 2026 as likely as not, with 85 % not within a year"),
    ],
)
def test_the_day_all_must_haves_are_proven_is_told_or_why_there_is_none(more, expected):
    assert expected in told(trend(**more))


@pytest.mark.parametrize("value", [None, AcceptanceTrend(), trend(days=1)])
def test_less_than_two_days_show_no_growth(value):
    assert list(proof_trend(value)) == []


def test_text_from_a_tracker_stays_text(milestone):
    hostile = "<img src=x onerror=alert(1)> [x](javascript:1) {panel}"
    text = page(milestone, requirements=(need("SHOP-1", "NOK", title=hostile),))
    assert hostile in text


def judged(milestone, status: HealthStatus, **more: object):
    """Let quality have a colour, or none while the gate does not count yet."""
    health = milestone.health.model_copy(update={"dimensions": (Dimension(name="quality", status=status),)})
    return milestone.model_copy(update={"health": health, "acceptance": gate(**more)})


def said_of(milestone) -> str:
    return plain(Document(blocks=tuple(section(milestone))))


def test_a_verdict_is_held_back_until_the_gate_counts_or_somebody_has_decided(milestone):
    early = judged(milestone, HealthStatus.UNKNOWN)
    assert said_of(early).startswith("Acceptance so far: 1 of 2 requirements proven")
    assert "NO-GO" not in said_of(early)
    assert "SHOP-2 fails" not in said_of(early)
    assert "Acceptance: NO-GO" in said_of(judged(milestone, HealthStatus.AMBER))
    said = Decision(decision="go", by="ada", at=NOW, reason=None)
    assert "Decided: go by ada" in said_of(judged(milestone, HealthStatus.UNKNOWN, decision=said))
    over = early.model_copy(update={"state": MilestoneState.RELEASED})
    assert said_of(over).startswith("Acceptance today: ")


def test_a_verdict_that_is_held_back_makes_no_comment_new_and_one_that_begins_to_count_does(milestone):
    early, late = (judged(milestone, status) for status in (HealthStatus.UNKNOWN, HealthStatus.AMBER))
    turned = judged(milestone, HealthStatus.UNKNOWN, verdict="unknown")
    assert not comment_gist(turned).differs(comment_gist(early))
    assert comment_gist(late).differs(comment_gist(early))


def test_the_page_of_a_launched_milestone_says_so_first(milestone):
    assert "It was launched" not in page(milestone)
    text = page(milestone.model_copy(update={"launched_at": NOW}))
    assert text.index("It was launched on 20 Nov 2026; this is how its gate stands today.") < text.index("NO-GO")
