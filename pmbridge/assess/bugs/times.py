"""How long the bugs of a launch waited, clock by clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pmbridge.assess.bugs import curves, figures
from pmbridge.assess.bugs.custody import is_traced
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assessment import ClockTimes, Comparison, FigureStatus, GroupTime
from pmbridge.metrics import wording
from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.bugflow.clocks import (
    MIN_EVENTS,
    READINGS,
    Clock,
    Times,
    Wait,
    compare,
    deployed_at,
    reporting,
    times,
    told_at,
    waits,
)

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


def _on(clock: Clock, defects: Sequence[Defect], field: BugField) -> tuple[Sequence[Defect], tuple[str, ...]]:
    """Return the defects that a clock runs for, and who is left out of it.

    Incidents take the service away, customers wait to be told, and a repair must leave a trace of its deployment.
    """
    if clock is Clock.RESTORE:
        return [one for one in defects if any(report.is_incident for report in one.reports)], ()
    if clock is Clock.TOLD:
        return [one for one in defects if reporting(one)], ()
    if clock is Clock.DEPLOYED:
        own = [one for one in defects if one.root.outcome is not Outcome.FIXED or is_traced(one.root, field)]
        left = len(defects) - len(own)
        note = f"{wording.count(left, 'repair')} left no trace of a deployment"
        return own, (note,) if left else ()
    return defects, ()


def _unread(clock: Clock, defects: Sequence[Defect], field: BugField) -> str | None:
    """Say why nothing tells what a clock waits for."""
    if clock is Clock.FIRST_RESPONSE and not field.witnesses.replies:
        return "no comment was read, so nobody knows when the first public answer was given: set bugs.comments"
    if clock is Clock.RESTORE and not defects:
        return "no bug is an incident: name its type or label in bugs.incident"
    if clock is Clock.DEPLOYED and not any(map(deployed_at, defects)):
        return "no deployment or item says when a repair reached users: configure bugs.handoff.deployed"
    if clock is Clock.TOLD and not any(map(told_at, defects)):
        return "nothing says when a customer was told: configure bugs.handoff.support, or set bugs.comments"
    return None


def comparisons(one: Launched, field: BugField, resolving: Sequence[Wait]) -> Iterator[Comparison]:
    """Compare repair between projects and between severities, where both sides have enough endings.

    ``resolving`` are the waits of the defects, in their order.
    """
    by_project: defaultdict[str, list[Wait]] = defaultdict(list)
    by_severity: defaultdict[str, list[Wait]] = defaultdict(list)
    for defect, wait in zip(one.defects, resolving, strict=True):
        by_project[field.life_of[defect.root.id].item.project].append(wait)
        by_severity[defect.root.severity or "none"].append(wait)
    for name, groups in (("project", by_project), ("severity", by_severity)):
        kept = {label: own for label, own in sorted(groups.items()) if sum(w.cause == 1 for w in own) >= MIN_EVENTS}
        found = compare(kept)
        if found is not None:
            rows = tuple(
                GroupTime(name=label, n=len(own), p50=_rounded(times(own).quantile(0.5))) for label, own in kept.items()
            )
            yield Comparison(by=name, p=round(found.p, 6), groups=rows)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
