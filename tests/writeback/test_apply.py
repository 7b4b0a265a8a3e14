from __future__ import annotations

import pytest

from pmbridge.connector import Action, Observation, Place, Step, Written
from pmbridge.errors import (
    Ambiguous,
    AuthFailed,
    BudgetExceeded,
    NotFound,
    PermissionDenied,
    PlanError,
    Rejected,
    Unavailable,
)
from pmbridge.writeback.apply import Outcome, apply
from pmbridge.writeback.budget import Budget
from pmbridge.writeback.plan import Plan


class Tracker:
    """A tracker in a dictionary; ``trouble`` maps a target's id to what writing there raises, and when."""

    def __init__(self, trouble=None):
        self.texts: dict[str, str] = {}
        self.trouble = trouble or {}
        self.calls: list[str] = []

    def observe(self, places):
        for place in places:
            key = place.target.id
            there = key in self.texts
            yield Observation(place=place, remote_id=key if there else None, fingerprint=self.texts.get(key))

    def write(self, step: Step) -> Written:
        key = step.place.target.id
        self.calls.append(key)
        error, arrives = self.trouble.get(key, (None, True))
        if arrives and step.artifact is not None:
            self.texts[key] = step.artifact.fingerprint
        if error is not None:
            raise error
        return Written(remote_id=key, url=f"https://tracker/{key}")


@pytest.fixture
def make_plan(make_artifact):
    def make(*keys, action=Action.CREATE, before=None, product=""):
        steps = []
        for key in keys:
            artifact = make_artifact(key, product=product)
            place = Place(target=artifact.target, surface=artifact.surface, slot=artifact.slot)
            remote = None if action is Action.CREATE else key
            step = Step(place=place, action=action, reason="r", artifact=artifact, remote_id=remote, before=before)
            steps.append(step)
        return Plan(owner="acme", made_at=make_artifact().watermark, steps=tuple(steps))

    return make


def outcomes(rows):
    return [row.outcome for row in rows]


def test_each_step_is_receipted_before_the_next_begins(make_plan):
    tracker, seen = Tracker(), []
    rows = apply(
        make_plan("A", "B"),
        {"jira-main": tracker},
        budgets={"": Budget()},
        receive=lambda row: seen.append((row.remote_id, list(tracker.calls))),
    )
    assert seen == [("A", ["A"]), ("B", ["A", "B"])]
    assert outcomes(rows) == [Outcome.DONE, Outcome.DONE]
    assert rows[0].url == "https://tracker/A"


