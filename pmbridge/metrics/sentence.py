"""The outlook of a milestone in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pmbridge.assessment import Forecast, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.schedule import Plan
from pmbridge.model import MilestoneState

#: Rules that only repeat what the sentence says anyway.
_SAID = frozenset({"schedule.on_time_probability", "schedule.slip", "schedule.due_passed"})


def sentence(plan: Plan, forecast: Forecast, reasons: Sequence[Reason] = (), facts: str = "") -> str:
    """Say when the milestone will finish, how sure that is, what it was before and why.

    Where no reason is given, ``facts`` follow on their own.
    """
    if plan.finished is not None:
        return _finished(plan, plan.finished)
    if plan.items == 0:
        return "Nothing is in scope yet."
    due = "no due date is set" if plan.due is None else f"due {wording.day(plan.due)}"
    if forecast.status != "ok" or forecast.p85 is None:
        return _undated(plan, forecast, due)
    by = f"Likely (85 %) by {wording.coarse_day(forecast.p85, forecast.granularity)}"
    if plan.due is None:
        return f"{by}; {due}."
    if plan.today > plan.due:
        still = wording.count(len(plan.open_items), "item")
        return f"{by}; the due date {wording.day(plan.due)} has passed with {still} open."
    chance = wording.chance(forecast.on_time_probability or 0.0, forecast.confidence)
    because = _because(reasons)
    rest = f" {facts}." if facts and not because else ""
    return f"{by}; {due}; chance to make the due date {chance}{_change(forecast)}{because}.{rest}"


def _finished(plan: Plan, finished: date) -> str:
    words = {MilestoneState.RELEASED: "Released", MilestoneState.CLOSED: "Closed", MilestoneState.OPEN: "All done"}
    text = f"{words[plan.state]} on {wording.day(finished)}"
    if plan.due is not None:
        text = f"{text}, {_lateness((finished - plan.due).days)}"
    if plan.open_items:
        text = f"{text}, with {wording.count(len(plan.open_items), 'item')} open"
    return f"{text}."


def _lateness(days: int) -> str:
    if days == 0:
        return "on the due date"
    return f"{wording.count(abs(days), 'day')} {'after' if days > 0 else 'before'} it was due"


def _undated(plan: Plan, forecast: Forecast, due: str) -> str:
    if forecast.status == "done":
        return f"Nine tenths are done; {wording.count(len(plan.open_items), 'item')} still open; {due}."
    why = (forecast.refusal or "There is too little history.").rstrip(".")
    return f"No date can be given: {why[0].lower()}{why[1:]}. {due[0].upper()}{due[1:]}."


def _change(forecast: Forecast) -> str:
    if forecast.was_probability is None or forecast.was_on is None:
        return ""
    before = wording.chance(forecast.was_probability, forecast.confidence)
    return f" (was {before} on {wording.day(forecast.was_on)})"


def _because(reasons: Sequence[Reason]) -> str:
    texts = [reason.text.rstrip(".") for reason in reasons if reason.rule not in _SAID][:2]
    return f", because {' and '.join(text[0].lower() + text[1:] for text in texts)}" if texts else ""
