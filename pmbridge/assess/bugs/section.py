"""The contract's section on the bugs of one milestone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from pmbridge.assess.acceptance import Evidence
from pmbridge.assess.bugs import custody, delivery, figures, outlook, quality, times
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched, launched
from pmbridge.assess.bugs.launches import launch
from pmbridge.assessment import (
    AgeRow,
    Bugs,
    BugSeries,
    FigureStatus,
    Hypercare,
    Promise,
    Reliability,
    Retriage,
    SeverityDays,
    missing,
)
from pmbridge.history.merging import MergedMilestone, normal_title
from pmbridge.metrics.bugflow.ageing import ageing, is_systematic, moved, retriage
from pmbridge.metrics.bugflow.clocks import open_days, resolved_at, waits
from pmbridge.metrics.bugflow.clocks import times as read
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.metrics.bugflow.handoff import Chain, ping_pong
from pmbridge.metrics.bugflow.launch import not_launched
from pmbridge.metrics.bugflow.ratios import declined_share, reopen_rate
from pmbridge.metrics.bugflow.sla import Attainment, State
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.metrics.bugflow.stabilisation import Stability, hypercare_exit
from pmbridge.model import FieldName, MilestoneState


def bugs(milestone: MergedMilestone, field: BugField, evidence: Evidence) -> Bugs:
    """Say what happened to the bugs of a milestone since its launch; ``evidence`` knows what had been tested."""
    if milestone.key not in field.launches:
        return _absent(milestone, field)
    one = launched(field, milestone.key)
    chains = custody.chains(one, field)
    return Bugs(
        **_counts(one, field),
        **_waits(one, field),
        **_quality(one, field, evidence),
        **_coming(milestone, one, field, chains),
        **_custody(one, field, chains),
    )


Part = dict[str, Any]

#: What firm evidence is, and what nobody looks at.
_FIRM = (
    "links, labels and tests that had passed only; "
    "what bisecting or the blame of lines would show needs the code, which is not read"
)


def _open(one: Launched) -> Defects:
    return one.defects.where(one.defects.is_open)


def _counts(one: Launched, field: BugField) -> Part:
    """Count what belongs to the launch and what does not."""
    still_open, own = _open(one), one.population
    raised, lowered = moved(retriage(one.defects.roots), field.ranks)
    return {
        "launched_at": one.launch.at,
        "launch": delivery.launch(one),
        "reports": len(one.reports),
        "defects": len(one.defects),
        "closed": len(one.defects) - len(still_open),
        "reopened": int((one.defects.take(field.bugs.spells.reopenings) > 0).sum()),
        "backlog": len(still_open),
        "internal": len(one.internal),
        "inherited": len(own.inherited),
        "inherited_open": int(own.inherited.take(field.bugs.is_open).sum()),
        "returned": tuple(own.returned.keys),
        "left_out": dict(own.left_out),
        "severity_from": _severity_from(field),
        "retriage": Retriage(raised=raised, lowered=lowered),
        "grave": tuple(still_open.where(_are(still_open, field.ranks.is_grave)).keys),
        "ageing": _ageing(one, field),
        "reasons": tuple(_reasons(one, field, raised, lowered)),
    }


def _waits(one: Launched, field: BugField) -> Part:
    """Read every clock."""
    waiting = waits(one.defects, resolved_at, field.as_of)
    resolving = read(waiting)
    return {
        "time_to_resolve_p50": figures.quantile(resolving, 0.5),
        "time_to_resolve_p85": figures.quantile(resolving, 0.85),
        "open_time_p50": figures.quantile(read(open_days(one.defects, field.as_of)), 0.5),
        "clocks": tuple(times.clocks(one, field, resolving)),
        "comparisons": tuple(times.comparisons(one, field, waiting)),
    }


def _quality(one: Launched, field: BugField, evidence: Evidence) -> Part:
    """Say how good repairs, tests and deployments were."""
    found = tuple(quality.detections(one, field))
    regressions = quality.regressions(one, field, evidence)
    lessons, component_lessons = quality.learned(one, field, evidence)
    failed, made = delivery.deliveries(one, field)
    return {
        "reopen_rate": figures.share(reopen_rate(one.defects, field.as_of), "nothing was repaired"),
        "declined_rate": figures.share(declined_share(one.defects), "nothing has ended"),
        "change_fail_rate": failed,
        "deliveries": made,
        "regression_rate": figures.share(regressions.firm, "there are no defects", (_FIRM,)),
        "regression_tiers": {tier.name.lower(): count for tier, count in regressions.tiers.items()},
        "bad_fixes": regressions.bad_fixes,
        "detection": found,
        "escaped_rate": quality.escaped_rate(found),
        "lessons": lessons,
        "component_lessons": component_lessons,
    }


def _coming(milestone: MergedMilestone, one: Launched, field: BugField, chains: Sequence[Chain]) -> Part:
    """Say whether arrivals are under control, what was promised, and when hypercare may end."""
    seen = outlook.arrivals(one, field)
    stable = outlook.stable(one, field, seen)
    kept = field.promises.attainment(one.defects.roots)
    pressing = _presses(_open(one), kept, chains, field)
    return {
        "series": _series(one, seen, field),
        "sla_attainment": figures.share(kept.ratio, _no_promise(field)),
        "promises": tuple(_promises(kept)),
        "reliability": outlook.outlook(one, field),
        "stabilised_on": stable.on,
        "hypercare": _hypercare(milestone, one, field, stable, kept, pressing=pressing),
        "alerts": tuple(outlook.alerts(one, seen, field)),
    }


def _custody(one: Launched, field: BugField, chains: Sequence[Chain]) -> Part:
    """Say who holds what, and whose trouble it is."""
    unlinked, voices = custody.feedback(one, field)
    return {
        "handoffs": tuple(custody.handoffs(chains)),
        "not_deployed": custody.not_deployed(one, field),
        "steps": tuple(custody.step_times(chains, field.as_of)),
        "ping_pong": ping_pong(chains),
        "unlinked_feedback": unlinked,
        "voices": voices,
        "packets": tuple(custody.packets(one, field)),
    }


def _series(one: Launched, seen: outlook.Arrivals, field: BugField) -> BugSeries:
    s = one.series
    return BugSeries(
        dates=s.dates,
        arrivals=s.defects,
        closures=s.closures,
        reopens=s.reopens,
        backlog=s.backlog,
        reports=s.reports,
        internal=s.internal,
        fixed=s.fixed,
        expected=tuple(None if mean is None else round(mean, 3) for mean in seen.expected),
        alarm=tuple(round(level, 3) for level in seen.watch.level),
        ceiling=tuple(None if top is None else round(top, 3) for top in seen.limits.ceiling),
        severities=tuple(
            SeverityDays(severity=word, rank=field.ranks.rank(word), backlog=row)
            for word, row in s.by_severity.items()
            if any(row)
        ),
    )


def _ageing(one: Launched, field: BugField) -> tuple[AgeRow, ...]:
    rows = ageing(one.defects, field.as_of).counts
    return tuple(AgeRow(severity=word, rank=field.ranks.rank(word), counts=counts) for word, counts in rows.items())


def _severity_from(field: BugField) -> str:
    found = set(field.grades.values())
    if len(found) > 1:
        return "both"
    return "none" if not found else "severity" if found == {FieldName.SEVERITY} else "priority"


def _promises(kept: Attainment) -> Iterator[Promise]:
    """List what can still be saved or is already late, and open."""
    for standing in (*kept.open_breaches, *kept.of(State.AT_RISK)):
        yield Promise(
            item=standing.bug.key,
            url=standing.bug.url,
            severity=standing.bug.severity,
            state="breached" if standing.state is State.BREACHED else "at risk",
            used=round(standing.used, 3),
            due=standing.due,
        )


def _no_promise(field: BugField) -> str:
    return "no promise is due yet" if field.settings.bugs.sla else "no time to resolve is promised: configure bugs.sla"


def _are(defects: Defects, ask: Callable[[str | None], bool]) -> Flags:
    """Ask a question of the severity of every defect."""
    found: Flags = defects.take(defects.columns.severity.told(ask))
    return found


def _presses(still_open: Defects, kept: Attainment, chains: Sequence[Chain], field: BugField) -> bool:
    """Tell whether something grave is open, a promise is broken and open, or a chain is stuck."""
    grave = _are(still_open, lambda word: field.ranks.is_rank(word, 1))
    stuck = any(chain.due is not None and chain.findings for chain in chains)
    return bool(grave.any()) or bool(kept.open_breaches) or stuck


def _hypercare(
    milestone: MergedMilestone, one: Launched, field: BugField, stable: Stability, kept: Attainment, *, pressing: bool
) -> Hypercare:
    settings = field.settings.bugs
    handed = {normal_title(title): day for title, day in settings.transferred.items()}.get(
        normal_title(milestone.title)
    )
    transferred = None if handed is None else handed <= field.reading.today
    leaving = hypercare_exit(stable, kept.ratio.value, settings.sla_target, transferred)
    return Hypercare(
        ongoing=one.end == field.as_of and (stable.on is None or pressing),
        confirmed_on=stable.confirmed_on,
        earliest=stable.earliest,
        settled_by=stable.earliest + timedelta(days=settings.stable.days) if stable.earliest is not None else None,
        missing=stable.missing,
        may_end=leaving.allowed,
        exit_missing=leaving.missing,
    )


def _reasons(one: Launched, field: BugField, raised: int, lowered: int) -> Iterator[str]:
    if is_systematic(raised, lowered):
        yield f"{lowered} defects were lowered in severity since they were written and {raised} raised"
    if not one.launch.exposure_known:
        yield "users got the release in steps, and how many had it when is not configured (launch.exposure)"
    if not one.launch.precise:
        yield f"the launch is known by its day only ({one.launch.evidence})"
    if field.calendar.is_default:
        yield "no calendar is configured: working time is Monday to Friday, nine to five"
    if not field.grades:
        yield "no bug has a severity or a priority: nothing is taken for low"
    for source in sorted(name for name, grades in field.grades.items() if grades is FieldName.PRIORITY):
        yield f"{source} keeps no severities: its priorities stand in for them"
    if one.population.known_before:
        yield f"{one.population.known_before} reports are of troubles known before the launch"
    if one.end < field.as_of:
        yield f"arrivals are counted for {field.settings.bugs.window_days} days after the launch"
    for reason, keys in one.population.left_out.items():
        yield f"{len(keys)} left out: {reason}"


def _absent(milestone: MergedMilestone, field: BugField) -> Bugs:
    """Count nothing where there was no launch, or none yet."""
    known = launch(milestone, field.settings.launch, field.reading.zone, field.witnesses.shipped)
    waiting = known is None and milestone.state is MilestoneState.OPEN
    reason = None if waiting else not_launched(known.at if known else None, field.as_of)
    reason = reason or "not launched yet"
    days, part = (missing(unit, reason, FigureStatus.NOT_APPLICABLE) for unit in ("days", ""))
    return Bugs(
        launched_at=None,
        reports=None,
        defects=None,
        closed=None,
        reopened=None,
        backlog=None,
        escaped_rate=None,
        time_to_resolve_p50=days,
        time_to_resolve_p85=days,
        reopen_rate=part,
        sla_attainment=part,
        reliability=Reliability(status="unknown", model=None, residual=None, interval=None, refusal=reason),
        stabilised_on=None,
        reasons=(reason,),
    )
