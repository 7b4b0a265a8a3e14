from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.acceptance.authority import Authority
from pmbridge.metrics.acceptance.gate import MUST, SHOULD, Level, rules
from pmbridge.metrics.acceptance.work_lists import Defect
from pmbridge.model import Candidate, ExecutionStatus, Outcome, RuleName, Signoff, Waiver

VERIFIED = RuleName.REQUIREMENTS_VERIFIED
UAT = RuleName.UAT_SIGNED_OFF


def waiver(gate, **more):
    values = {
        "milestone": "m",
        "rule": VERIFIED,
        "scope": ("R-1",),
        "reason": "a pilot group only",
        "author": "dev",
        "approver": "boss",
        "approved_at": gate.ago(0.5),
        "expires": gate.now.date() + timedelta(days=7),
    }
    return Waiver(**{**values, **more})


def signoff(gate, **more):
    return Signoff(**{"milestone": "m", "rule": UAT, "by": "boss", "at": gate.ago(0.5), **more})


def status(found, rule):
    return next(one.status.value for one in found.rules if one.rule.name is rule)


def test_everything_proven_is_go(gate):
    found = gate.verdict([gate.need()], {"R-1/T-1": [gate.run()]})
    assert (found.verdict, found.reasons) == ("go", ())


def test_rules_that_hold_are_told_without_a_double_negative(gate):
    found = gate.verdict([gate.need()], {"R-1/T-1": [gate.run()]})
    texts = [one.finding.text for one in found.rules]
    assert "every failing test has a defect" in texts
    assert "every repaired defect was tested again" in texts


@pytest.mark.parametrize(
    ("runs", "word"),
    [
        ({"R-1/T-1": "fail"}, "fails its tests"),
        ({"R-1/T-1": "blocked"}, "was not run to its end"),
        ({}, "has no test"),
    ],
)
def test_a_must_have_that_is_not_proven_is_no_go(gate, runs, word):
    found = gate.verdict([gate.need()], {key: [gate.run("T-1", told)] for key, told in runs.items()}, must=[VERIFIED])
    assert found.verdict == "no-go"
    assert word in found.reasons[0]


def test_a_stale_proof_is_no_go_and_says_why(gate):
    found = gate.verdict([gate.need(text_changed_at=gate.ago(1))], {"R-1/T-1": [gate.run(days=2)]})
    assert found.verdict == "no-go"
    assert "the requirement's text changed after it" in found.reasons[0]


def test_an_unknown_result_is_unknown_and_no_waiver_helps(gate):
    runs = {"R-1/T-1": [gate.run(status="unknown")]}
    found = gate.verdict([gate.need()], runs, waivers=[waiver(gate)], must=[VERIFIED])
    assert found.verdict == "unknown"


def test_without_requirements_nobody_knows(gate):
    assert gate.verdict([], {}, must=[VERIFIED]).verdict == "unknown"


def test_a_should_rule_that_fails_makes_it_conditional(gate):
    needs = [gate.need("R-1"), gate.need("R-2", "should")]
    found = gate.verdict(needs, {"R-1/T-1": [gate.run()]}, should=[RuleName.SHOULD_HAVES_VERIFIED])
    assert found.verdict == "conditional"


def test_a_live_waiver_makes_it_conditional(gate):
    found = gate.verdict([gate.need()], {}, waivers=[waiver(gate)])
    assert found.verdict == "conditional"
    assert status(found, VERIFIED) == "waived"
    assert found.reasons == ("requirements-verified: 0 of 1 must-have requirement proven, which is waived",)


def test_a_waiver_of_one_requirement_does_not_excuse_another(gate):
    found = gate.verdict([gate.need("R-1"), gate.need("R-2")], {}, waivers=[waiver(gate)])
    assert found.verdict == "no-go"
    assert "R-2" in found.reasons[0]
    assert "R-1" not in found.reasons[0]


@pytest.mark.parametrize(
    "flaw",
    [
        {"expires": None},
        {"expires": date(2026, 11, 23)},
        {"author": "Boss"},
        {"approver": "stranger"},
        {"build": "rc2"},
        {"build": None, "approved_at": "before"},
    ],
)
def test_a_waiver_with_a_flaw_is_void(gate, flaw):
    if flaw.get("approved_at") == "before":
        flaw = {**flaw, "approved_at": gate.ago(9)}
    candidate = Candidate(milestone="m", build="rc3", at=gate.ago(2))
    found = gate.verdict([gate.need()], {}, waivers=[waiver(gate, **flaw)], candidate=candidate)
    assert found.verdict == "no-go"


def test_a_waiver_may_carry_over_to_a_new_build(gate):
    candidate = Candidate(milestone="m", build="rc3")
    found = gate.verdict([gate.need()], {}, waivers=[waiver(gate, build="rc2", carries_over=True)], candidate=candidate)
    assert found.verdict == "conditional"


def test_a_legal_hold_cannot_be_waived(gate):
    found = gate.verdict([gate.need()], {}, waivers=[waiver(gate)], unwaivable=frozenset({VERIFIED}))
    assert found.verdict == "no-go"


def test_a_waiver_of_tomorrow_is_not_there_yet(gate):
    found = gate.verdict([gate.need()], {}, waivers=[waiver(gate, approved_at=gate.ago(-1))])
    assert found.verdict == "no-go"


