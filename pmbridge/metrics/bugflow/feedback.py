"""Whose trouble each defect is: how many customers and reports stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pmbridge.metrics.bugflow.bug import Bug, Defect
from pmbridge.metrics.bugflow.ratios import Ratio
from pmbridge.metrics.bugflow.severity import Ranks

_DAY = timedelta(days=1)
HALF_LIFE_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Voice:
    """A defect as customers meet it; ``customers`` is ``None`` where nobody's account tells one from another.

    ``score`` is people times severity times recency, halved every thirty days since it was last heard of.
    """

    defect: Defect
    reports: int
    customers: int | None
    first_heard: datetime
    last_heard: datetime
    score: float


def voices(
    defects: Iterable[Defect], customers: Sequence[tuple[Bug, str]], ranks: Ranks, as_of: datetime
) -> tuple[Voice, ...]:
    """Rank the open defects by the voice behind them. ``customers`` pairs reports with the account of the customer."""
    known = {bug.id: account for bug, account in customers}
    found = []
    for defect in defects:
        if not defect.root.is_open:
            continue
        accounts = {known[report.id] for report in defect.reports if report.id in known}
        first, last = defect.arrived_at, max(report.created_at for report in defect.reports)
        people = len(accounts) if accounts else len(defect.reports)
        recency = 0.5 ** (max(0.0, (as_of - last) / _DAY) / HALF_LIFE_DAYS)
        score = people * ranks.weight(defect.root.severity) * recency
        found.append(Voice(defect, len(defect.reports), len(accounts) or None, first, last, score))
    return tuple(sorted(found, key=lambda voice: (-voice.score, voice.defect.root.key)))


def unlinked(reports: Iterable[bool]) -> Ratio:
    """Return the share of customers' reports that lead to no defect; each is given as whether it is linked."""
    known = list(reports)
    return Ratio(sum(not linked for linked in known), len(known))