def test_silent_steps_send_nothing(make_plan):
    tracker = Tracker()
    plan = make_plan("A", action=Action.KEEP)
    assert apply(plan, {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None) == []
    assert tracker.calls == []


def test_a_plan_over_budget_writes_nothing_at_all(make_plan):
    tracker = Tracker()
    with pytest.raises(BudgetExceeded, match=r"3 creates.*allows 2.*budget_writes.creates"):
        apply(
            make_plan("A", "B", "C"), {"jira-main": tracker}, budgets={"": Budget(creates=2)}, receive=lambda row: None
        )
    with pytest.raises(BudgetExceeded, match=r"budget_writes.writes"):
        apply(
            make_plan("A", "B", action=Action.UPDATE),
            {"jira-main": tracker},
            budgets={"": Budget(writes=1)},
            receive=lambda row: None,
        )
    assert tracker.calls == []


def test_one_failure_does_not_stop_the_others(make_plan):
    tracker = Tracker({"B": (Rejected("too long"), False)})
    rows = apply(make_plan("A", "B", "C"), {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None)
    assert outcomes(rows) == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
    assert rows[1].error == "too long"


def test_a_refused_token_stops_its_source_at_once(make_plan):
    tracker = Tracker({"A": (AuthFailed("token expired"), False)})
    rows = apply(make_plan("A", "B"), {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None)
    assert outcomes(rows) == [Outcome.FAILED, Outcome.STOPPED]
    assert tracker.calls == ["A"]


def test_three_equal_failures_in_a_row_stop_the_surface(make_plan):
    trouble = {key: (PermissionDenied("Add comments is missing"), False) for key in "ABC"}
    tracker = Tracker(trouble)
    rows = apply(
        make_plan("A", "B", "C", "D"), {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None
    )
    assert outcomes(rows) == [Outcome.FAILED] * 3 + [Outcome.STOPPED]
    assert "Add comments" in rows[3].error


def test_a_success_in_between_resets_the_patience(make_plan):
    trouble = {key: (PermissionDenied("no"), False) for key in "ABDE"}
    tracker = Tracker(trouble)
    rows = apply(make_plan(*"ABCDEF"), {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None)
    assert outcomes(rows)[-1] is Outcome.DONE


def test_a_create_of_unknown_outcome_is_looked_for_and_never_sent_again(make_plan):
    arrived = Tracker({"A": (Ambiguous("connection lost"), True)})
    rows = apply(make_plan("A"), {"jira-main": arrived}, budgets={"": Budget()}, receive=lambda row: None)
    assert (outcomes(rows), rows[0].remote_id, arrived.calls) == ([Outcome.DONE], "A", ["A"])
    lost = Tracker({"A": (Ambiguous("connection lost"), False)})
    rows = apply(make_plan("A"), {"jira-main": lost}, budgets={"": Budget()}, receive=lambda row: None)
    assert (outcomes(rows), lost.calls) == ([Outcome.UNKNOWN], ["A"])


def test_a_kept_plan_leaves_places_that_have_changed_since(make_plan):
    tracker = Tracker()
    tracker.texts["A"] = "someone was faster"
    rows = apply(
        make_plan("A", "B"), {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None, recheck=True
    )
    assert outcomes(rows) == [Outcome.STALE, Outcome.DONE]
    assert tracker.calls == ["B"]


def test_a_kept_plan_leaves_a_text_that_a_person_has_edited_or_muted_since(make_plan):
    class Edited(Tracker):
        def observe(self, places):
            for seen in super().observe(places):
                key = seen.place.target.id
                yield seen.model_copy(update={"edited_by_other": key == "A", "muted": key == "B"})

    tracker = Edited()
    tracker.texts = dict.fromkeys("ABC", "0" * 12)
    plan = make_plan("A", "B", "C", action=Action.UPDATE, before="0" * 12)
    rows = apply(plan, {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None, recheck=True)
    assert outcomes(rows) == [Outcome.STALE, Outcome.STALE, Outcome.DONE]
    knowingly = plan.model_copy(update={"steps": (plan.steps[0].model_copy(update={"takes_over": True}),)})
    rows = apply(knowingly, {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None, recheck=True)
    assert outcomes(rows) == [Outcome.DONE]


def test_a_plan_for_an_unknown_source_writes_nothing(make_plan):
    with pytest.raises(PlanError, match="jira-main, which is no source"):
        apply(make_plan("A"), {}, budgets={"": Budget()}, receive=lambda row: None)


def test_a_product_whose_part_is_too_large_does_not_eat_what_another_may_write(make_plan):
    large, small = make_plan("A", "B", "C", product="large"), make_plan("D", product="small")
    plan = large.model_copy(update={"steps": (*large.steps, *small.steps)})
    tracker = Tracker()
    budgets = {"large": Budget(creates=2), "small": Budget(creates=2)}
    rows = apply(plan, {"jira-main": tracker}, budgets=budgets, receive=lambda row: None)
    assert outcomes(rows) == [Outcome.STOPPED] * 3 + [Outcome.DONE]
    assert "3 creates for large, and the budget allows 2" in rows[0].error
    assert tracker.calls == ["D"]


class Crowded(Tracker):
    """A tracker where another installation wrote at the same time, and which may have pruned already."""

    def __init__(self, pruned=False):
        super().__init__()
        self.pruned, self.gone = pruned, []

    def observe(self, places):
        for seen in super().observe(places):
            yield seen.model_copy(update={"remote_id": "1", "copies": ("2",)})

    def write(self, step):
        if step.action is not Action.PRUNE:
            return super().write(step)
        if self.pruned:
            raise NotFound("gone")
        self.gone.append(step.remote_id)
        return Written(remote_id=None)


@pytest.mark.parametrize("pruned", [False, True])
def test_after_a_create_the_younger_of_two_copies_goes(make_plan, pruned):
    tracker, kept = Crowded(pruned), []
    rows = apply(make_plan("A"), {"jira-main": tracker}, budgets={"": Budget()}, receive=kept.append)
    assert [(row.step.action, row.outcome) for row in rows] == [
        (Action.CREATE, Outcome.DONE),
        (Action.PRUNE, Outcome.DONE),
    ]
    assert kept == rows
    assert tracker.gone == ([] if pruned else ["2"])


def test_a_create_that_is_repeated_is_looked_for_right_before(make_plan):
    plan = make_plan("A")
    unsure = plan.model_copy(update={"steps": (plan.steps[0].model_copy(update={"unsure": True}),)})
    arrived = Tracker()
    arrived.texts["A"] = plan.steps[0].artifact.fingerprint
    rows = apply(unsure, {"jira-main": arrived}, budgets={"": Budget()}, receive=lambda row: None)
    assert (outcomes(rows), arrived.calls) == ([Outcome.STALE], [])
    absent = Tracker()
    rows = apply(unsure, {"jira-main": absent}, budgets={"": Budget()}, receive=lambda row: None)
    assert (outcomes(rows), absent.calls) == ([Outcome.DONE], ["A"])


def test_what_was_replaced_and_where_a_lost_answer_was_found_is_told(make_plan):
    class Telling(Tracker):
        def write(self, step):
            return super().write(step).model_copy(update={"previous_text": "Agreed."})

        def observe(self, places):
            for seen in super().observe(places):
                yield seen.model_copy(update={"url": f"https://tracker/{seen.remote_id}"})

    (row,) = apply(make_plan("A"), {"jira-main": Telling()}, budgets={"": Budget()}, receive=lambda row: None)
    assert row.previous_text == "Agreed."
    lost = Telling({"A": (Ambiguous("connection lost"), True)})
    (row,) = apply(make_plan("A"), {"jira-main": lost}, budgets={"": Budget()}, receive=lambda row: None)
    assert (row.outcome, row.url) == (Outcome.DONE, "https://tracker/A")


def test_a_write_without_an_answer_at_a_place_out_of_sight_stays_unknown(make_plan):
    class Blind(Tracker):
        def observe(self, places):
            raise Unavailable("the tracker is down")

    tracker = Blind({"A": (Ambiguous("connection lost"), False)})
    (row,) = apply(make_plan("A"), {"jira-main": tracker}, budgets={"": Budget()}, receive=lambda row: None)
    assert (row.outcome, tracker.calls) == (Outcome.UNKNOWN, ["A"])
    assert "the tracker is down" in row.error
