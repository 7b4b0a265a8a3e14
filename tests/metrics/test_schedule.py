from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import HealthStatus
from pmbridge.metrics.schedule import Plan, Thresholds, colour, schedule
from pmbridge.model import MilestoneState

GREEN, AMBER, RED, UNKNOWN = HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED, HealthStatus.UNKNOWN
LIMITS = Thresholds()
PLAN = Plan(
    today=date(2025, 2, 1),
    state=MilestoneState.OPEN,
    start=date(2025, 1, 1),
    due=date(2025, 3, 2),
    finished=None,
    items=10,
    done=5,
    open_items=("A", "B"),
)


def test_colours_hold_until_the_chance_has_really_changed():
    chances = [0.9, 0.82, 0.79, 0.84, 0.86, 0.55, 0.49, 0.55, 0.61, None, 0.82, 0.86]
    shown: list[HealthStatus] = []
    for chance in chances:
        shown.append(colour(chance, shown[-1] if shown else None, LIMITS))
    assert [status.value for status in shown] == [
        "green", "green", "amber", "amber", "green", "amber", "red", "red", "amber", "unknown", "amber", "green",
    ]  # fmt: skip


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([None, *HealthStatus]))
def test_a_better_chance_never_makes_a_worse_colour(a: float, b: float, previous: HealthStatus | None):
    low, high = sorted((a, b))
    order = [RED, AMBER, GREEN]
    assert order.index(colour(low, previous, LIMITS)) <= order.index(colour(high, previous, LIMITS))


def test_without_a_due_date_nobody_knows():
    verdict = schedule(replace(PLAN, due=None), 0.9, None, None, LIMITS)
    assert verdict.status is UNKNOWN
    assert verdict.reasons[0].reason.remedy == "Set a due date."


def test_a_due_date_that_passed_with_open_items_is_red_whatever_the_forecast():
    verdict = schedule(replace(PLAN, today=date(2025, 3, 3)), 0.99, None, GREEN, LIMITS)
    assert verdict.status is RED
    assert verdict.reasons[0].reason.measured == "2 items open"
    assert verdict.reasons[0].reason.evidence == ("A", "B")


def test_the_due_day_itself_has_not_passed():
    assert schedule(replace(PLAN, today=date(2025, 3, 2)), 0.9, None, None, LIMITS).status is GREEN


@pytest.mark.parametrize(
    ("finished", "status"), [("2025-03-02", GREEN), ("2025-03-08", AMBER), ("2025-03-09", RED), ("2025-01-20", GREEN)]
)
def test_what_has_ended_is_judged_by_its_last_day(finished: str, status: HealthStatus):
    done = replace(PLAN, finished=date.fromisoformat(finished), state=MilestoneState.RELEASED, today=date(2025, 4, 1))
    verdict = schedule(done, None, None, None, LIMITS)
    assert verdict.status is status
    assert bool(verdict.reasons[0].reason.remedy) is (status is not GREEN)


def test_a_delay_of_long_ago_asks_for_nothing():
    done = replace(PLAN, finished=date(2025, 3, 9), state=MilestoneState.RELEASED)
    remedies = [
        schedule(replace(done, today=date(2025, 4, day)), None, None, None, LIMITS).reasons[0].reason.remedy
        for day in (8, 9)
    ]
    assert remedies == ["Nothing turns it any more: carry 7 days of delay into the next plan.", None]


def test_an_empty_milestone_is_unknown():
    assert schedule(replace(PLAN, items=0, done=0, open_items=()), None, None, None, LIMITS).status is UNKNOWN


def test_a_forecast_late_by_more_than_a_tenth_of_the_plan_is_red():
    verdict = schedule(PLAN, 0.45, date(2025, 3, 20), AMBER, LIMITS, remedy="Drop 2 items to reach 85 %.")
    assert verdict.status is RED
    assert [w.reason.rule for w in verdict.reasons] == ["schedule.on_time_probability", "schedule.slip"]
    assert verdict.reasons[0].reason.remedy == "Drop 2 items to reach 85 %."
    assert verdict.reasons[1].reason.measured == "30 %"


@pytest.mark.parametrize(("done", "status"), [(5, AMBER), (9, AMBER), (4, RED), (0, RED)])
def test_without_a_forecast_progress_is_amber_at_best(done: int, status: HealthStatus):
    verdict = schedule(replace(PLAN, done=done), None, None, GREEN, LIMITS, refusal="No track record yet")
    assert verdict.status is status
    assert verdict.reasons[0].reason.text.startswith("No track record yet.")
    assert verdict.reasons[0].reason.remedy


def test_without_a_forecast_and_a_start_nobody_knows():
    assert schedule(replace(PLAN, start=None), None, None, None, LIMITS).status is UNKNOWN


def test_before_the_start_there_is_no_progress_to_judge():
    verdict = schedule(replace(PLAN, start=date(2025, 2, 2)), None, None, None, LIMITS)
    assert verdict.status is UNKNOWN
    assert "It starts on 2 Feb 2025" in verdict.reasons[0].reason.text


@given(st.integers(0, 10), st.one_of(st.none(), st.floats(0, 1)))
def test_missing_inputs_never_make_a_better_colour(done: int, chance: float | None):
    order = {RED: 0, UNKNOWN: 0, AMBER: 1, GREEN: 2}
    plan = replace(PLAN, done=done)
    whole = schedule(plan, chance, None, None, LIMITS).status
    assert order[schedule(replace(plan, due=None), chance, None, None, LIMITS).status] <= order[whole]
    assert schedule(plan, None, None, None, LIMITS).status is not GREEN
