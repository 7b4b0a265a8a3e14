"""Actual cost from logged time, the rate at which money goes, and the day it will be gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

#: Logs of the last open days are often still to come; they are left out of indices.
LATE_LOGGING_DAYS = 5
_RUN_RATE_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Spending:
    """Time one person worked on one day, in seconds, by the day of the work and not of its entry."""

    person: str | None
    day: date
    seconds: int


@dataclass(frozen=True, slots=True)
class RateCard:
    """Cost of an hour by person, then by team, then ``default``; ``team_of`` says who belongs where."""

    rates: Mapping[str, float]
    team_of: Mapping[str, str]

    def rate(self, person: str | None) -> float | None:
        """Return the rate of a person, or ``None`` where none is configured."""
        names = (person, self.team_of.get(person or ""), "default")
        return next((self.rates[name] for name in names if name is not None and name in self.rates), None)


@dataclass(frozen=True, slots=True)
class Cost:
    """Money by day of work. ``unrated_seconds`` belong to people without a rate, ``refused`` logs were negative."""

    by_day: Mapping[date, float]
    unrated_seconds: int
    refused: int

    def until(self, day: date) -> float:
        """Return what was spent by the end of ``day``."""
        return sum(amount for spent, amount in self.by_day.items() if spent <= day)

    def run_rate(self, day: date, weeks: int = _RUN_RATE_WEEKS) -> float:
        """Return what a day has cost on average over the last weeks, closed days included."""
        begin = day - timedelta(days=7 * weeks)
        return sum(amount for spent, amount in self.by_day.items() if begin < spent <= day) / (7 * weeks)

    def exhaustion(self, budget: float, day: date) -> date | None:
        """Return the day the budget is gone at the present rate; ``None`` if nothing is being spent.

        A budget that is gone already was exhausted on the first day on which it was.
        """
        spent = self.until(day)
        if spent >= budget:
            return self._reached(budget)
        rate = self.run_rate(day)
        return day + timedelta(days=ceil(round((budget - spent) / rate, 9))) if rate > 0 else None

    def _reached(self, budget: float) -> date:
        total = 0.0
        for day in sorted(self.by_day):
            total += self.by_day[day]
            if total >= budget:
                return day
        raise ValueError("the budget was not reached on any day")


def cost(spendings: Iterable[Spending], card: RateCard) -> Cost:
    """Price logged time; negative logs are refused and counted, time without a rate is counted beside."""
    by_day: dict[date, float] = {}
    unrated = refused = 0
    for one in spendings:
        rate = card.rate(one.person)
        if one.seconds < 0:
            refused += 1
        elif rate is None:
            unrated += one.seconds
        else:
            by_day[one.day] = by_day.get(one.day, 0.0) + one.seconds / 3600 * rate
    return Cost(by_day, unrated, refused)


def index_day(day: date, is_open: Callable[[date], bool], days: int = LATE_LOGGING_DAYS) -> date:
    """Return the last day whose logs can be taken for complete: so many open days before ``day``."""
    found = day
    while days > 0:
        days -= is_open(found)
        found -= timedelta(days=1)
    return found


def total_seconds(spendings: Sequence[Spending]) -> int:
    """Return the logged time, negative logs left out."""
    return sum(one.seconds for one in spendings if one.seconds >= 0)
