"""The colour of a milestone's scope: how much has been added since it was agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def with_movement(ledger: Ledger, late: Callable[[datetime], bool] | None, points: Iterable[float]) -> Ledger:
    """Add the movement in items and in points, against the baseline.

    ``late`` tells whether an instant lies in the last quarter of the planned time. Work without an estimate counts with
    the median of ``points``, those of all estimated work.
    """
    known = sorted(points)
    usual = median(known) if known else None
    baseline = ledger.points.baseline if ledger.points is not None else 0.0

    def weight(entry: LedgerEntry) -> float:
        own = abs(entry.points) if entry.points is not None else (usual or 0.0)
        return own if entry.kind is not LedgerKind.REESTIMATED else (entry.points or 0.0)

    return ledger.model_copy(
        update={
            "movement": _movement(ledger, float(ledger.baseline or 0), lambda entry: float(abs(entry.delta)), late),
            "movement_points": None if usual is None else _movement(ledger, baseline, weight, late),
        }
    )


def _movement(
    ledger: Ledger, baseline: float, weight: Callable[[LedgerEntry], float], late: Callable[[datetime], bool] | None
) -> Movement | None:
    if baseline <= 0:
        return None

    def total(entries: Iterable[LedgerEntry], kind: LedgerKind) -> float:
        return sum(weight(entry) for entry in entries if entry.kind is kind)

    kinds = (LedgerKind.ADDED, LedgerKind.REMOVED, LedgerKind.REESTIMATED)
    added, removed, changed = (total(ledger.entries, kind) for kind in kinds)
    moved = sum(abs(weight(entry)) for entry in ledger.entries if entry.kind is LedgerKind.REESTIMATED)
    lately = None if late is None else total([e for e in ledger.entries if late(e.at)], LedgerKind.ADDED)
    return Movement(
        creep=round(added / baseline, 4),
        net=round((added - removed + changed) / baseline, 4),
        churn=round((added + removed + moved) / baseline, 4),
        late=None if lately is None else round(lately / baseline, 4),
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
