"""Times a customer feels, and how much of them was work: lead time, flow efficiency, age of all work in progress."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from pmbridge.assessment import Figure, FigureStatus, missing
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.metrics.percentile import percentile
from pmbridge.model import StatusCategory

_DAY = timedelta(days=1)


def lead_times(lives: Iterable[Life], faces: frozenset[MilestoneId]) -> tuple[Figure, Figure]:
    """Return 50 and 85 % of the days from creation to completion of finished work in scope."""
    days = [
        (life.completed_at - life.created_at) / _DAY
        for life in lives
        if life.completed_at is not None and in_scope(life.phases[-1], faces)
    ]
    p50, p85 = (percentile(days, q) for q in (0.5, 0.85))
    if p50 is None or p85 is None:
        none = missing("days", "no item is finished", FigureStatus.INSUFFICIENT)
        return none, none
    return Figure(value=round(p50, 3), unit="days", n=len(days)), Figure(value=round(p85, 3), unit="days", n=len(days))


def efficiency(lives: Iterable[Life], faces: frozenset[MilestoneId]) -> Figure:
    """Return active time over cycle time of finished work, where waiting states are modelled at all."""
    active = whole = timedelta(0)
    waited = False
    n = 0
    for life in lives:
        begun, end = life.first_active_at, life.completed_at
        if begun is None or end is None or not in_scope(life.phases[-1], faces):
            continue
        n += 1
        whole += end - begun
        for phase, following in pairwise(life.phases):
            if begun <= phase.since < end:
                waited = waited or phase.category is StatusCategory.WAITING
                if phase.category is StatusCategory.ACTIVE:
                    active += min(following.since, end) - phase.since
    if not waited or not whole:
        return missing("", "no waiting status is modelled", FigureStatus.NOT_APPLICABLE)
    return Figure(value=round(active / whole, 4), unit="", n=n)


def aggregate_age(lives: Iterable[Life], faces: frozenset[MilestoneId], as_of: datetime) -> Figure:
    """Return the summed age of all work in progress."""
    ages = [
        (as_of - (life.first_active_at or life.phases[-1].since)) / _DAY
        for life in lives
        if life.phases[-1].begun and in_scope(life.phases[-1], faces)
    ]
    return Figure(value=round(sum(ages), 3), unit="days", n=len(ages))
