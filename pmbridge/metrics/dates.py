"""The forecast as the contract shows it: calendar dates instead of days from now."""

from __future__ import annotations

from datetime import date

from pmbridge.assessment import Calibration, Dates, Forecast
from pmbridge.metrics import wording
from pmbridge.metrics.calibration import SHOWN_FROM, TrackRecord
from pmbridge.metrics.forecast import CONSTANTS_VERSION, HORIZON_DAYS, Target, TwoScopes
from pmbridge.metrics.judgement import Answer
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.replay import FinishRule

_RULES = {
    FinishRule.RELEASE: "It counts as finished when the tracker says it was released.",
    FinishRule.DONE90: "It counts as finished when nine tenths of its items are done.",
}


def finished(text: str) -> Forecast:
    """Say that there is nothing to forecast any more."""
    return Forecast(status="done", model=CONSTANTS_VERSION, remaining=0, reasons=(text,))


def unknown(text: str) -> Forecast:
    """Say that there is nothing to forecast yet."""
    return Forecast(status="unknown", model=CONSTANTS_VERSION, refusal=text)


def forecast_dates(outlook: Outlook, rule: FinishRule) -> Forecast:
    """Write a forecast with its dates, or the refusal."""
    verdict, snapshot, scopes = outlook.judgement, outlook.snapshot, outlook.scopes
    facts = {
        "model": CONSTANTS_VERSION,
        "window_weeks": len(snapshot.weekly_finishes),
        "regime": snapshot.regime.value,
        "past": outlook.past,
        "remaining": snapshot.remaining,
        "reasons": (*verdict.reasons, _RULES[rule]),
    }
    if verdict.status is Answer.DONE:
        facts["reasons"] = (_RULES[rule],)
    if verdict.status is Answer.DONE or scopes is None:
        status = "done" if verdict.status is Answer.DONE else "refused"
        return Forecast.model_validate({"status": status, "refusal": verdict.refusal, **facts})
    growing = _dates(scopes, Target.GROWING, outlook)
    if scopes.quantile_days(Target.GROWING, 0.95) >= HORIZON_DAYS:
        facts["reasons"] = (*verdict.reasons, _RULES[rule], "The last date means: that day or any later one.")
    return Forecast.model_validate(
        {
            **facts,
            **growing.model_dump(),
            "status": "ok",
            "growing_scope": growing,
            "frozen_scope": _dates(scopes, Target.FROZEN, outlook),
            "confidence": None if verdict.confidence is None else verdict.confidence.value,
            "granularity": None if verdict.granularity is None else verdict.granularity.value,
            "shift": round(1 + scopes.growing.longer_by, 4),
        }
    )


def remembering(forecast: Forecast, before: Forecast | None, day: date | None) -> Forecast:
    """Keep what the chance was before it last changed so much that it is written in another way.

    ``before`` is the last forecast, made on ``day``, or ``None`` if that was earlier today: then what it remembered
    holds on, so that a day's runs all compare with the day before. A chance that reads the same keeps the memory of
    that forecast, so that a text changes once when the chance does, and not a second time a day later.
    """
    if before is None or forecast.on_time_probability is None:
        return forecast
    old, new = before.on_time_probability, forecast.on_time_probability
    shown = [None if p is None else wording.chance(p, forecast.confidence) for p in (old, new)]
    same = old is None or day is None or shown[0] == shown[1]
    was = (before.was_probability, before.was_on) if same else (old, day)
    return forecast.model_copy(update={"was_probability": was[0], "was_on": was[1]})


def _dates(scopes: TwoScopes, target: Target, outlook: Outlook) -> Dates:
    p50, p85, p95 = (date.fromordinal(outlook.day + scopes.quantile_days(target, q)) for q in (0.5, 0.85, 0.95))
    chance = None if outlook.due is None else scopes.probability_within(target, outlook.due - outlook.day)
    return Dates(p50=p50, p85=p85, p95=p95, on_time_probability=None if chance is None else round(chance, 4))


def _ended(number: int) -> str:
    return f"{wording.count(number, 'milestone')} of this kind {'has' if number == 1 else 'have'} ended"


def calibration(record: TrackRecord) -> Calibration:
    """Show how often the forecasts of this family held; below eight milestones nothing is said."""
    reasons = (
        ()
        if record.is_shown
        else (f"{_ended(record.n)} so far; from {SHOWN_FROM} on this page says how often such dates held.",)
    )
    return Calibration(
        status="calibrated" if record.is_shown else "uncalibrated",
        n=record.n,
        p50_coverage=None if record.p50_coverage is None else round(record.p50_coverage, 4),
        p85_coverage=None if record.p85_coverage is None else round(record.p85_coverage, 4),
        reasons=reasons,
    )
