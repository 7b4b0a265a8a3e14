"""Why work was added to a scope: split off other work, from a defect, found on the way, or newly asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pmbridge.assessment import Ledger, LedgerKind
from pmbridge.history.membership import is_member
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.model import StatusCategory

#: Work that came so close to the end of what it is linked to took over a part of it.
_CLOSE = timedelta(hours=24)
_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)


class Origin(StrEnum):
    """Where added work came from."""

    SPLIT = "split off"
    DEFECT = "from defects"
    FOUND = "found on the way"
    DEMAND = "newly asked for"


@dataclass(frozen=True, slots=True)
class Kinship:
    """Which work belongs together, by key: ``near`` by any link or as parent, ``splits`` by a link that says so."""

    near: Mapping[str, frozenset[str]] = field(default_factory=dict)
    splits: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Origins:
    """Says of additions to one milestone where they came from; ``defects`` are the keys of bugs.

    A split is growth of work that was known; so is what was found on the way, linked to work of the milestone.
    """

    def __init__(
        self, lives: Iterable[Life], faces: frozenset[MilestoneId], kin: Kinship, defects: Collection[str]
    ) -> None:
        self._faces, self._kin, self._defects = faces, kin, defects
        self._by_key = {life.item.key: life for life in lives} if kin.near else {}

    def of(self, item: str, at: datetime) -> Origin:
        """Return the origin of what came in at an instant, by its key."""
        kin = self._kin.near.get(item)
        if not kin:
            return Origin.DEFECT if item in self._defects else Origin.DEMAND
        near = [self._by_key[key] for key in kin if key in self._by_key]
        if self._kin.splits.get(item, frozenset()) & {one.item.key for one in near}:
            return Origin.SPLIT
        if item in self._defects:
            return Origin.DEFECT
        members = [one for one in near if self._is_inside(one, at)]
        if any(_ended_close(one, at) for one in members):
            return Origin.SPLIT
        return Origin.FOUND if members else Origin.DEMAND

    def _is_inside(self, life: Life, at: datetime) -> bool:
        """Tell whether work was in the milestone then; an epic around everything is no work."""
        phase = life.at(at)
        return phase is not None and phase.counted and is_member(phase, self._faces)


def by_origin(ledger: Ledger) -> dict[Origin, int]:
    """Count the additions by where they came from, in the order of the words; what none has is left out."""
    counts = Counter(one.origin for one in ledger.entries if one.kind is LedgerKind.ADDED)
    return {origin: counts[origin.value] for origin in Origin if counts[origin.value]}


def _ended_close(life: Life, at: datetime) -> bool:
    return any(phase.category in _ENDED and abs(phase.since - at) <= _CLOSE for phase in life.phases[1:])
