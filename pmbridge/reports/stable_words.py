"""Since when a product is stable after a launch, in words that do not hide what came later."""

from __future__ import annotations

from pmbridge.assessment import Bugs
from pmbridge.reports import phrases


def came_later(bugs: Bugs) -> int:
    """Count the defects that arrived after the day from which the product was stable."""
    on = bugs.stabilised_on
    days = zip(bugs.series.dates, bugs.series.arrivals, strict=True)
    return 0 if on is None else sum(count for day, count in days if day > on)


def stable_since(bugs: Bugs, *, capital: bool = False) -> str:
    """Say since when a product is stable; where defects came later, how many did."""
    if bugs.stabilised_on is None:
        return "Not yet" if capital else "not yet"
    first = "S" if capital else "s"
    on, later = phrases.day(bugs.stabilised_on), came_later(bugs)
    if not later:
        return f"{first}table since {on}"
    return f"{first}tabilised on {on} ({phrases.count(later, 'defect')} came later)"
