"""How each piece of work stood, from its creation on, phase after phase."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime

from pmbridge.history.mirrors import CanonicalItem
from pmbridge.model import Change, Item, StatusCategory

#: A container across trackers: its source and its id there.
MilestoneId = tuple[str, str]


# Reading a member off its enum class costs more than all else these properties do.
_ACTIVE, _WAITING, _DONE = StatusCategory.ACTIVE, StatusCategory.WAITING, StatusCategory.DONE


@dataclass(frozen=True, slots=True)
class Phase:
    """How a piece of work stood from ``since`` until its next phase.

    ``changes`` brought the phase about, all at one instant; none for the first. ``milestones`` are those of every face.
    """

    since: datetime
    category: StatusCategory
    counted: bool
    points: float | None
    milestones: frozenset[MilestoneId]
    changes: tuple[Change, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the work was done."""
        return self.category is _DONE

    @property
    def begun(self) -> bool:
        """Whether the work had been begun and was not finished."""
        return self.category is _ACTIVE or self.category is _WAITING


@dataclass(frozen=True, slots=True)
class Life:
    """A piece of work with all its phases, the first beginning at its creation.

    ``completed_at`` is the last entry into done that it has not left, ``first_active_at`` when work on it first began;
    either may be ``None``, and both are asked for so often that they are kept.
    """

    canonical: CanonicalItem
    phases: tuple[Phase, ...]
    completed_at: datetime | None = field(init=False, compare=False)
    first_active_at: datetime | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "completed_at", _completed(self.phases))
        object.__setattr__(self, "first_active_at", _begun(self.phases))

    @property
    def item(self) -> Item:
        """The deciding face as it is now."""
        return self.canonical.item

    @property
    def created_at(self) -> datetime:
        """When it came into being."""
        return self.phases[0].since

    def at(self, t: datetime) -> Phase | None:
        """Return the phase at ``t``; ``None`` before creation."""
        place = bisect_right(self.phases, t, key=lambda phase: phase.since)
        return self.phases[place - 1] if place else None

    def done_intervals(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """Return when it was done, half-open, without an end while it still is."""
        found: list[tuple[datetime, datetime | None]] = []
        for phase, following in zip(self.phases, [*self.phases[1:], None], strict=True):
            if phase.done:
                end = following.since if following else None
                joined = found and found[-1][1] == phase.since
                found.append((found.pop()[0] if joined else phase.since, end))
        return tuple(found)


def _completed(phases: tuple[Phase, ...]) -> datetime | None:
    entered = None
    for phase in reversed(phases):
        if phase.category is not _DONE:
            break
        entered = phase.since
    return entered


def _begun(phases: tuple[Phase, ...]) -> datetime | None:
    for phase in phases:
        if phase.category is _ACTIVE:
            return phase.since
    return None
