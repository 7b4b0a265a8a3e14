"""One bug, as far as the flow of bugs depends on it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from pmbridge.history.records import ItemId
from pmbridge.model import StatusCategory

ENDED = frozenset({StatusCategory.DONE, StatusCategory.CANCELLED})


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

    ``turns`` begins at the creation. ``affects`` are the keys of milestones in which it was seen, ``members`` those in
    which it is to be repaired. ``from_customers`` says that users met it. An engineering item that stands for support
    tickets ``is_report`` no more, and a support ticket by itself ``is_defect`` not yet. ``fault`` names why its dates
    cannot be true; such a bug is listed and counted nowhere else. ``url`` and ``title`` are for telling only.
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
    acknowledged_at: datetime | None = None
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

    def __post_init__(self) -> None:
        turns = self.turns
        endings = [later.since for one, later in pairwise(turns) if later.category in ENDED and not _over(one)]
        if turns and _over(turns[0]):
            endings.insert(0, turns[0].since)
        reopenings = [later.since for one, later in pairwise(turns) if _over(one) and later.category not in ENDED]
        object.__setattr__(self, "endings", tuple(endings))
        object.__setattr__(self, "reopenings", tuple(reopenings))

    @property
    def is_open(self) -> bool:
        """Whether it still wants work."""
        return len(self.endings) == len(self.reopenings)

    @property
    def ended_at(self) -> datetime | None:
        """The last ending it has not been re-opened from."""
        return None if self.is_open else self.endings[-1]

    def open_intervals(self) -> list[tuple[datetime, datetime | None]]:
        """Return when it was open, half-open, without an end while it is."""
        begins = (self.created_at, *self.reopenings) if _opens(self) else self.reopenings
        ends = self.endings if _opens(self) else self.endings[1:]
        return list(zip(begins, (*ends, None)[: len(begins)], strict=True))

    def severity_at(self, t: datetime) -> str | None:
        """Return the word for its severity at an instant; before its first one, that first one."""
        if not self.severities:
            return None
        place = bisect_right(self.severities, t, key=lambda graded: graded.since)
        return self.severities[max(0, place - 1)].word

    @property
    def severity(self) -> str | None:
        """The word for its severity now."""
        return self.severities[-1].word if self.severities else None


def _over(turn: Turn) -> bool:
    return turn.category in ENDED


def _opens(bug: Bug) -> bool:
    return not bug.turns or not _over(bug.turns[0])


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect: the report that is worked on, and every report of the same trouble, the first one first.

    ``arrived_at`` is the first report's instant.
    """

    root: Bug
    reports: tuple[Bug, ...]
    arrived_at: datetime

    @property
    def open_intervals(self) -> list[tuple[datetime, datetime | None]]:
        """When it was open, from its first report on."""
        intervals = self.root.open_intervals()
        if intervals and intervals[0][0] == self.root.created_at:
            intervals[0] = self.arrived_at, intervals[0][1]
        return intervals
