"""The baseline of a milestone as work with weights and planned finishes, and what it has planned and earned by a day.

All or nothing: a piece of work is earned whole, on the day it was finished, and planned whole, on the day it was to be.
Only where nobody planned it any finer than the whole milestone, it is planned evenly over that time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median
from typing import NamedTuple


class Unit(StrEnum):
    """What the amounts are in; only money carries a currency."""

    MONEY = "money"
    HOURS = "hours"
    POINTS = "points"
    ITEMS = "items"


class Planned(NamedTuple):
    """One piece of work in the baseline: what it weighs and when it was to be, and was, finished.

    With a ``start`` it is planned evenly from the end of that day on.
    """

    key: str
    weight: float
    finish: date
    finished: date | None = None
    start: date | None = None

    def planned_part(self, day: date) -> float:
        """Return the part that was to be finished by the end of ``day``."""
        if day >= self.finish:
            return 1.0
        if self.start is None or day <= self.start:
            return 0.0
        return (day - self.start).days / (self.finish - self.start).days


class Sized(NamedTuple):
    """The sizes known of a piece of work: estimated seconds and points."""

    key: str
    seconds: int | None
    points: float | None


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each piece of work, by key, in one unit; ``guessed`` of them had no size of their own."""

    unit: Unit
    by_key: dict[str, float]
    guessed: tuple[str, ...]


def weigh(work: Sequence[Sized], *, needs: float = 0.5) -> Weights:
    """Weigh all work in the best unit that at least ``needs`` of it has: hours, else points, else one each.

    What lacks that size gets the median of the others and is listed.
    """
    for unit, sizes in (
        (Unit.HOURS, {one.key: one.seconds / 3600 for one in work if one.seconds}),
        (Unit.POINTS, {one.key: one.points for one in work if one.points}),
    ):
        if work and len(sizes) >= needs * len(work) and sizes:
            usual = median(sizes.values())
            guessed = tuple(one.key for one in work if one.key not in sizes)
            return Weights(unit, {one.key: sizes.get(one.key, usual) for one in work}, guessed)
    return Weights(Unit.ITEMS, {one.key: 1.0 for one in work}, ())


def planned_value(plan: Iterable[Planned], day: date) -> float:
    """Return the weight that was to be finished by the end of ``day``."""
    return sum(one.weight * one.planned_part(day) for one in plan)


def earned_value(plan: Iterable[Planned], day: date) -> float:
    """Return the weight that was finished by the end of ``day``, never more than the baseline holds."""
    return sum(one.weight for one in plan if one.finished is not None and one.finished <= day)


def planned_by_period(plan: Sequence[Planned], ends: Sequence[date]) -> tuple[float, ...]:
    """Return the cumulative plan at the end of each period; work planned alike is taken together."""
    alike: defaultdict[tuple[date | None, date], float] = defaultdict(float)
    for one in plan:
        alike[one.start, one.finish] += one.weight
    together = [Planned("", weight, finish, start=start) for (start, finish), weight in alike.items()]
    return tuple(planned_value(together, day) for day in ends)
