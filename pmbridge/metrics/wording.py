"""Numbers in words: fixed patterns, no finer than the figures are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """Write a date the same in every locale: ``7 Dec 2026``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def coarse_day(value: date, granularity: str | None) -> str:
    """Write a forecast date no finer than it may be read."""
    if granularity == "month":
        return f"{_MONTHS[value.month - 1]} {value.year}"
    if granularity == "week":
        return f"the week of {day(date.fromordinal(value.toordinal() - value.weekday()))}"
    return day(value)


def chance(probability: float, confidence: str | None) -> str:
    """Write a probability: in steps of 1 % at high confidence, of 5 % below."""
    step = 1 if confidence == "high" else 5
    rounded = step * round(100 * probability / step)
    if rounded <= 0:
        return f"under {step} %"
    return f"over {100 - step} %" if rounded >= 100 else f"{rounded} %"


def share(value: float) -> str:
    """Write a share as whole per cent."""
    return f"{round(100 * value)} %"


def count(number: int, noun: str) -> str:
    """Write a count with its noun: ``1 item``, ``3 items``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(keys: Sequence[str], most: int = 3) -> str:
    """Name the first few and count the rest: ``A-1, A-2 and 3 more``."""
    shown = ", ".join(keys[:most])
    rest = len(keys) - most
    return f"{shown} and {rest} more" if rest > 0 else shown


def together(words: Iterable[str]) -> str:
    """Join words as people do: ``a``, ``a and b``, ``a, b and c``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
