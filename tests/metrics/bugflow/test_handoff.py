from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.calendar import ROUND_THE_CLOCK, WorkingCalendar, default_calendar
from pmbridge.metrics.bugflow.bug import Bug, Outcome, Turn
from pmbridge.metrics.bugflow.clocks import times
from pmbridge.metrics.bugflow.handoff import (
    Case,
    Finding,
    Handoffs,
    Limits,
    Owner,
    Step,
    gaps,
    ping_pong,
    steps,
)
from pmbridge.metrics.bugflow.meter import Meter
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.model import StatusCategory


@pytest.fixture(scope="session")
def judge(at):
    def make(as_of=20.0, **limits):
        calendar = WorkingCalendar(default_calendar("UTC").zone, ROUND_THE_CLOCK)
        begin = at(-10)
        days = Meter(calendar, begin, at(as_of), in_days=True)
        return Handoffs(at(as_of), days, Meter(calendar, begin, at(as_of)), Limits(**limits), Ranks.of())

    return make


def test_a_ticket_nobody_looked_at_is_supports_to_triage(bug, judge):
    chain = judge(1.5).chain(Case(ticket=bug(1)))
    assert (chain.due, chain.owner, chain.findings) == (Step.TRIAGED, Owner.SUPPORT, ())


def test_an_escalated_ticket_without_a_link_is_an_orphan(bug, judge, at):
    chain = judge(2).chain(Case(ticket=bug(1, acknowledged_at=at(1.1)), escalated=True))
    assert chain.due is Step.ESCALATED
    assert chain.owner is Owner.SUPPORT
    assert chain.findings == (Finding.ORPHAN,)


def test_a_link_to_something_gone_is_a_ghost(bug, judge):
    chain = judge(2).chain(Case(ticket=bug(1), escalated=True, gone=("SHOP-404",)))
    assert chain.findings == (Finding.GHOST,)
    assert chain.owner is Owner.SUPPORT


def test_engineering_owes_the_next_step_of_what_was_handed_to_it(bug, judge, at):
    ticket, waiting = bug(1, acknowledged_at=at(1.1)), bug(2)
    chain = judge(3).chain(Case(ticket=ticket, defects=(waiting,)))
    assert (chain.due, chain.owner, chain.since) == (Step.ACKNOWLEDGED, Owner.ENGINEERING, at(2))
    begun = bug(2, acknowledged_at=at(2.5))
    chain = judge(3).chain(Case(ticket=ticket, defects=(begun,)))
    assert (chain.due, chain.since) == (Step.FIXED, at(2.5))


def test_silence_beyond_three_working_days_is_stuck_and_a_move_ends_it(bug, judge, at):
    case = Case(ticket=bug(1), defects=(bug(2),))
    assert Finding.STUCK in judge(6).chain(case).findings
    assert judge(6).chain(case).silent_days == pytest.approx(4)
    moved = Case(ticket=bug(1), defects=(bug(2),), engineering_moved_at=at(5))
    assert Finding.STUCK not in judge(6).chain(moved).findings
    by_support = Case(ticket=bug(1), defects=(bug(2),), support_moved_at=at(5))
    assert Finding.STUCK in judge(6).chain(by_support).findings


def test_the_gravest_severity_is_stuck_after_hours(bug, judge):
    chain = judge(2.25).chain(Case(ticket=bug(1), defects=(bug(2, severity="blocker"),)))
    assert chain.findings == (Finding.STUCK,)


def test_two_returns_are_a_bounce_and_the_ball_lies_with_support(bug, judge, at):
    case = Case(ticket=bug(1), defects=(bug(1.5),), returns=(at(2), at(3)), returned=True)
    chain = judge(4).chain(case)
    assert chain.owner is Owner.SUPPORT
    assert chain.since == at(3)
    assert chain.findings == (Finding.BOUNCED,)


def test_both_waiting_for_each_other_is_a_deadlock(at, judge):
    def waiting(number):
        turns = (Turn(at(1), StatusCategory.TODO), Turn(at(2), StatusCategory.WAITING))
        return Bug(id=("j", number), key=number, created_at=at(1), turns=turns)

    chain = judge(3).chain(Case(ticket=waiting("HELP-1"), defects=(waiting("SHOP-1"),)))
    assert Finding.DEADLOCK in chain.findings


def test_what_is_fixed_waits_for_its_deployment_and_then_for_the_word_to_the_customer(bug, judge, at):
    ticket = bug(1)
    fixed = Case(ticket=ticket, defects=(bug(1.5, ended=4),))
    chain = judge(5).chain(fixed)
    assert (chain.due, chain.owner, chain.since) == (Step.DEPLOYED, Owner.RELEASE, at(4))
    assert chain.findings == (Finding.FIXED_NOT_DEPLOYED,)
    deployed = Case(ticket=ticket, defects=(bug(1.5, ended=4, deployed_at=at(5)),))
    chain = judge(6).chain(deployed)
    assert (chain.due, chain.owner, chain.since) == (Step.TOLD, Owner.SUPPORT, at(5))
    assert chain.findings == (Finding.DEPLOYED_NOT_TOLD,)


