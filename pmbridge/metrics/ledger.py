"""The scope ledger: where a milestone's scope began, and every event that moved it since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from pmbridge.assessment import Ledger, LedgerEntry, LedgerKind, PointsLedger, Scope
from pmbridge.history.chronicle import Chronicle, excerpt
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.history.signatures import Signature
from pmbridge.metrics.baseline import Baseline
from pmbridge.metrics.demand import Origins
from pmbridge.metrics.moves import Move, moves
from pmbridge.model import Item
from pmbridge.model.trusted import trusted

#: Names of people by source and account.
Names = Mapping[tuple[str, str], str]
_ORDER = attrgetter("at", "item", "change")


@dataclass(frozen=True, slots=True)
class _Balance:
    items: int
    points: float


def ledger(
    lives: Sequence[Life],
    faces: frozenset[MilestoneId],
    baseline: Baseline,
    now: Scope,
    names: Names,
    origins: Origins | None = None,
) -> Ledger:
    """Write the ledger of one milestone from its baseline to the instant the histories end.

    ``now`` must come from the current fields, not from these entries: only then does the residual,
    ``baseline + added - removed - now``, show what a history has lost. A move between two milestones is one entry in
    each ledger. ``origins`` tells where additions came from; without it nothing is said of that.
    """
    told = excerpt(lives)
    begin = _balance(told, faces, baseline)
    moved = () if baseline.at is None else moves(told, faces, baseline.at)
    entries = tuple(sorted([_entry(lives[one.life].item, one, names, origins) for one in moved], key=_ORDER))
    kinds = [entry.kind for entry in entries]
    added, removed = kinds.count(LedgerKind.ADDED), kinds.count(LedgerKind.REMOVED)
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


def _balance(told: Chronicle, faces: frozenset[MilestoneId], baseline: Baseline) -> _Balance:
    if baseline.at is None:
        return _Balance(0, 0.0)
    there = told.inside(faces) & told.during(baseline.at)
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


def _entry(item: Item, move: Move, names: Names, origins: Origins | None) -> LedgerEntry:
    made = move.change or Signature(item.source, item.author, f"{item.source}:{item.id}:created")
    event = move.event
    came = None if origins is None or event.delta <= 0 else origins.of(item.key, move.at)
    return trusted(
        LedgerEntry,
        {
            "at": move.at,
            "item": item.key,
            "kind": event.kind,
            "delta": event.delta,
            "by": None if made.author is None else names.get((made.source, made.author)),
            "change": made.identity,
            "points": move.points,
            "cause": event.cause,
            "title": None if item.restricted else item.title,
            "url": item.url,
            "origin": None if came is None else came.value,
        },
    )
