"""How each piece of work stood, from its creation on, phase after phase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pmbridge.model import Change, Item, StatusCategory

if TYPE_CHECKING:
    from pmbridge.history.chronicle import Chronicle
    from pmbridge.history.mirrors import CanonicalItem

#: A container across trackers: its source and its id there.
MilestoneId = tuple[str, str]

# Reading a member off its enum class costs more than all else these properties do.
_ACTIVE, _WAITING, _DONE = StatusCategory.ACTIVE, StatusCategory.WAITING, StatusCategory.DONE


@lru_cache(maxsize=65_536)
def containers(source: str, milestones: tuple[str, ...]) -> frozenset[MilestoneId]:
    """Name the containers of one source that an item is in."""
    return frozenset([(source, one) for one in milestones])


class Phase(NamedTuple):
    """How a piece of work stood from ``since`` until its next phase.

    ``changes`` brought the phase about, all at one instant; none for the first. ``milestones`` are those of every face.
    """

    since: datetime
    category: StatusCategory
    counted: bool
    points: float | None
    milestones: frozenset[MilestoneId]
    changes: Sequence[Change] = ()

    @property
    def done(self) -> bool:
        """Whether the work was done."""
        return self.category is _DONE

    @property
    def begun(self) -> bool:
        """Whether the work had been begun and was not finished."""
        return self.category is _ACTIVE or self.category is _WAITING


class Life:
    """A piece of work with all its phases, the first beginning at its creation.

    ``place`` is where it stands in the chronicle that its phases are read from once one asks for them. The places there
    of the phases in which it was done for good and first worked on are ``completed`` and ``begun``, -1 where none is.
    """

    __slots__ = ("_begun", "_completed", "_last", "_phases", "canonical", "chronicle", "item", "place")

    def __init__(self, canonical: CanonicalItem, chronicle: Chronicle, place: int, completed: int, begun: int) -> None:
        self.canonical = canonical
        #: The deciding face as it is now.
        self.item: Item = canonical.item
        self.chronicle = chronicle
        self.place = place
        self._completed: datetime | int | None = completed
        self._begun: datetime | int | None = begun
        self._phases: tuple[Phase, ...] | None = None
        self._last: Phase | None = None

    @property
    def created_at(self) -> datetime:
        """When the first of its faces was created."""
        return self.canonical.created_at

    @property
    def completed_at(self) -> datetime | None:
        """The last entry into done that it has not left."""
        if isinstance(self._completed, int):
            self._completed = self.chronicle.values.since(self._completed)
        return self._completed

    @property
    def first_active_at(self) -> datetime | None:
        """When work on it first began."""
        if isinstance(self._begun, int):
            self._begun = self.chronicle.values.since(self._begun)
        return self._begun

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All phases, in order."""
        if self._phases is None:
            self._phases = self.chronicle.values.of(self.place)
        return self._phases

    @property
    def last(self) -> Phase:
        """The phase it is in."""
        if self._last is None:
            self._last = self.chronicle.values.last(self.place)
        return self._last

    def at(self, t: datetime) -> Phase | None:
        """Return the phase at ``t``; ``None`` before creation."""
        return self.chronicle.values.at(self.place, t)

    def done_intervals(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """Return when it was done, half-open, without an end while it still is."""
        found: list[tuple[datetime, datetime | None]] = []
        for phase, following in zip(self.phases, [*self.phases[1:], None], strict=True):
            if phase.done:
                end = following.since if following else None
                joined = found and found[-1][1] == phase.since
                found.append((found.pop()[0] if joined else phase.since, end))
        return tuple(found)
