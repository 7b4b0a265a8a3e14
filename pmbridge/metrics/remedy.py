"""What would bring a milestone back on time: the forecast, inverted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pmbridge.metrics.forecast import Target
from pmbridge.metrics.outlook import Outlook

#: More than this share of the open items is no descoping but a new plan.
_MOST_DROPPED = 0.8
#: Nobody more than doubles a pace.
_MOST_FASTER = 2.0
_MOST_DAYS = 1096
_WORTH_SAYING = 0.05


@dataclass(frozen=True, slots=True)
class Remedy:
    """The smallest single steps that reach the goal; ``None`` where that step alone does not help.

    ``drop`` open items fewer, ``faster`` finishes a week more, ``delay`` days more. ``shortfall`` is the chance that
    remains where the due date moves only to the day that is now the percentile of the goal: where it is less than the
    goal, work tends to fill the time it is given.
    """

    goal: float
    drop: int | None
    faster: float | None
    delay: int | None
    shortfall: float | None = None

    @property
    def text(self) -> str | None:
        """Say it in one sentence, or nothing where nothing helps."""
        ways = []
        if self.drop is not None:
            ways.append(f"drop {self.drop} {'item' if self.drop == 1 else 'items'}")
        if self.faster is not None:
            ways.append(f"finish {self.faster:.1f} more a week")
        if self.delay is not None:
            ways.append(f"move the due date by {self.delay} {'day' if self.delay == 1 else 'days'}")
        if not ways:
            return None
        sentence = " or ".join(ways)
        goal = f"{round(100 * self.goal)} %"
        text = f"{sentence[0].upper()}{sentence[1:]} to reach {goal}."
        if self.delay is None or self.shortfall is None or self.shortfall > self.goal - _WORTH_SAYING:
            return text
        return (
            f"{text} A due date on the {goal} day of today would reach about {5 * round(20 * self.shortfall)} %: work "
            "tends to fill the time it is given."
        )


def remedy(outlook: Outlook, goal: float) -> Remedy | None:
    """Find what brings the chance of being on time to ``goal``; ``None`` if it is there or cannot be known."""
    chance = outlook.on_time
    if chance is None or chance >= goal:
        return None
    passed = outlook.due is not None and outlook.due <= outlook.day
    return Remedy(
        goal=goal,
        drop=None if passed else _drop(outlook, goal),
        faster=None if passed else _faster(outlook, goal),
        delay=_delay(outlook, goal),
        shortfall=_shortfall(outlook, goal),
    )


def _drop(outlook: Outlook, goal: float) -> int | None:
    return _smallest(1, int(outlook.snapshot.remaining * _MOST_DROPPED), lambda n: outlook.without(n) >= goal)


def _faster(outlook: Outlook, goal: float) -> float | None:
    weekly = outlook.snapshot.weekly_finishes
    weeks = len(weekly) + 0.5  # as the forecast counts them

    def reaches(finishes: int) -> bool:
        faster = (*weekly[:-1], weekly[-1] + finishes)
        return outlook.chance(replace(outlook.snapshot, weekly_finishes=faster)) >= goal

    most = int((_MOST_FASTER - 1) * outlook.snapshot.weekly_rate * weeks)
    finishes = _smallest(1, most, reaches)
    return None if finishes is None else max(0.1, round(finishes / weeks, 1))


def _delay(outlook: Outlook, goal: float) -> int | None:
    """Count from today where the due date has passed: what is promised anew lies ahead."""
    if outlook.due is None:
        return None
    left = outlook.due - outlook.day

    def reaches(days: int) -> bool:
        return outlook.chance(replace(outlook.snapshot, days_to_due=left + days)) >= goal

    return _smallest(max(1, 1 - left), _MOST_DAYS + max(0, -left), reaches)


def _shortfall(outlook: Outlook, goal: float) -> float | None:
    if outlook.scopes is None:
        return None
    days = outlook.scopes.quantile_days(Target.GROWING, goal)
    return outlook.chance(replace(outlook.snapshot, days_to_due=days))


def _smallest(low: int, high: int, reaches: Callable[[int], bool]) -> int | None:
    """Bisect for the smallest number in ``low..high`` that reaches the goal; the answer must be monotone."""
    if high < low or not reaches(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if reaches(middle):
            high = middle
        else:
            low = middle + 1
    return low
