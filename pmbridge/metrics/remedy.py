"""What would bring a milestone back on time: the forecast, inverted, within what people would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from pmbridge.metrics import wording
from pmbridge.metrics.forecast import Target
from pmbridge.metrics.outlook import Outlook

#: More than this share of the open items is no descoping but a new plan.
MOST_DROPPED = 0.5
#: Nobody finishes more than twice as much a week as now.
MOST_FASTER = 2.0
#: Without a planned duration no due date moves by more than this.
_MOST_DAYS = 90
#: Parts of the drop that combinations are tried with.
_PARTS = 8
_WORTH_SAYING = 0.05


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is plausible: items to drop, finishes more in the whole history, days of delay."""

    drop: int
    faster: int
    delay: int


@dataclass(frozen=True, slots=True)
class Step:
    """A change of plan: items fewer, finishes more in the history the forecast looks at, days more for the due date."""

    drop: int = 0
    faster: int = 0
    delay: int = 0

    def effort(self, limits: Limits) -> float:
        """Return the sum of the parts of each limit that it uses up: 0 is free, 1 is all one could do one way."""
        pairs = ((self.drop, limits.drop), (self.faster, limits.faster), (self.delay, limits.delay))
        return sum(value / most for value, most in pairs if most)


@dataclass(frozen=True, slots=True)
class Remedy:
    """The smallest steps that reach the goal: single ones, the cheapest first, else one combination.

    ``best`` is the most that plausible steps achieve where none reaches it, with the chance it gives. ``shortfall`` is
    the chance that remains where the due date moves to the day that is now the percentile of the goal. ``beyond`` is
    the higher goal that nothing plausible reaches.
    """

    outlook: Outlook
    goal: float
    singles: tuple[Step, ...] = ()
    combined: Step | None = None
    best: tuple[Step, float] | None = None
    shortfall: float | None = None
    beyond: float | None = None

    @property
    def reaches(self) -> bool:
        """Whether anything plausible reaches the goal."""
        return bool(self.singles) or self.combined is not None

    @property
    def text(self) -> str:
        """Say it in a sentence or two."""
        goal = wording.share(self.goal)
        lead = f"Nothing plausible reaches {wording.share(self.beyond)}. " if self.beyond is not None else ""
        if self.singles:
            return f"{lead}{_first_up(self._ways())} to reach {goal}{self._cheapest()}.{self._stretch()}"
        if self.combined is not None:
            return f"{lead}No single step is enough: {self._say(self.combined)} to reach {goal}.{self._stretch()}"
        if self.best is None:
            return f"Nothing plausible reaches {goal}."
        step, chance = self.best
        gives = f"gives {_chance(chance)}" if chance >= 0.05 else "gives next to nothing"
        return f"Nothing plausible reaches {goal}: to {self._say(step)} {gives}. Agree on a new plan."

    def _ways(self) -> str:
        return ", or ".join(self._say(step) for step in self.singles)

    def _cheapest(self) -> str:
        return "; the first costs least" if len(self.singles) > 1 else ""

    def _say(self, step: Step) -> str:
        parts = []
        if step.drop:
            parts.append(f"drop {step.drop} of the {wording.count(self.outlook.snapshot.remaining, 'open item')}")
        if step.faster:
            extra, now = _a_week(self.outlook, step.faster), self.outlook.snapshot.weekly_rate
            parts.append(f"finish {extra:.1f} more a week (now {now:.1f})")
        if step.delay:
            parts.append(self._move(step.delay))
        return " and ".join(parts)

    def _move(self, days: int) -> str:
        due = self.outlook.due or self.outlook.day
        to = wording.day(self._asked(days))
        if due <= self.outlook.day:
            return f"agree on {to} as the new due date"
        return f"move the due date by {wording.count(days, 'day')} to {to}"

    def _asked(self, days: int) -> date:
        """Return the due date moved by so many days."""
        return date.fromordinal((self.outlook.due or self.outlook.day) + days)

    def _stretch(self) -> str:
        """Explain why to ask for a later date than the forecast names, where that is so."""
        if self.shortfall is None or self.outlook.scopes is None or self.shortfall > self.goal - _WORTH_SAYING:
            return ""
        likely = date.fromordinal(self.outlook.day + self.outlook.scopes.quantile_days(Target.GROWING, self.goal))
        steps = (*self.singles, *([self.combined] if self.combined else []))
        asked = max((self._asked(step.delay) for step in steps if step.delay), default=likely)
        if asked <= likely:
            return ""
        return (
            f" Today's {wording.share(self.goal)} day is {wording.day(likely)}, "
            f"but work tends to fill a later date, so ask for {wording.day(asked)}."
        )


