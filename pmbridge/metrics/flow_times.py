"""Times a customer feels, and how much of them was work: lead time, flow efficiency, age of all work in progress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy

from pmbridge.assessment import Figure, FigureStatus, missing
from pmbridge.history.chronicle import ACTIVE, WAITING, excerpt, latest
from pmbridge.history.micros import DAY
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.metrics.percentile import percentile
from pmbridge.model.instants import to_micros


def lead_times(lives: Sequence[Life], faces: frozenset[MilestoneId]) -> tuple[Figure, Figure]:
    """Return 50 and 85 % of the days from creation to completion of finished work in scope."""
    told, now = excerpt(lives), latest(lives)
    finished = now.done & told.inside(faces)[now.place]
    days = ((now.ended - told.since[told.first[:-1]])[finished] / DAY).tolist()
    p50, p85 = (percentile(days, q) for q in (0.5, 0.85))
    if p50 is None or p85 is None:
        none = missing("days", "no item is finished", FigureStatus.INSUFFICIENT)
        return none, none
    return Figure(value=round(p50, 3), unit="days", n=len(days)), Figure(value=round(p85, 3), unit="days", n=len(days))


def efficiency(lives: Sequence[Life], faces: frozenset[MilestoneId]) -> Figure:
    """Return active time over cycle time of finished work, where waiting states are modelled at all."""
    told, now = excerpt(lives), latest(lives)
    finished = now.begun & now.done & told.inside(faces)[now.place]
    begin, end = now.began, now.ended
    n, whole = int(finished.sum()), int((end - begin)[finished].sum())
    begin, end = begin[told.life], end[told.life]
    between = finished[told.life] & (begin <= told.since) & (told.since < end)
    until = numpy.minimum(numpy.append(told.since[1:], 0)[: len(told.since)], end)
    waited = bool((between & (told.category == WAITING)).any())
    active = int((until - told.since)[between & (told.category == ACTIVE)].sum())
    if not waited or not whole:
        return missing("", "no waiting status is modelled", FigureStatus.NOT_APPLICABLE)
    return Figure(value=round(active / whole, 4), unit="", n=n)


def aggregate_age(lives: Sequence[Life], faces: frozenset[MilestoneId], as_of: datetime) -> Figure:
    """Return the summed age of all work in progress."""
    now = latest(lives)
    running = now.in_progress & excerpt(lives).inside(faces)[now.place]
    ages = (to_micros(as_of) - numpy.where(now.begun, now.began, now.since))[running] / DAY
    return Figure(value=round(sum(ages.tolist()), 3), unit="days", n=len(ages))
