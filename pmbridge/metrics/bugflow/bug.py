"""One bug, as far as the flow of bugs depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pmbridge.history.records import ItemId
from pmbridge.model import StatusCategory

if TYPE_CHECKING:
    from pmbridge.metrics.bugflow.columns import BugColumns


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


class State(NamedTuple):
    """Whether a bug is open, else since when it is over, and when it was last opened again."""

    is_open: bool
    ended_at: datetime | None
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A bug at one instant, with what happened to it before.

    ``turns`` begins at the creation; its ``state`` follows from it. ``affects`` are the keys of milestones in which it
    was seen, ``members`` those in which it is to be repaired. ``from_customers`` says that users met it,
    ``is_incident`` that it took the service away until ``restored_at``. An engineering item that stands for support
    tickets ``is_report`` no more, and a support ticket by itself ``is_defect`` not yet. ``fault`` names why its dates
    cannot be true; such a bug is listed and counted nowhere else. ``url`` and ``title`` are for telling only.
    """

    id: ItemId
    key: str
    created_at: datetime
    turns: Sequence[Turn]
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
    state: State = field(default=None, repr=False, compare=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.state is None:
            object.__setattr__(self, "state", _columns(self).state(0))

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state.is_open

    @property
    def ended_at(self) -> datetime | None:
        """The last ending it has not been re-opened from."""
        return self.state.ended_at

    @property
    def reopened_at(self) -> datetime | None:
        """When it was last opened again."""
        return self.state.reopened_at

    @property
    def open_intervals(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """When it was open, half-open, without an end while it still is."""
        return _columns(self).open_intervals(0)

    def severity_at(self, t: datetime) -> str | None:
        """Return the word for its severity at an instant; before its first one, that first one."""
        return _columns(self).severity_at(0, t)

    @property
    def severity(self) -> str | None:
        """The word for its severity now."""
        return self.severities[-1].word if self.severities else None


def _columns(bug: Bug) -> BugColumns:
    """Look at one bug as at many."""
    from pmbridge.metrics.bugflow.columns import BugColumns

    return BugColumns.of((bug,))


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect: the report that is worked on, and every report of the same trouble, the first one first.

    ``arrived_at`` is the first report's instant; it is open from then on.
    """

    root: Bug
    reports: tuple[Bug, ...]
    arrived_at: datetime