def test_a_sign_off_stands_for_its_build_and_a_new_one_voids_it(gate):
    good = {"R-1/T-1": [gate.run(days=0.1)]}
    rc2, rc3 = (Candidate(milestone="m", build=name) for name in ("rc2", "rc3"))
    given = [signoff(gate, build="rc2")]
    assert gate.verdict([gate.need()], good, must=[UAT], signoffs=given, candidate=rc2).verdict == "go"
    voided = gate.verdict([gate.need()], good, must=[UAT], signoffs=given, candidate=rc3)
    assert voided.verdict == "no-go"
    assert "void: it was given for rc2, and a new build came" in voided.reasons[0]


def test_a_sign_off_by_someone_not_listed_counts_for_nothing(gate):
    found = gate.verdict([gate.need()], {}, must=[UAT], signoffs=[signoff(gate, by="stranger")])
    assert found.verdict == "no-go"
    assert "stranger is not listed as approver for uat-signed-off" in found.reasons[0]


def test_where_nobody_is_listed_nobody_can_sign(gate):
    found = gate.verdict([gate.need()], {}, must=[UAT], signoffs=[signoff(gate)], authority=Authority())
    assert found.verdict == "no-go"


def test_the_newest_word_counts(gate):
    words = [signoff(gate), signoff(gate, at=gate.ago(0.1), outcome=Outcome.FAILED)]
    assert gate.verdict([gate.need()], {}, must=[UAT], signoffs=words).verdict == "no-go"
    words.append(signoff(gate, at=gate.ago(0.05), outcome=Outcome.NOT_APPLICABLE))
    assert gate.verdict([gate.need()], {}, must=[UAT], signoffs=words).verdict == "go"


def test_open_defects_of_severity_one_block_and_of_two_unless_there_is_a_way_round(gate):
    def told(*defects):
        return gate.verdict([gate.need()], {"R-1/T-1": [gate.run()]}, open_defects=defects).verdict

    assert told(Defect("B-1", severity=1, workaround=True)) == "no-go"
    assert told(Defect("B-2", severity=2)) == "no-go"
    assert told(Defect("B-2", severity=2, workaround=True)) == "go"
    assert told(Defect("B-3", severity=3), Defect("B-4")) == "go"


def test_security_that_nobody_speaks_of_is_a_gap_until_somebody_attests_it(gate):
    good, rule = {"R-1/T-1": [gate.run()]}, RuleName.QUALITY_PROVEN
    assert gate.verdict([gate.need()], good, must=[rule]).verdict == "unknown"
    assert gate.verdict([gate.need()], good, must=[rule], signoffs=[signoff(gate, rule=rule)]).verdict == "go"
    tagged = [gate.need(characteristic="security")]
    assert gate.verdict(tagged, good, must=[rule]).verdict == "go"
    assert gate.verdict(tagged, {}, must=[rule]).verdict == "no-go"


def test_a_must_have_proven_by_flaky_tests_alone_is_conditional(gate):
    torn = [gate.run(commit="a", status="fail", days=2), gate.run(commit="a", days=1)]
    found = gate.verdict([gate.need()], {"R-1/T-1": torn}, should=[RuleName.PROOF_NOT_FLAKY])
    assert found.verdict == "conditional"


def test_the_pass_rate_is_held_to_its_lower_bound(gate):
    few = {f"R-1/T-{n}": [gate.run(f"T-{n}")] for n in range(5)}
    many = {f"R-1/T-{n}": [gate.run(f"T-{n}")] for n in range(60)}
    asked = {"should": [RuleName.PASS_RATE]}
    assert gate.verdict([gate.need()], few, **asked).verdict == "conditional"
    assert gate.verdict([gate.need()], many, **asked).verdict == "go"


def test_rising_arrivals_of_defects_make_it_conditional(gate):
    asked = {"should": [RuleName.ARRIVALS_FALLING]}
    good = {"R-1/T-1": [gate.run()]}
    assert gate.verdict([gate.need()], good, arrivals=1.2, **asked).verdict == "conditional"
    assert gate.verdict([gate.need()], good, arrivals=-1.2, **asked).verdict == "go"
    assert gate.verdict([gate.need()], good, arrivals=None, **asked).verdict == "go"


def test_the_default_gate_asks_every_rule_once():
    asked = rules()
    assert {one.name for one in asked} == set(RuleName)
    assert [one.name for one in asked if one.level is Level.MUST] == list(MUST)
    assert [one.name for one in asked if one.level is Level.SHOULD] == list(SHOULD)


def test_a_rule_that_is_both_is_a_must():
    assert [(one.name, one.level) for one in rules([UAT], [UAT])] == [(UAT, Level.MUST)]


_ORDER = {"go": 0, "conditional": 1, "unknown": 2, "no-go": 3}


@given(
    st.lists(
        st.tuples(st.sampled_from(["R-1", "R-2"]), st.sampled_from(ExecutionStatus), st.integers(0, 40)), max_size=6
    ),
    st.sampled_from(["R-1", "R-2"]),
    st.integers(0, 40),
)
def test_adding_a_fail_never_improves_a_verdict(gate, told, where, days):
    needs = [gate.need("R-1"), gate.need("R-2", "should")]
    runs = {"R-1/R-1t": [], "R-2/R-2t": []}
    for key, result, age in told:
        runs[f"{key}/{key}t"].append(gate.run(f"{key}t", result, age))
    asked = {"should": [RuleName.SHOULD_HAVES_VERIFIED, RuleName.PROOF_NOT_FLAKY]}
    before = gate.verdict(needs, runs, **asked)
    runs[f"{where}/{where}t"].append(gate.run(f"{where}t", "fail", days))
    after = gate.verdict(needs, runs, **asked)
    assert _ORDER[after.verdict] >= _ORDER[before.verdict]
