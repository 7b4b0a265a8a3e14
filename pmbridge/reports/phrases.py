"""Fixed patterns that turn figures into words; no adjective without a threshold behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmbridge.assessment import Confidence, Figure, FigureStatus, Forecast, Health, HealthStatus
from pmbridge.document import Colour, Status

_COLOURS = {
    HealthStatus.GREEN: Colour.GREEN,
    HealthStatus.AMBER: Colour.AMBER,
    HealthStatus.RED: Colour.RED,
    HealthStatus.UNKNOWN: Colour.GREY,
}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def lozenge(status: HealthStatus) -> Status:
    """Show a colour with its name, so that it can be read without seeing colours."""
    return Status(text=status.value.upper(), colour=_COLOURS[status])


def day(value: date | None) -> str:
    """Write a date as people say it, the same in every locale: ``7 Dec 2026``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if value else "no date"


def local_day(instant: datetime, zone: str) -> str:
    """Write the calendar day an instant falls on in a zone."""
    return day(instant.astimezone(ZoneInfo(zone)).date())


def coarse_day(value: date | None, granularity: str | None) -> str:
    """Write a forecast date no finer than it may be read."""
    if value is None:
        return "no date"
    if granularity == "month":
        return f"{_MONTHS[value.month - 1]} {value.year}"
    if granularity == "week":
        return f"the week of {day(date.fromordinal(value.toordinal() - value.weekday()))}"
    return day(value)


def percent(value: float | None) -> str:
    """Write a share as a whole percentage."""
    return "unknown" if value is None else f"{round(100 * value)} %"


def chance(probability: float | None, confidence: str | None) -> str:
    """Write a probability no finer than it is known: 1 % steps at high confidence, else 5 % steps."""
    if probability is None:
        return "unknown"
    step = 1 if confidence == "high" else 5
    rounded = round(100 * probability / step) * step
    if rounded <= 0:
        return f"under {step} %"
    if rounded >= 100:
        return f"over {100 - step} %"
    return f"{rounded} %"


def count(number: int, noun: str) -> str:
    """Write a count with its noun: ``1 item``, ``3 items``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def number(value: float | None) -> str:
    """Write a number with at most one decimal, or a dash."""
    return "–" if value is None else f"{value:.1f}".rstrip("0").rstrip(".")


def amount(value: float | None) -> str:
    """Write money, hours or points whole, thousands apart: ``42 139``."""
    return "–" if value is None else f"{value:,.0f}".replace(",", " ")


def figure(value: Figure, written: Callable[[float | None], str] = number) -> str:
    """Write a derived figure with its unit, or why there is none."""
    if value.status is not FigureStatus.OK or value.value is None:
        return f"{value.status.value.replace('_', ' ')}: {value.reasons[0]}" if value.reasons else value.status.value
    text = f"{written(value.value)} {value.unit}".strip()
    weak = value.confidence in (Confidence.C, Confidence.D)
    return f"{text} (confidence {value.confidence})" if weak else text


def outlook(forecast: Forecast, due: date | None) -> str:
    """Say when a milestone will finish and how sure that is, in one sentence."""
    if forecast.status == "done":
        return "Everything in scope is done."
    if forecast.status != "ok" or forecast.p85 is None:
        return f"No date can be given: {forecast.refusal or 'there is too little history'}."
    by = coarse_day(forecast.p85, forecast.granularity)
    if due is None:
        return f"Likely (85 %) by {by}; no due date is set."
    odds = chance(forecast.on_time_probability, forecast.confidence)
    return f"Likely (85 %) by {by}; due {day(due)}; chance to make the due date {odds}."


def since(health: Health) -> str | None:
    """Say what the colour was before, if that is known."""
    if health.previous is None or health.previous is health.status:
        return None
    return f"was {health.previous.value} before"
