"""How long the bugs of a launch waited, clock by clock."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assess.bugs import curves, figures
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assessment import ClockTimes, Comparison, FigureStatus, GroupTime
from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole
from pmbridge.metrics import wording
from pmbridge.metrics.bugflow.bug import Outcome
from pmbridge.metrics.bugflow.clocks import (
    MIN_EVENTS,
    READINGS,
    Clock,
    Times,
    Waits,
    compare,
    deployed_at,
    reporting,
    times,
    told_at,
    waits,
)
from pmbridge.metrics.bugflow.groups import Defects

#: How many waiting bugs are named.
NAMED = 10


def clocks(one: Launched, field: BugField, resolving: Times) -> Iterator[ClockTimes]:
    """Read every clock; one that nothing tells says so. ``resolving`` has been read already."""
    for clock in Clock:
        own, note = _on(clock, one.defects, field)
        reason = _unread(clock, own, field)
        if reason is not None:
            figure = figures.unknown("days", reason, FigureStatus.NOT_APPLICABLE)
            yield ClockTimes(clock=clock.value, p50=figure, p85=figure, restricted_mean=figure)
            continue
        known = clock is Clock.RESOLVE
        read = resolving if known else times(waits(own, READINGS[clock], field.as_of))
        yield ClockTimes(
            clock=clock.value,
            p50=figures.quantile(read, 0.5, note),
            p85=figures.quantile(read, 0.85, note),
            restricted_mean=figures.restricted_mean(read),
            waiting=read.waiting[:NAMED],
            curve=curves.waiting(read),
        )


def _on(clock: Clock, defects: Defects, field: BugField) -> tuple[Defects, tuple[str, ...]]:
    """Return the defects that a clock runs for, and who is left out of it.

    Incidents take the service away, customers wait to be told, and a repair must leave a trace of its deployment.
    """
    if clock is Clock.RESTORE:
        return defects.where(defects.any_of(field.bugs.is_incident)), ()
    if clock is Clock.TOLD:
        return defects.where(defects.any_of(reporting(field.bugs))), ()
    if clock is Clock.DEPLOYED:
        own = defects.where(defects.take(field.traced | ~field.bugs.is_outcome(Outcome.FIXED)))
        left = len(defects) - len(own)
        note = f"{wording.count(left, 'repair')} left no trace of a deployment"
        return own, (note,) if left else ()
    return defects, ()


def _unread(clock: Clock, defects: Defects, field: BugField) -> str | None:
    """Say why nothing tells what a clock waits for."""
    if clock is Clock.FIRST_RESPONSE and not field.witnesses.replies:
        return "no comment was read, so nobody knows when the first public answer was given: set bugs.comments"
    if clock is Clock.RESTORE and not defects:
        return "no bug is an incident: name its type or label in bugs.incident"
    if clock is Clock.DEPLOYED and not _came(deployed_at(defects)):
        return "no deployment or item says when a repair reached users: configure bugs.handoff.deployed"
    if clock is Clock.TOLD and not _came(told_at(defects)):
        return "nothing says when a customer was told: configure bugs.handoff.support, or set bugs.comments"
    return None


def _came(instants: Whole) -> bool:
    return bool((instants != NEVER).any())


def comparisons(one: Launched, field: BugField, resolving: Waits) -> Iterator[Comparison]:
    """Compare repair between projects and between severities, where both sides have enough endings.

    ``resolving`` are the waits of the defects, in their order.
    """
    severity = field.bugs.severity.renamed(field.ranks.labels(field.bugs.severity.kinds).__getitem__)
    for name, whole in (("project", field.whole.projects), ("severity", severity)):
        groups = {label: resolving.where(own) for label, own in whole.of_rows(one.defects.root).parts()}
        kept = {label: waiting for label, waiting in sorted(groups.items()) if waiting.events >= MIN_EVENTS}
        found = compare(kept)
        if found is not None:
            rows = tuple(
                GroupTime(name=label, n=len(own), p50=_rounded(times(own).quantile(0.5))) for label, own in kept.items()
            )
            yield Comparison(by=name, p=round(found.p, 6), groups=rows)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
