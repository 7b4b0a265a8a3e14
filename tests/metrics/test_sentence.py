from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pmbridge.assessment import Forecast, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.dates import remembering
from pmbridge.metrics.schedule import Plan
from pmbridge.metrics.sentence import sentence
from pmbridge.model import MilestoneState

PLAN = Plan(
    today=date(2025, 2, 20), state=MilestoneState.OPEN, start=date(2025, 1, 6), due=date(2025, 3, 7), finished=None,
    items=20, done=12, open_items=("A", "B"),
)  # fmt: skip
LIKELY = Forecast(
    status="ok", model="m", p50=date(2025, 3, 6), p85=date(2025, 3, 14), p95=date(2025, 3, 20),
    on_time_probability=0.62, confidence="high", granularity="day",
)  # fmt: skip


def reason(rule: str, text: str) -> Reason:
    return Reason(rule=rule, measured="", threshold="", text=text)


def test_the_pattern_is_date_due_chance_change_and_cause():
    reasons = (
        reason("schedule.on_time_probability", "The chance is 62 %."),
        reason("scope.creep", "Scope grew by 6 items."),
        reason("flow.no_finishes", "2 weeks had no finishes."),
    )
    moved = LIKELY.model_copy(update={"was_probability": 0.71, "was_on": date(2025, 2, 13)})
    assert sentence(PLAN, moved, reasons) == (
        "Likely (85 %) by 14 Mar 2025; due 7 Mar 2025; chance to make the due date 62 % (was 71 % on 13 Feb 2025), "
        "because scope grew by 6 items and 2 weeks had no finishes."
    )


def test_where_nothing_stands_out_the_facts_are_told_as_such():
    facts = "8 items are open, 2 are blocked"
    assert sentence(PLAN, LIKELY, (), facts).endswith(
        "chance to make the due date 62 %. 8 items are open, 2 are blocked."
    )
    assert facts not in sentence(PLAN, LIKELY, (reason("scope.creep", "Scope grew by 6 items."),), facts)


def test_a_chance_remembers_what_it_was_until_it_visibly_changes_again():
    def at(chance: float) -> Forecast:
        return LIKELY.model_copy(update={"on_time_probability": chance})

    days = [date(2025, 2, n) for n in (10, 11, 12)]
    first = remembering(at(0.71), None, None)
    second = remembering(at(0.62), first, days[0])
    third = remembering(at(0.6201), second, days[1])
    fourth = remembering(at(0.64), third, days[2])
    assert [(f.was_probability, f.was_on) for f in (first, second, third, fourth)] == [
        (None, None),
        (0.71, days[0]),
        (0.71, days[0]),
        (0.6201, days[2]),
    ]


@pytest.mark.parametrize(
    ("chance", "confidence", "text"),
    [(0.62, "high", "62 %"), (0.62, "medium", "60 %"), (0.62, "low", "60 %"), (0.63, None, "65 %"),
     (0.001, "high", "under 1 %"), (0.01, "low", "under 5 %"), (0.999, "high", "over 99 %"),
     (0.99, "low", "over 95 %")],
)  # fmt: skip
def test_a_chance_is_written_no_finer_than_it_is_known(chance: float, confidence: str | None, text: str):
    assert wording.chance(chance, confidence) == text


@pytest.mark.parametrize(
    ("granularity", "text"), [("day", "14 Mar 2025"), ("week", "the week of 10 Mar 2025"), ("month", "Mar 2025")]
)
def test_a_date_is_written_no_finer_than_it_may_be_read(granularity: str, text: str):
    coarse = LIKELY.model_copy(update={"granularity": granularity})
    assert sentence(PLAN, coarse).startswith(f"Likely (85 %) by {text}; ")


def test_without_a_due_date_and_after_it():
    assert sentence(replace(PLAN, due=None), LIKELY) == "Likely (85 %) by 14 Mar 2025; no due date is set."
    late = replace(PLAN, today=date(2025, 3, 8))
    assert sentence(late, LIKELY) == (
        "Likely (85 %) by 14 Mar 2025; the due date 7 Mar 2025 has passed with 2 items open."
    )


def test_a_refusal_is_passed_on():
    refused = Forecast(status="refused", model="m", refusal="No track record yet: nothing is finished.")
    assert sentence(PLAN, refused) == (
        "No date can be given: no track record yet: nothing is finished. Due 7 Mar 2025."
    )


@pytest.mark.parametrize(
    ("finished", "state", "open_items", "text"),
    [
        (date(2025, 3, 7), MilestoneState.RELEASED, (), "Released on 7 Mar 2025, on the due date."),
        (date(2025, 3, 8), MilestoneState.RELEASED, ("A",),
         "Released on 8 Mar 2025, 1 day after it was due, with 1 item open."),
        (date(2025, 3, 4), MilestoneState.OPEN, (), "All done on 4 Mar 2025, 3 days before it was due."),
        (date(2025, 3, 4), MilestoneState.CLOSED, (), "Closed on 4 Mar 2025, 3 days before it was due."),
    ],
)  # fmt: skip
def test_what_has_ended_is_told_against_its_due_date(
    finished: date, state: MilestoneState, open_items: tuple[str, ...], text: str
):
    assert sentence(replace(PLAN, finished=finished, state=state, open_items=open_items), LIKELY) == text


def test_an_empty_milestone():
    assert sentence(replace(PLAN, items=0, open_items=()), LIKELY) == "Nothing is in scope yet."


def test_lists_name_the_first_and_count_the_rest():
    assert wording.listed(["A", "B", "C", "D"]) == "A, B, C and 1 more"
    assert wording.listed(["A"]) == "A"
    assert (wording.count(1, "item"), wording.count(2, "item")) == ("1 item", "2 items")