def remedy(
    outlook: Outlook, goal: float, planned_days: int | None = None, fallback: float | None = None
) -> Remedy | None:
    """Find what brings the chance of being on time to ``goal``; ``None`` if it is there or cannot be known.

    ``planned_days`` is the planned duration, the most a due date may move. Where nothing plausible reaches the goal,
    the ``fallback`` is tried: out of red is better than nothing.
    """
    chance = outlook.on_time
    if chance is None or chance >= goal:
        return None
    found = _remedy(outlook, goal, planned_days)
    if not found.reaches and fallback is not None and chance < fallback < goal:
        lesser = _remedy(outlook, fallback, planned_days)
        return replace(lesser, beyond=goal) if lesser.reaches else found
    return found


def _remedy(outlook: Outlook, goal: float, planned_days: int | None) -> Remedy:
    limits = _limits(outlook, planned_days)

    def reaches(step: Step) -> bool:
        return _after(outlook, step) >= goal

    singles = sorted(_singles(limits, reaches), key=lambda step: step.effort(limits))
    combined = None if singles else min(_pairs(limits, reaches), key=lambda step: step.effort(limits), default=None)
    best = None if singles or combined else _best(outlook, limits)
    return Remedy(outlook, goal, tuple(singles), combined, best, _shortfall(outlook, goal))


def _limits(outlook: Outlook, planned_days: int | None) -> Limits:
    due, snapshot = outlook.due or outlook.day, outlook.snapshot
    passed = due <= outlook.day
    weeks = len(snapshot.weekly_finishes) + 0.5  # as the forecast counts them
    most = max(1, planned_days or _MOST_DAYS)
    return Limits(
        drop=int(snapshot.remaining * MOST_DROPPED),
        faster=0 if passed else int((MOST_FASTER - 1) * snapshot.weekly_rate * weeks),
        # What is promised anew lies ahead, so a date that has passed moves from today on.
        delay=most + (outlook.day - due if passed else 0),
    )


def _after(outlook: Outlook, step: Step) -> float:
    """Return the chance to be on time once a step is taken."""
    snapshot, weekly = outlook.snapshot, outlook.snapshot.weekly_finishes
    left = (outlook.due or outlook.day) - outlook.day + step.delay
    if left <= 0:
        return 0.0
    return outlook.chance(
        replace(
            snapshot,
            remaining=max(0, snapshot.remaining - step.drop),
            weekly_finishes=(*weekly[:-1], weekly[-1] + step.faster),
            days_to_due=left,
        )
    )


def _singles(limits: Limits, reaches: Callable[[Step], bool]) -> Iterator[Step]:
    drop = _smallest(1, limits.drop, lambda n: reaches(Step(drop=n)))
    faster = _smallest(1, limits.faster, lambda n: reaches(Step(faster=n)))
    delay = _smallest(1, limits.delay, lambda n: reaches(Step(delay=n)))
    if drop is not None:
        yield Step(drop=drop)
    if faster is not None:
        yield Step(faster=faster)
    if delay is not None:
        yield Step(delay=delay)


def _pairs(limits: Limits, reaches: Callable[[Step], bool]) -> Iterator[Step]:
    """Drop a part, and find the smallest second step beside it."""
    for part in range(1, _PARTS + 1):
        drop = limits.drop * part // _PARTS
        if drop:
            delay = _smallest(1, limits.delay, lambda n, k=drop: reaches(Step(drop=k, delay=n)))  # type: ignore[misc]
            faster = _smallest(1, limits.faster, lambda n, k=drop: reaches(Step(drop=k, faster=n)))  # type: ignore[misc]
            if delay is not None:
                yield Step(drop=drop, delay=delay)
            if faster is not None:
                yield Step(drop=drop, faster=faster)


def _best(outlook: Outlook, limits: Limits) -> tuple[Step, float] | None:
    """Return what helps most of all that is plausible, two steps at most."""
    steps = (Step(limits.drop, 0, limits.delay), Step(limits.drop, limits.faster, 0))
    return max(((step, _after(outlook, step)) for step in steps), key=lambda pair: pair[1])


def _shortfall(outlook: Outlook, goal: float) -> float | None:
    if outlook.scopes is None:
        return None
    days = outlook.scopes.quantile_days(Target.GROWING, goal)
    return outlook.chance(replace(outlook.snapshot, days_to_due=days))


def _a_week(outlook: Outlook, finishes: int) -> float:
    return max(0.1, round(finishes / (len(outlook.snapshot.weekly_finishes) + 0.5), 1))


def _chance(value: float) -> str:
    return f"about {5 * round(20 * value)} %"


def _first_up(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


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
