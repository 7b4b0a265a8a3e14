"""Why work was added to a scope: split off other work, from a defect, found on the way, or newly asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from pmbridge.assessment import Ledger, LedgerEntry, LedgerKind
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


def with_origins(
    ledger: Ledger, lives: Iterable[Life], faces: frozenset[MilestoneId], kin: Kinship, defects: Collection[str]
) -> Ledger:
    """Say of every addition where it came from; ``defects`` are the keys of bugs.

    A split is growth of work that was known; so is what was found on the way, linked to work of the milestone.
    """
    by_key = {life.item.key: life for life in lives}
    entries = tuple(
        one.model_copy(update={"origin": _origin(one, by_key, faces, kin, defects).value})
        if one.kind is LedgerKind.ADDED
        else one
        for one in ledger.entries
    )
    return ledger.model_copy(update={"entries": entries})


def by_origin(ledger: Ledger) -> dict[Origin, int]:
    """Count the additions by where they came from, in the order of the words; what none has is left out."""
    counts = Counter(one.origin for one in ledger.entries if one.kind is LedgerKind.ADDED)
    return {origin: counts[origin.value] for origin in Origin if counts[origin.value]}


def _origin(
    entry: LedgerEntry,
    by_key: Mapping[str, Life],
    faces: frozenset[MilestoneId],
    kin: Kinship,
    defects: Collection[str],
) -> Origin:
    near = [by_key[key] for key in kin.near.get(entry.item, ()) if key in by_key]
    members = [one for one in near if _is_inside(one, entry, faces)]
    if kin.splits.get(entry.item, frozenset()) & {one.item.key for one in near}:
        return Origin.SPLIT
    if entry.item in defects:
        return Origin.DEFECT
    if any(_ended_close(one, entry) for one in members):
        return Origin.SPLIT
    return Origin.FOUND if members else Origin.DEMAND


def _is_inside(life: Life, entry: LedgerEntry, faces: frozenset[MilestoneId]) -> bool:
    """Tell whether work was in the milestone then; an epic around everything is no work."""
    phase = life.at(entry.at)
    return phase is not None and phase.counted and is_member(phase, faces)


def _ended_close(life: Life, entry: LedgerEntry) -> bool:
    return any(phase.category in _ENDED and abs(phase.since - entry.at) <= _CLOSE for phase in life.phases[1:])
