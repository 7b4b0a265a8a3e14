"""The colour of a milestone's scope: how much has been added since it was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from pmbridge.assessment import Ledger, LedgerEntry, LedgerKind, Movement, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.baseline import Baseline
from pmbridge.metrics.demand import by_origin
from pmbridge.metrics.schedule import AMBER, GREEN, RED, UNKNOWN, Thresholds, Verdict, Weighed

_MOST_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class Creep:
    """Growth as shares of the baseline: what was added, the balance of both ways, and all movement."""

    creep: float
    net_growth: float
    gross_churn: float


def creep(ledger: Ledger) -> Creep | None:
    """Measure growth in items; ``None`` without a baseline to compare with."""
    if not ledger.baseline:
        return None
    added, removed = ledger.added, ledger.removed
    return Creep(added / ledger.baseline, (added - removed) / ledger.baseline, (added + removed) / ledger.baseline)


def with_movement(ledger: Ledger, late_from: datetime | None, points: Iterable[float]) -> Ledger:
    """Add the movement in items and in points, against the baseline.

    ``late_from`` is when the last quarter of the planned time begins, ``None`` where that is not known. Work without an
    estimate counts with the median of ``points``, those of all estimated work.
    """
    known = sorted(points)
    usual = median(known) if known else None
    baseline = ledger.points.baseline if ledger.points is not None else 0.0
    moves: dict[LedgerKind, list[LedgerEntry]] = {kind: [] for kind in LedgerKind}
    for entry in ledger.entries:
        moves[entry.kind].append(entry)
    late = None if late_from is None else [one for one in moves[LedgerKind.ADDED] if one.at >= late_from]

    def sizes(entries: Iterable[LedgerEntry]) -> list[float]:
        return [abs(one.points) if one.points is not None else (usual or 0.0) for one in entries]

    added, removed = moves[LedgerKind.ADDED], moves[LedgerKind.REMOVED]
    in_items = _Moved(len(added), len(removed), (), None if late is None else len(late))
    in_points = _Moved(
        sum(sizes(added)),
        sum(sizes(removed)),
        [one.points or 0.0 for one in moves[LedgerKind.REESTIMATED]],
        None if late is None else sum(sizes(late)),
    )
    return ledger.model_copy(
        update={
            "movement": in_items.against(float(ledger.baseline or 0)),
            "movement_points": None if usual is None else in_points.against(baseline),
        }
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """What was added, taken out and re-estimated, in one unit; ``late`` is the late part of what was added."""

    added: float
    removed: float
    reestimated: Sequence[float]
    late: float | None

    def against(self, baseline: float) -> Movement | None:
        """Return it as shares of a baseline; ``None`` where that holds nothing."""
        if baseline <= 0:
            return None
        resized = sum(abs(size) for size in self.reestimated)
        return Movement(
            creep=round(self.added / baseline, 4),
            net=round((self.added - self.removed + sum(self.reestimated)) / baseline, 4),
            churn=round((self.added + self.removed + resized) / baseline, 4),
            late=None if self.late is None else round(self.late / baseline, 4),
        )


def scope_verdict(ledger: Ledger, baseline: Baseline, limits: Thresholds, effect: float = 0.0) -> Verdict:
    """Judge growth against the thresholds; ``effect`` is what it costs in chance of being on time.

    Only a baseline that someone committed to can be broken.
    """
    growth = creep(ledger)
    if growth is None or not baseline.committed:
        return Verdict(UNKNOWN)
    if growth.creep <= limits.creep_amber:
        return Verdict(GREEN)
    status = RED if growth.creep > limits.creep_red else AMBER
    return Verdict(status, (Weighed(max(effect, 0.0), _reason(ledger, growth, limits)),))


def _reason(ledger: Ledger, growth: Creep, limits: Thresholds) -> Reason:
    came = [entry for entry in ledger.entries if entry.kind is LedgerKind.ADDED]
    evidence = tuple(dict.fromkeys(entry.item for entry in reversed(came)))[:_MOST_EVIDENCE]
    over = ceil(ledger.added - limits.creep_amber * (ledger.baseline or 0) - 1e-9)
    origins = by_origin(ledger)
    causes = ", ".join(f"{number} {origin.value}" for origin, number in origins.items()) or _causes(came)
    gone = f" while {ledger.removed} left" if ledger.removed else ""
    return Reason(
        rule="scope.creep",
        measured=f"{wording.share(growth.creep)} ({ledger.added} on {ledger.baseline})",
        threshold=wording.share(limits.creep_amber),
        text=f"Scope grew by {wording.count(ledger.added, 'item')} since the baseline ({causes}){gone}.",
        evidence=evidence,
        remedy=f"Move {wording.count(over, 'added item')} to a later milestone.",
    )


def _causes(came: Iterable[LedgerEntry]) -> str:
    """Count additions by what happened, where nobody knows where they came from."""
    causes = [entry.cause for entry in came]
    return ", ".join(f"{causes.count(cause)} {cause}" for cause in sorted(set(causes)))
