from __future__ import annotations

import pytest

from pmbridge.history.micros import all_micros
from pmbridge.metrics.bugflow.bug import Outcome
from pmbridge.metrics.bugflow.ratios import (
    Ratio,
    Tier,
    declined_share,
    detection,
    regressions,
    reopen_rate,
)
from pmbridge.metrics.wilson import wilson_interval


def test_a_share_without_trials_is_none_and_never_zero():
    assert Ratio(0, 0).value is None
    assert Ratio(0, 0).interval is None
    assert Ratio(3, 4).interval == wilson_interval(3, 4)


def test_endings_too_young_to_judge_are_left_out_of_the_re_open_rate(defect, at):
    defects = [defect(0, ended=1), defect(0, ended=[2], reopened=[5]), defect(0, ended=20), defect(0)]
    found = reopen_rate(defects, at(30))
    assert (found.hits, found.trials, found.immature) == (1, 2, 1)


def test_a_re_opening_after_years_is_no_failed_repair(defect, at):
    found = reopen_rate([defect(0, ended=[1], reopened=[900])], at(1000))
    assert (found.hits, found.trials) == (0, 1)


def test_every_repair_of_a_bug_is_judged(defect, at):
    found = reopen_rate([defect(0, ended=[1, 6], reopened=[3])], at(30))
    assert (found.hits, found.trials) == (1, 2)


def test_jones_example_ninety_found_and_ten_escaped(at):
    found = detection(90, all_micros([at(3)] * 10), at(0), at(95), 90)
    assert found.ratio.value == 0.9
    assert found.escaped.value == pytest.approx(0.1)
    assert found.mature


def test_detection_is_immature_until_the_window_has_passed(at):
    found = detection(9, all_micros([at(3), at(40)]), at(0), at(29), 30)
    assert not found.mature
    assert found.after == 1


def test_only_firm_evidence_makes_a_regression_for_executives():
    found = regressions({Tier.SAME_COMPONENT: 1, Tier.CAUSED_BY_LINK: 1, Tier.SAID: 1, Tier.BLAMED: 0}, 4, bad_fixes=1)
    assert found.firm.hits == 2
    assert found.firm.trials == 4
    assert found.tiers == {Tier.CAUSED_BY_LINK: 1, Tier.SAID: 1, Tier.SAME_COMPONENT: 1}


def test_the_share_of_declined_defects_is_of_those_that_ended(defect):
    assert declined_share([defect(0, ended=1), defect(0, ended=1, outcome=Outcome.DECLINED), defect(0)]).value == 0.5
