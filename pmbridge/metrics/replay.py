"""Earlier milestones looked at again part of the way, each state with its outcome beside it.

Days are day numbers (``date.toordinal`` or any other count of days) in the product's zone; a state is that of the end
of its day. Intervals are half-open: something that lasts from 5 to 8 holds at the end of the days 5, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from statistics import median
from typing import NamedTuple

from pmbridge.metrics.forecast import PastMilestone, Regime, Snapshot, Target, residual, weekly_finishes
from pmbridge.metrics.stays import NEVER, Stays

#: Where in its window a milestone is looked at again.
FRACTIONS = (0.3, 0.5, 0.7)
#: What an earlier milestone must have to be learned from.
MIN_ITEMS = 10
WINDOW_DAYS = range(10, 731)

_TYPICAL_OF = 8  # finished milestones
_MIN_LEAD_DAYS = 14  # a release closer than this before another is not where that one began


class FinishRule(StrEnum):
    """What ends a milestone: its release, or the day 90 % of its scope is done where no tracker says when."""

    RELEASE = "release"
    DONE90 = "done90"


class Member(NamedTuple):
    """One stay of an item in a milestone; an item that left and came back has two.

    ``added`` and ``removed`` bound the stay. A cancelled item is removed on the day it was cancelled and has no
    ``done`` interval. ``done`` holds the intervals in which the item was done, by day, in order, the last one open
    ended while it is still done; several of them are re-opens. ``created`` is the item's creation day.
    """

    added: int
    removed: int | None
    done: tuple[tuple[int, int | None], ...]
    created: int

    def belongs(self, day: int) -> bool:
        """Tell whether the item is in the milestone at the end of ``day``."""
        return self.added <= day and (self.removed is None or day < self.removed)

    def done_since(self, day: int) -> int | None:
        """Return the day since which the item is done at the end of ``day``, or ``None`` while it is not."""
        return next((a for a, b in self.done if a <= day and (b is None or day < b)), None)


@dataclass(frozen=True, slots=True)
class MilestoneWindow:
    """A milestone of the project as day numbers, finished or not, holding what is known at the instant of the report.

    ``start`` is the declared start, an input of forecasts. ``hindsight_start`` stands in where none is declared, to
    place the replayed states and measure the length, and is no input of anything (see `hindsight_start`).
    ``finish`` is the day the milestone ended by its ``rule``, ``None`` while it runs. ``dues`` are the due dates as
    they were seen over time, ``(first day seen, due or None)`` in order; a date seen later counts from its day only.
    """

    rule: FinishRule
    members: tuple[Member, ...]
    start: int | None = None
    hindsight_start: int | None = None
    finish: int | None = None
    dues: tuple[tuple[int, int | None], ...] = ()
    stays: Stays = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stays", Stays(self.members))

    def due_at(self, day: int) -> int | None:
        """Return the due date as it stood at ``day``; before the first sight of it, as first seen."""
        if not self.dues:
            return None
        seen = [due for since, due in self.dues if since <= day]
        return seen[-1] if seen else self.dues[0][1]

    @property
    def opening(self) -> int | None:
        """The first day of the window."""
        return self.start if self.start is not None else self.hindsight_start

    @property
    def length(self) -> int | None:
        """Days from the opening to the due date or, without one, to the finish; ``None`` while it runs."""
        if self.finish is None or self.opening is None:
            return None
        due = self.due_at(self.finish)
        return (self.finish if due is None else due) - self.opening

    @property
    def is_comparable(self) -> bool:
        """Whether it ended, with enough items and in a window of a usual length."""
        if self.finish is None or self.length not in WINDOW_DAYS:
            return False
        return self.stays.staying >= MIN_ITEMS


@dataclass(frozen=True, slots=True)
class MilestoneState:
    """A milestone at the end of one day: the places of who is open, and when the others were finished."""

    day: int
    window: MilestoneWindow
    open_places: tuple[int, ...]
    finish_days: tuple[int, ...]
    remaining: int

    @property
    def open_members(self) -> tuple[Member, ...]:
        """Who is open."""
        return tuple([self.window.members[place] for place in self.open_places])


@dataclass(frozen=True, slots=True)
class ReplayedState:
    """An earlier state with the outcome beside it; ``fraction`` is the part of the window that had passed."""

    fraction: float
    day: int
    snapshot: Snapshot
    true_days: int
    residual: tuple[Regime, float]

    @property
    def known_day(self) -> int:
        """The day at whose end the outcome was known."""
        return self.day + self.true_days


@dataclass(frozen=True, slots=True)
class ReplayedMilestone:
    """An earlier milestone and the states it was looked at in."""

    window: MilestoneWindow
    finish: int
    states: tuple[ReplayedState, ...]


def state_at(window: MilestoneWindow, day: int) -> MilestoneState:
    """Rebuild the milestone as it stood at the end of ``day``."""
    open_places, since = window.stays.at(day)
    finish_days = tuple(since.tolist())
    remaining = len(open_places)
    if window.rule is FinishRule.DONE90:
        remaining = max(0, _nine_tenths(remaining + len(finish_days)) - len(finish_days))
    return MilestoneState(day, window, tuple(open_places.tolist()), finish_days, remaining)


def snapshot_at(window: MilestoneWindow, day: int, project: Iterable[MilestoneWindow]) -> Snapshot:
    """Rebuild what the forecast looks at, at the end of ``day``.

    ``project`` are all milestones of the project; those that had not ended before ``day`` are not looked at.
    """
    return snapshot_of(state_at(window, day), project)


def snapshot_of(state: MilestoneState, project: Iterable[MilestoneWindow]) -> Snapshot:
    """Return what the forecast looks at in a state, as `snapshot_at` does."""
    return _snapshot(state.window, state, _ended_before(project, state.day))


def outcome_day(window: MilestoneWindow, state: MilestoneState, target: Target) -> int | None:
    """Return the day that answers the target's question asked in ``state``.

    For the growing scope, the finish; for the frozen one, the day the items open in ``state`` had all been done,
    taken out or shipped. ``None`` where nothing is open, the milestone has ended, or the answer is not known yet.
    """
    if state.remaining == 0 or window.finish is None or window.finish <= state.day:
        return None
    if target is Target.GROWING:
        return window.finish
    ends = window.stays.leaving(window.stays.at(state.day)[0], state.day)
    if window.rule is FinishRule.RELEASE:
        return min(int(ends.max()), window.finish)
    days = sorted(ends[ends != NEVER].tolist())
    return days[state.remaining - 1] if state.remaining <= len(days) else None


def replay(project: Sequence[MilestoneWindow], target: Target) -> tuple[ReplayedMilestone, ...]:
    """Look at every comparable milestone of the project again, newest first.

    A residual depends on what was known at its own day, so the answer may be kept and asked with `known_before`
    for any later instant.
    """
    ended = sorted(
        ((w.finish, w) for w in project if w.finish is not None and w.is_comparable), key=lambda pair: -pair[0]
    )
    return tuple(ReplayedMilestone(window, finish, _states(window, project, target)) for finish, window in ended)


def known_before(replayed: Sequence[ReplayedMilestone], day: int) -> tuple[PastMilestone, ...]:
    """Keep what was known before ``day``: milestones that had ended, and of them the states with a known outcome."""
    return tuple(
        PastMilestone(tuple(state.residual for state in milestone.states if state.known_day < day))
        for milestone in replayed
        if milestone.finish < day
    )


def done90_finish(members: Iterable[Member]) -> int | None:
    """Return the first day at which nine tenths of the final scope are done for good, or ``None`` until then."""
    final = [member for member in members if member.removed is None]
    days = sorted(m.done[-1][0] for m in final if m.done and m.done[-1][1] is None)
    needed = _nine_tenths(len(final))
    return days[needed - 1] if 0 < needed <= len(days) else None


def hindsight_start(members: Iterable[Member], finish: int, other_finishes: Iterable[int]) -> int | None:
    """Place the start of an ended milestone that declares none.

    The earlier of the day a twentieth of the final scope was done and the last release at least two weeks before
    this one; for the project's first release, of that day and the day half of the scope was written.
    """
    final = [member for member in members if member.belongs(finish)]
    done = sorted(since for m in final if (since := m.done_since(finish)) is not None)
    releases = [day for day in other_finishes if day <= finish - _MIN_LEAD_DAYS]
    written = sorted(member.created for member in final)
    candidates = done[max(0, -(-len(final) // 20) - 1) :][:1]
    candidates += [max(releases)] if releases else written[max(0, -(-len(final) // 2) - 1) :][:1]
    return min(candidates, default=None)


def _nine_tenths(count: int) -> int:
    return -(-9 * count // 10)


def _ended_before(project: Iterable[MilestoneWindow], day: int) -> list[MilestoneWindow]:
    """Milestones that ended before ``day``, newest first."""
    ended = [(w.finish, w) for w in project if w.finish is not None and w.finish < day]
    return [window for _, window in sorted(ended, key=lambda pair: -pair[0])]


def _snapshot(window: MilestoneWindow, state: MilestoneState, ended: Sequence[MilestoneWindow]) -> Snapshot:
    due = window.due_at(state.day)
    comparable = (w.length for w in ended if w.length is not None and w.is_comparable)
    lengths = list(islice(comparable, _TYPICAL_OF))
    return Snapshot(
        remaining=state.remaining,
        weekly_finishes=weekly_finishes(state.finish_days, state.day, _begin(window, state, ended)),
        days_to_due=None if due is None else due - state.day,
        typical_days=median(lengths) if lengths else None,
        finished_windows=len(lengths),
    )


def _begin(window: MilestoneWindow, state: MilestoneState, ended: Sequence[MilestoneWindow]) -> int:
    """Where the milestone's weekly history begins: first known sign of work on it."""
    signs = [*state.finish_days, *([] if window.start is None else [window.start])]
    if signs:
        return min(signs)
    releases = [w.finish for w in ended if w.finish is not None and w.rule is FinishRule.RELEASE]
    if releases:
        return max(releases)
    created = [member.created for member in state.open_members]
    return round(median(created)) if created else state.day


def _states(window: MilestoneWindow, project: Sequence[MilestoneWindow], target: Target) -> tuple[ReplayedState, ...]:
    opening, length = window.opening, window.length
    if opening is None or length is None:
        return ()
    days = ((fraction, opening + round(fraction * length)) for fraction in FRACTIONS)
    states = (_replayed(window, fraction, day, project, target) for fraction, day in days)
    return tuple(state for state in states if state is not None)


def _replayed(
    window: MilestoneWindow,
    fraction: float,
    day: int,
    project: Sequence[MilestoneWindow],
    target: Target,
) -> ReplayedState | None:
    state = state_at(window, day)
    end = outcome_day(window, state, target)
    if end is None:
        return None
    snapshot = _snapshot(window, state, _ended_before(project, day))
    return ReplayedState(fraction, day, snapshot, end - day, residual(snapshot, target, end - day))
