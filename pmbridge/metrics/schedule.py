"""The colour of a milestone's schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

from pmbridge.assessment import HealthStatus, Reason
from pmbridge.metrics import wording
from pmbridge.model import MilestoneState

GREEN, AMBER, RED, UNKNOWN = HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED, HealthStatus.UNKNOWN

#: Progress over elapsed time from which a milestone without a forecast is at least not red.
_ON_LINE = 0.85
_MOST_EVIDENCE = 10
#: So many days after its end a milestone's delay is no news any more.
_PAST_DAYS = 30
_FIRST = "Finish a first item: from then on a forecast is possible."


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where colours change: chances of being on time, slip and growth as shares."""

    green_in: float = 0.85
    green_out: float = 0.80
    red_in: float = 0.50
    red_out: float = 0.60
    slip_red: float = 0.10
    creep_amber: float = 0.10
    creep_red: float = 0.20


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reason with its effect on the chance of being on time; hard rules weigh more than 1."""

    effect: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """A colour and what speaks for it."""

    status: HealthStatus
    reasons: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a milestone promised and where it stands, in local days.

    ``finished`` is the day it ended or its last item was done, while nothing is open or the tracker has ended it.
    ``open_items`` are keys, the oldest first. ``start`` may be the day counting began, where no start is declared.
    """

    today: date
    state: MilestoneState
    start: date | None
    due: date | None
    finished: date | None
    items: int
    done: int
    open_items: tuple[str, ...]

    @property
    def evidence(self) -> tuple[str, ...]:
        """The first few open items."""
        return self.open_items[:_MOST_EVIDENCE]


def colour(probability: float | None, previous: HealthStatus | None, limits: Thresholds) -> HealthStatus:
    """Turn a chance of being on time into a colour that does not flicker.

    Green is entered at ``green_in`` and left below ``green_out``, red entered below ``red_in`` and left at ``red_out``.
    """
    if probability is None:
        return UNKNOWN
    if probability >= (limits.green_out if previous is GREEN else limits.green_in):
        return GREEN
    return RED if probability < (limits.red_out if previous is RED else limits.red_in) else AMBER


def schedule(
    plan: Plan,
    probability: float | None,
    p50: date | None,
    previous: HealthStatus | None,
    limits: Thresholds,
    *,
    confidence: str | None = None,
    refusal: str | None = None,
    remedy: str | None = None,
    told: HealthStatus | None = None,
) -> Verdict:
    """Judge the schedule: hard rules first, then the forecast, then, without one, progress against elapsed time.

    ``remedy`` is what, by the forecast, would make it green again. ``told`` is the colour of the probability where the
    days before were heard; without it ``previous`` is what it was.
    """
    if plan.due is None:
        return _unknown("schedule.no_due_date", "no due date", "a due date", "No due date is set.", "Set a due date.")
    if plan.finished is not None:
        return _finished(plan, plan.finished, plan.due, limits)
    if plan.items == 0:
        text = "Nothing is in scope, so there is nothing to be on time with."
        return _unknown("schedule.empty", "0 items", "1 item", text, "Put the work into the milestone.")
    if plan.today > plan.due:
        return _passed(plan, plan.due, remedy)
    if probability is not None:
        status = told or colour(probability, previous, limits)
        return _forecast(plan, plan.due, probability, p50, status, limits, confidence, remedy)
    return _linear(plan, plan.due, refusal)


def _unknown(rule: str, measured: str, threshold: str, text: str, remedy: str) -> Verdict:
    reason = Reason(rule=rule, measured=measured, threshold=threshold, text=text, remedy=remedy)
    return Verdict(UNKNOWN, (Weighed(2.0, reason),))


def _finished(plan: Plan, finished: date, due: date, limits: Thresholds) -> Verdict:
    late = (finished - due).days
    if late <= 0:
        text = f"Finished on {wording.day(finished)}, due {wording.day(due)}."
        measured = f"{wording.count(-late, 'day')} early" if late else "on the day"
        status = GREEN
    else:
        text = f"Finished on {wording.day(finished)}, {wording.count(late, 'day')} after the due date."
        measured = f"{wording.count(late, 'day')} late"
        status = RED if _slips(late, plan, due, limits) else AMBER
    way = f"Nothing turns it any more: carry {wording.count(late, 'day')} of delay into the next plan."
    remedy = way if late > 0 and (plan.today - finished).days <= _PAST_DAYS else None
    reason = Reason(rule="schedule.finished", measured=measured, threshold="by the due date", text=text, remedy=remedy)
    return Verdict(status, (Weighed(2.0 if late > 0 else 0.0, reason),))


