"""One bug, as far as the flow of bugs depends on it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pmbridge.history.records import ItemId
from pmbridge.model import StatusCategory

ENDED = frozenset({StatusCategory.DONE, StatusCategory.CANCELLED})


# Reading a member off its enum class costs more than all else in a loop over every bug.
_DONE, _CANCELLED = StatusCategory.DONE, StatusCategory.CANCELLED


class Outcome(StrEnum):
    """What became of a bug; declining one is not repairing it."""

    OPEN = "open"
    FIXED = "fixed"
    DECLINED = "declined"
    NOT_A_BUG = "not a bug"
    DUPLICATE = "duplicate"


class Turn(NamedTuple):
    """The category a bug was in from an instant on."""

    since: datetime
    category: StatusCategory


class Graded(NamedTuple):
    """The word for a bug's severity from an instant on; ``None`` where nobody gave one, which is a class of its own."""

    since: datetime
    word: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A bug at one instant, with what happened to it before.

    ``turns`` begins at the creation; endings, re-openings and open intervals, half-open, follow from it. ``affects``
    are the keys of milestones in which it was seen, ``members`` those in which it is to be repaired.
    ``from_customers`` says that users met it, ``is_incident`` that it took the service away until ``restored_at``. An
    engineering item that stands for support tickets ``is_report`` no more, and a support ticket by itself
    ``is_defect`` not yet. ``fault`` names why its dates cannot be true; such a bug is listed and counted nowhere else.
    ``url`` and ``title`` are for telling only.
    """

    id: ItemId
    key: str
    created_at: datetime
    turns: tuple[Turn, ...]
    outcome: Outcome = Outcome.OPEN
    severities: tuple[Graded, ...] = ()
    component: str | None = None
    affects: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    from_customers: bool = False
    author: str | None = None
    is_incident: bool = False
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    restored_at: datetime | None = None
    deployed_at: datetime | None = None
    told_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    fault: str | None = None
    is_report: bool = True
    is_defect: bool = True
    url: str | None = None
    title: str | None = None
    endings: tuple[datetime, ...] = field(init=False)
    reopenings: tuple[datetime, ...] = field(init=False)
    open_intervals: tuple[tuple[datetime, datetime | None], ...] = field(init=False)
    is_open: bool = field(init=False)

    def __post_init__(self) -> None:
        endings: list[datetime] = []
        reopenings: list[datetime] = []
        intervals: list[tuple[datetime, datetime | None]] = []
        begin: datetime | None = self.created_at
        for number, (since, category) in enumerate(self.turns):
            if category is _DONE or category is _CANCELLED:
                if begin is not None:
                    endings.append(since)
                    if number:
                        intervals.append((begin, since))
                    begin = None
            elif begin is None:
                reopenings.append(since)
                begin = since
        if begin is not None:
            intervals.append((begin, None))
        settle = object.__setattr__
        settle(self, "endings", tuple(endings))
        settle(self, "reopenings", tuple(reopenings))
        settle(self, "open_intervals", tuple(intervals))
        settle(self, "is_open", begin is not None)

    @property
    def ended_at(self) -> datetime | None:
        """The last ending it has not been re-opened from."""
        return None if self.is_open else self.endings[-1]

    def severity_at(self, t: datetime) -> str | None:
        """Return the word for its severity at an instant; before its first one, that first one."""
        if len(self.severities) < 2:
            return self.severities[0].word if self.severities else None
        place = bisect_right(self.severities, t, key=lambda graded: graded.since)
        return self.severities[max(0, place - 1)].word

    @property
    def severity(self) -> str | None:
        """The word for its severity now."""
        return self.severities[-1].word if self.severities else None


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect: the report that is worked on, and every report of the same trouble, the first one first.

    ``arrived_at`` is the first report's instant; it is open from then on.
    """

    root: Bug
    reports: tuple[Bug, ...]
    arrived_at: datetime
    open_intervals: tuple[tuple[datetime, datetime | None], ...] = field(init=False)

    def __post_init__(self) -> None:
        intervals = self.root.open_intervals
        if self.arrived_at != self.root.created_at and intervals and intervals[0][0] == self.root.created_at:
            intervals = ((self.arrived_at, intervals[0][1]), *intervals[1:])
        object.__setattr__(self, "open_intervals", intervals)
