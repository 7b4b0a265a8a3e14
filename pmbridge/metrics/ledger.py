"""The scope ledger: where a milestone's scope began, and every event that moved it since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy

from pmbridge.assessment import Ledger, LedgerEntry, LedgerKind, PointsLedger, Scope
from pmbridge.history.chronicle import Chronicle, Flags, excerpt
from pmbridge.history.membership import in_scope, is_member
from pmbridge.history.phases import Life, MilestoneId, Phase
from pmbridge.metrics.baseline import Baseline
from pmbridge.model import Change, FieldName, StatusCategory
from pmbridge.model.instants import to_micros

#: Names of people by source and account.
Names = Mapping[tuple[str, str], str]


class Cause(StrEnum):
    """Why an entry stands in the ledger."""

    CREATED = "created"
    MOVED_IN = "moved in"
    MOVED_OUT = "moved out"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    RELEVELLED = "re-levelled"
    REESTIMATED = "re-estimated"


#: The fields that bring a cause about, for finding the change to name.
_FIELDS = {
    Cause.MOVED_IN: {FieldName.MILESTONES},
    Cause.MOVED_OUT: {FieldName.MILESTONES},
    Cause.CANCELLED: {FieldName.STATUS, FieldName.RESOLUTION, FieldName.LABELS},
    Cause.RESTORED: {FieldName.STATUS, FieldName.RESOLUTION, FieldName.LABELS},
    Cause.RELEVELLED: {FieldName.TYPE, FieldName.LABELS},
    Cause.REESTIMATED: {FieldName.POINTS},
}


@dataclass(frozen=True, slots=True)
class _Balance:
    items: int
    points: float


def ledger(
    lives: Sequence[Life], faces: frozenset[MilestoneId], baseline: Baseline, now: Scope, names: Names
) -> Ledger:
    """Write the ledger of one milestone from its baseline to the instant the histories end.

    ``now`` must come from the current fields, not from these entries: only then does the residual,
    ``baseline + added - removed - now``, show what a history has lost. What one edit takes out and puts back is no
    entry; a move between two milestones is one entry in each ledger; one inside a merged milestone is none.
    """
    told = excerpt(lives)
    inside = told.inside(faces)
    begin = _balance(told, inside, baseline)
    moves = _entries(lives, told, inside, faces, baseline, names)
    entries = tuple(sorted(moves, key=lambda entry: (entry.at, entry.item, entry.change)))
    added = sum(entry.kind is LedgerKind.ADDED for entry in entries)
    removed = sum(entry.kind is LedgerKind.REMOVED for entry in entries)
    return Ledger(
        baseline_at=baseline.at,
        baseline_reason=baseline.reason,
        baseline=None if baseline.at is None else begin.items,
        added=added,
        removed=removed,
        now=now.items,
        residual=begin.items + added - removed - now.items,
        points=_points(begin.points, entries, now),
        entries=entries,
    )


def _balance(told: Chronicle, inside: Flags, baseline: Baseline) -> _Balance:
    if baseline.at is None:
        return _Balance(0, 0.0)
    there = inside & told.during(baseline.at)
    # One by one, in the order of the work: sums of fractions depend on it.
    return _Balance(int(there.sum()), float(sum([size for size in told.points[there].tolist() if size == size])))


def _points(begin: float, entries: Iterable[LedgerEntry], now: Scope) -> PointsLedger | None:
    by_kind = dict.fromkeys(LedgerKind, 0.0)
    estimated = begin != 0 or now.points is not None
    for entry in entries:
        if entry.points is not None:
            by_kind[entry.kind] += entry.points
            estimated = True
    if not estimated:
        return None
    added, removed = by_kind[LedgerKind.ADDED], 0.0 - by_kind[LedgerKind.REMOVED]
    reestimated = by_kind[LedgerKind.REESTIMATED]
    end = now.points or 0.0
    return PointsLedger(
        baseline=begin,
        added=added,
        removed=removed,
        reestimated=reestimated,
        now=end,
        # Decimal estimates leave dust in binary sums; it is no lost scope.
        residual=round(begin + added - removed + reestimated - end, 6) + 0.0,
    )


def _entries(
    lives: Sequence[Life],
    told: Chronicle,
    inside: Flags,
    faces: frozenset[MilestoneId],
    baseline: Baseline,
    names: Names,
) -> Iterator[LedgerEntry]:
    """Yield what the phases since the baseline changed, life after life."""
    if baseline.at is None:
        return
    was = told.before(inside)
    older = numpy.append(numpy.nan, told.points[:-1])[: len(told.points)]
    resized = was & inside & (told.points != older) & ~(numpy.isnan(told.points) & numpy.isnan(older))
    moved = numpy.flatnonzero((told.since > to_micros(baseline.at)) & ((was != inside) | resized))
    begins, life = told.begins[moved].tolist(), told.life[moved].tolist()
    values = told.values
    for place, first, whose, joined in zip(moved.tolist(), begins, life, inside[moved].tolist(), strict=True):
        new, old = values.phase(place), None if first else values.phase(place - 1)
        yield _moved(lives[whose], old, new, joined, faces, names)


def _moved(
    life: Life, old: Phase | None, new: Phase, joined: bool, faces: frozenset[MilestoneId], names: Names
) -> LedgerEntry:
    if old is None:
        return _entry(life, new, LedgerKind.ADDED, Cause.CREATED, new.points, names)
    if not joined:
        points = None if old.points is None else -old.points
        return _entry(life, new, LedgerKind.REMOVED, _cause_out(new, faces), points, names)
    if not in_scope(old, faces):
        return _entry(life, new, LedgerKind.ADDED, _cause_in(old, faces), new.points, names)
    points = (new.points or 0.0) - (old.points or 0.0)
    return _entry(life, new, LedgerKind.REESTIMATED, Cause.REESTIMATED, points, names)


def _cause_in(old: Phase, faces: frozenset[MilestoneId]) -> Cause:
    if not is_member(old, faces):
        return Cause.MOVED_IN
    return Cause.RESTORED if old.category is StatusCategory.CANCELLED else Cause.RELEVELLED


def _cause_out(new: Phase, faces: frozenset[MilestoneId]) -> Cause:
    if not is_member(new, faces):
        return Cause.MOVED_OUT
    return Cause.CANCELLED if new.category is StatusCategory.CANCELLED else Cause.RELEVELLED


_DELTAS = {LedgerKind.ADDED: 1, LedgerKind.REMOVED: -1, LedgerKind.REESTIMATED: 0}


def _entry(life: Life, phase: Phase, kind: LedgerKind, cause: Cause, points: float | None, names: Names) -> LedgerEntry:
    item, change = life.item, _change(phase, cause)
    author = (change.source, change.author) if change else (item.source, item.author)
    return LedgerEntry(
        at=phase.since,
        item=item.key,
        kind=kind,
        delta=_DELTAS[kind],
        by=None if author[1] is None else names.get((author[0], author[1])),
        change=change.identity if change else f"{item.source}:{item.id}:created",
        points=points,
        cause=cause.value,
        title=None if item.restricted else item.title,
        url=item.url,
    )


def _change(phase: Phase, cause: Cause) -> Change | None:
    fields = _FIELDS.get(cause)
    if fields is None or not phase.changes:
        return None
    return next((c for c in reversed(phase.changes) if c.field in fields), phase.changes[-1])