def _slips(days: float, plan: Plan, due: date, limits: Thresholds) -> bool:
    """Tell whether a slip is too large a share of the planned duration; without a start any slip is."""
    planned = (due - plan.start).days if plan.start is not None else 0
    return days > limits.slip_red * max(0, planned)


def _passed(plan: Plan, due: date, remedy: str | None) -> Verdict:
    """State a broken promise; without counting the days since, so that the text does not change every day."""
    still = wording.count(len(plan.open_items), "item")
    reason = Reason(
        rule="schedule.due_passed",
        measured=f"{still} open",
        threshold="0 items open",
        text=f"The due date {wording.day(due)} has passed with {still} open.",
        evidence=plan.evidence,
        remedy=remedy or "Agree on a new date, or take the open items out.",
    )
    return Verdict(RED, (Weighed(3.0, reason),))


def _forecast(
    plan: Plan,
    due: date,
    probability: float,
    p50: date | None,
    status: HealthStatus,
    limits: Thresholds,
    confidence: str | None,
    remedy: str | None,
) -> Verdict:
    measured = wording.chance(probability, confidence)
    reason = Reason(
        rule="schedule.on_time_probability",
        measured=measured,
        threshold=wording.share(limits.green_in),
        text=f"The chance to finish by {wording.day(due)} is {measured}.",
        evidence=() if status is GREEN else plan.evidence,
        remedy=None if status is GREEN else remedy,
    )
    reasons = [Weighed(max(0.0, limits.green_in - probability), reason)]
    slip = (p50 - due).days if p50 is not None else 0
    if slip > 0 and plan.start is not None and _slips(slip, plan, due, limits):
        status = RED
        reasons.append(_slip(slip, plan.start, due, limits))
    return Verdict(status, tuple(reasons))


def _slip(slip: int, start: date, due: date, limits: Thresholds) -> Weighed:
    planned = max(1, (due - start).days)
    text = f"At even odds it finishes {wording.count(slip, 'day')} late, of {wording.count(planned, 'day')} planned."
    share = wording.share(slip / planned)
    reason = Reason(rule="schedule.slip", measured=share, threshold=wording.share(limits.slip_red), text=text)
    return Weighed(min(0.5, slip / planned), reason)


def _linear(plan: Plan, due: date, refusal: str | None) -> Verdict:
    """Compare the share done with the share of time passed: a poor man's forecast, amber at best."""
    why = _sentence(refusal or "no forecast can be made")
    start = plan.start
    if start is None or due <= start:
        text = f"{why} Without a start before the due date progress cannot be judged either."
        return _unknown("schedule.no_forecast", "no forecast", "a forecast", text, "Set a start date.")
    if plan.today < start:
        text = f"{why} It starts on {wording.day(start)}; until then there is no progress to judge."
        return _unknown("schedule.not_started", "not started", "a forecast", text, _FIRST)
    elapsed = min(1.0, ((plan.today - start).days + 1) / ((due - start).days + 1))
    ratio = plan.done / plan.items / elapsed
    reason = Reason(
        rule="schedule.progress",
        measured=f"{wording.share(plan.done / plan.items)} done",
        threshold=f"{wording.share(elapsed)} of the time passed",
        text=f"{why} Progress is judged by the share of the time that has passed.",
        evidence=plan.evidence,
        remedy=_first_finishes(plan, elapsed),
    )
    return Verdict(AMBER if ratio >= _ON_LINE else RED, (Weighed(max(0.0, 1.0 - ratio), reason),))


def _first_finishes(plan: Plan, elapsed: float) -> str:
    if plan.done == 0:
        return _FIRST
    needed = max(1, ceil(_ON_LINE * elapsed * plan.items) - plan.done)
    return f"Finish {wording.count(needed, 'more item')}."


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."
