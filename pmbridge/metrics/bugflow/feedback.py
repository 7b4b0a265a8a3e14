"""Whose trouble each defect is: how many customers and reports stand behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

import numpy

from pmbridge.history.micros import DAY
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Defect
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.metrics.bugflow.ratios import Ratio
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.model.instants import from_micros, to_micros

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
    defects: Iterable[Defect],
    customers: Mapping[ItemId, str],
    ranks: Ranks,
    as_of: datetime,
    most: int | None = None,
) -> tuple[Voice, ...]:
    """Rank the open defects by the voice behind them, no more than so many of them.

    ``customers`` are the accounts of the customers by the ids of their reports.
    """
    known = Defects.of(defects)
    still_open = known.where(known.is_open)
    accounts = _accounts(still_open, customers)
    last = still_open.last_of(still_open.columns.created)
    weights = still_open.take(still_open.columns.severity.each(ranks.weight)).tolist()
    ages = (numpy.maximum(to_micros(as_of) - last, 0) / DAY).tolist()
    people = [len(accounts.get(place, ())) or n for place, n in enumerate(still_open.reports.lengths.tolist())]
    scores = [n * weight * 0.5 ** (age / HALF_LIFE_DAYS) for n, weight, age in zip(people, weights, ages, strict=True)]
    rows = zip([-score for score in scores], still_open.keys, range(len(scores)), strict=True)
    order = sorted(rows) if most is None else nsmallest(most, rows)
    return tuple(
        _voice(still_open[place], len(accounts.get(place, ())), int(last[place]), scores[place])
        for _, _, place in order
    )


def _accounts(defects: Defects, known: Mapping[ItemId, str]) -> dict[int, set[str]]:
    """Return the customers behind each defect, by its place, of those behind which any is known."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    if known:
        ids = defects.columns.ids
        for place, report in zip(defects.reports.owners.tolist(), defects.report.tolist(), strict=True):
            if ids[report] in known:
                found[place].add(known[ids[report]])
    return found


def _voice(defect: Defect, customers: int, last: int, score: float) -> Voice:
    return Voice(defect, len(defect.reports), customers or None, defect.arrived_at, from_micros(last), score)


def unlinked(reports: Iterable[bool]) -> Ratio:
    """Return the share of customers' reports that lead to no defect; each is given as whether it is linked."""
    known = list(reports)
    return Ratio(sum(not linked for linked in known), len(known))