def test_where_nobody_knows_of_deployments_done_counts_as_delivered(bug, judge):
    chain = judge(5).chain(Case(ticket=bug(1), defects=(bug(1.5, ended=4),), deployment_told=False))
    assert chain.due is Step.TOLD


def test_a_declined_defect_must_be_told_too(bug, judge):
    chain = judge(5).chain(Case(ticket=bug(1), defects=(bug(1.5, ended=4, outcome=Outcome.DECLINED),)))
    assert chain.findings == (Finding.DECLINED_NOT_TOLD,)


def test_a_chain_that_reached_its_end_is_owed_by_nobody(bug, judge, at):
    ticket = bug(1, ended=6, acknowledged_at=at(1.2))
    defect = bug(1.5, ended=4, acknowledged_at=at(2), deployed_at=at(5))
    chain = judge(60).chain(Case(ticket=ticket, defects=(defect,)))
    assert chain.due is None
    assert chain.owner is Owner.NOBODY
    assert chain.findings == ()
    assert list(chain.taken) == list(Step)


def test_mismatches_between_both_sides_are_named(bug, judge):
    minor = Case(ticket=bug(1, severity="blocker"), defects=(bug(1, severity="minor"),))
    assert Finding.SEVERITY_MISMATCH in judge(1.1).chain(minor).findings
    early = Case(ticket=bug(1, ended=2), defects=(bug(1),))
    assert Finding.CLOSED_TOO_EARLY in judge(3).chain(early).findings
    late = Case(ticket=bug(1), defects=(bug(1, ended=2),))
    assert Finding.DONE_BUT_OPEN in judge(9).chain(late).findings
    assert Finding.DONE_BUT_OPEN not in judge(5).chain(late).findings


def test_the_worst_chains_stand_first(bug, judge, at):
    calm = Case(ticket=bug(1, key="HELP-1"), defects=(bug(1, acknowledged_at=at(1)),), engineering_moved_at=at(8))
    stuck = Case(ticket=bug(1, key="HELP-2"), defects=(bug(1),))
    done = Case(ticket=bug(1, key="HELP-3", ended=2))
    found = judge(9).chains([done, calm, stuck])
    assert [chain.case.ticket.key for chain in found] == ["HELP-2", "HELP-1", "HELP-3"]


def test_a_support_project_without_links_has_chains_that_end_with_support(bug, judge):
    found = judge(30).chains([Case(ticket=bug(n)) for n in range(1, 6)])
    assert {chain.owner for chain in found} == {Owner.SUPPORT}
    assert ping_pong(found) is None
    assert set(gaps(found, found[0].case.ticket.created_at + timedelta(days=40))) == {(Step.REPORTED, Step.TRIAGED)}


def test_the_gaps_between_steps_count_open_chains(bug, judge, at):
    cases = [Case(ticket=bug(1, acknowledged_at=at(1 + n / 10))) for n in range(1, 12)] + [Case(ticket=bug(2))]
    found = gaps(judge(9).chains(cases), at(9))[Step.REPORTED, Step.TRIAGED]
    assert sorted(one.cause for one in found) == [0] + [1] * 11
    assert times(found).quantile(0.5) == pytest.approx(0.6)


def test_returns_are_counted_per_ticket_handed_over(bug, judge, at):
    cases = [Case(ticket=bug(1), defects=(bug(1),), returns=(at(2),)), Case(ticket=bug(1), defects=(bug(1),))]
    assert ping_pong(judge(9).chains(cases)) == 0.5


INSTANTS = st.one_of(st.none(), st.floats(-3, 15))


@given(instants=st.lists(INSTANTS, min_size=5, max_size=5), ends=st.lists(INSTANTS, min_size=2, max_size=2))
def test_steps_follow_each_other_whatever_the_trackers_say(bug, judge, at, instants, ends):
    seen, acknowledged, deployed, escalated, _ = [None if one is None else at(one) for one in instants]
    ticket = bug(1, ended=() if ends[0] is None else max(1.0, ends[0]), acknowledged_at=seen)
    defect = bug(
        2, ended=() if ends[1] is None else max(2.0, ends[1]), acknowledged_at=acknowledged, deployed_at=deployed
    )
    case = Case(ticket=ticket, defects=(defect,), escalated_at=escalated)
    taken = steps(case)
    assert list(taken.values()) == sorted(taken.values())
    assert list(taken) == [step for step in Step if step in taken]
    chain = judge(20).chain(case)
    assert (chain.due is None) == (chain.owner is Owner.NOBODY)
    assert chain.silent_days >= 0
