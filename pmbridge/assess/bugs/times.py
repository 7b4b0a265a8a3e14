"""How long the bugs of a launch waited, clock by clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pmbridge.assess.bugs import figures
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assessment import ClockTimes, Comparison, FigureStatus, GroupTime
from pmbridge.metrics.bugflow.bug import Defect
from pmbridge.metrics.bugflow.clocks import (
    MIN_EVENTS,
    READINGS,
    Clock,
    Times,
    Wait,
    compare,
    deployed_at,
    times,
    told_at,
    waits,
)

#: How many waiting bugs are named.
NAMED = 10

_UNREAD = {
    Clock.FIRST_RESPONSE: "comments are not read, so nobody knows when the first public answer was given",
    Clock.RESTORE: "no incident says when the service was back",
}


def clocks(one: Launched, field: BugField, resolving: Times) -> Iterator[ClockTimes]:
    """Read every clock; one that nothing tells says so. ``resolving`` has been read already."""
    for clock in Clock:
        reason = _unread(clock, one.defects)
        if reason is not None:
            figure = figures.unknown("days", reason, FigureStatus.NOT_APPLICABLE)
            yield ClockTimes(clock=clock.value, p50=figure, p85=figure, restricted_mean=figure)
            continue
        known = clock is Clock.RESOLVE
        read = resolving if known else times(waits(one.defects, READINGS[clock], field.as_of))
        yield ClockTimes(
            clock=clock.value,
            p50=figures.quantile(read, 0.5),
            p85=figures.quantile(read, 0.85),
            restricted_mean=figures.restricted_mean(read),
            waiting=read.waiting[:NAMED],
        )


def _unread(clock: Clock, defects: Sequence[Defect]) -> str | None:
    if clock in _UNREAD:
        return _UNREAD[clock]
    if clock is Clock.DEPLOYED and not any(map(deployed_at, defects)):
        return "no item says when its repair was deployed: configure bugs.handoff.deployed"
    if clock is Clock.TOLD and not any(map(told_at, defects)):
        return "no support ticket says when a customer was told: configure bugs.handoff.support"
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
