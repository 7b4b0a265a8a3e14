"""The colour of a milestone's scope: how much has been added since it was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from pmbridge.assessment import Ledger, LedgerKind, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.baseline import Baseline
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
    causes = ", ".join(
        f"{sum(entry.cause == cause for entry in came)} {cause}" for cause in sorted({entry.cause for entry in came})
    )
    gone = f" while {ledger.removed} left" if ledger.removed else ""
    return Reason(
        rule="scope.creep",
        measured=f"{wording.share(growth.creep)} ({ledger.added} on {ledger.baseline})",
        threshold=wording.share(limits.creep_amber),
        text=f"Scope grew by {wording.count(ledger.added, 'item')} since the baseline ({causes}){gone}.",
        evidence=evidence,
        remedy=f"Move {wording.count(over, 'added item')} to a later milestone.",
    )
