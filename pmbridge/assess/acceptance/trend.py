"""How the proof of a milestone's requirements grew, day by day, and when it will be whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from pmbridge.assess.acceptance.evidence import Evidence
from pmbridge.assess.acceptance.needs import Need, ever_needed
from pmbridge.assess.reading import Reading as ProductReading
from pmbridge.assessment import AcceptanceTrend
from pmbridge.evidence.ticks import normative_changes
from pmbridge.history.days import day_ends, local_day
from pmbridge.history.membership import stays
from pmbridge.history.merging import MergedMilestone
from pmbridge.metrics.acceptance.daily import Watched, daily
from pmbridge.metrics.acceptance.matrix import Matrix
from pmbridge.metrics.acceptance.readiness import WINDOW_WEEKS, newly_met, readiness
from pmbridge.metrics.acceptance.requirement import Priority, Status
from pmbridge.metrics.acceptance.standing import Reading, proof
from pmbridge.model import MilestoneState

_COLUMNS = {
    "nok": Status.NOK,
    "notrun": Status.NOTRUN,
    "unknown": Status.UNKNOWN,
    "uncovered": Status.UNCOVERED,
}


def trend(
    milestone: MergedMilestone, reading: ProductReading, evidence: Evidence, now: Matrix, how: Reading
) -> AcceptanceTrend | None:
    """Look back over the last weeks of an open milestone; ``None`` where it is over or requires nothing.

    The last day repeats ``now``, the gate as it stands at the instant.
    """
    if milestone.state is not MilestoneState.OPEN or not now.rows:
        return None
    watched = [_watched(need, milestone) for need in ever_needed(milestone, reading, evidence)]
    days = _days(watched, reading)
    ends = [*(day_ends(day, reading.zone) for day in days[:-1]), reading.as_of]
    keys = {one.requirement.key for one in watched}
    tests = [test for test in evidence.tests if not keys.isdisjoint(evidence.covers.get((test.source, test.id), ()))]
    counted = daily(watched, [proof(test, evidence.of(test), how) for test in tests], evidence.covers, ends)
    today = Counter(row.status for row in now.rows)
    met = sum(row.met for row in now.rows)
    unmet = sum(row.requirement.priority is Priority.MUST and not row.met for row in now.rows)
    ahead = readiness(unmet, newly_met(counted), milestone.key, reading.today)
    return AcceptanceTrend(
        dates=tuple(days),
        ok=(*counted.counts[Status.OK][:-1], met),
        stale=(*counted.stale[:-1], today[Status.OK] - met),
        **{name: (*counted.counts[status][:-1], today[status]) for name, status in _COLUMNS.items()},
        joined=counted.joined,
        left=counted.left,
        unmet=ahead.unmet,
        newly_met=ahead.weekly,
        p50=ahead.p50,
        p85=ahead.p85,
        p95=ahead.p95,
        refusal=ahead.refusal,
    )


def _watched(need: Need, milestone: MergedMilestone) -> Watched:
    return Watched(
        need.requirement,
        [(stay.since, stay.until) for stay in stays(need.life, milestone.ids, cancelled=False)],
        normative_changes(need.life.canonical.primary.changes),
    )


def _days(watched: Sequence[Watched], reading: ProductReading) -> list[date]:
    """List the days from the first requirement on, as many as the pace looks back."""
    first = min((begin for one in watched for begin, _ in one.stays), default=reading.as_of)
    span = min((reading.today - local_day(first, reading.zone)).days, 7 * WINDOW_WEEKS)
    return [reading.today - timedelta(days=back) for back in range(max(span, 0), -1, -1)]
