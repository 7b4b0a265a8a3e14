"""The contract's section on the bugs of one milestone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.assess.bugs import custody, figures, outlook, quality, times
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched, launched
from pmbridge.assess.bugs.launches import launch
from pmbridge.assessment import (
    AgeRow,
    Bugs,
    BugSeries,
    FigureStatus,
    Hypercare,
    Launch,
    Promise,
    Reliability,
    SeverityDays,
    missing,
)
from pmbridge.history.merging import MergedMilestone, normal_title
from pmbridge.metrics.bugflow.ageing import ageing
from pmbridge.metrics.bugflow.bug import Defect
from pmbridge.metrics.bugflow.clocks import open_days, resolved_at, waits
from pmbridge.metrics.bugflow.clocks import times as read
from pmbridge.metrics.bugflow.handoff import Chain, ping_pong
from pmbridge.metrics.bugflow.launch import not_launched
from pmbridge.metrics.bugflow.ratios import declined_share, reopen_rate
from pmbridge.metrics.bugflow.sla import Attainment, State
from pmbridge.metrics.bugflow.stabilisation import Stability, hypercare_exit
from pmbridge.model import FieldName, MilestoneState

_NO_DEPLOYMENTS = "deployments are not read, so nobody knows which of them failed"


def bugs(milestone: MergedMilestone, field: BugField) -> Bugs:
    """Say what happened to the bugs of a milestone since its launch."""
    if milestone.key not in field.launches:
        return _absent(milestone, field)
    one = launched(field, milestone.key)
    seen = outlook.arrivals(one, field)
    stable = outlook.stable(one, field, seen)
    kept = field.promises.attainment(defect.root for defect in one.defects)
    waiting = waits(one.defects, resolved_at, field.as_of)
    resolving = read(waiting)
    found = tuple(quality.detections(one, field))
    regressions = quality.regressions(one, field)
    lessons, component_lessons = quality.learned(one, field)
    chains = custody.chains(one, field)
    unlinked, voices = custody.feedback(one, field)
    still_open = [defect for defect in one.defects if defect.root.is_open]
    return Bugs(
        launched_at=one.launch.at,
        launch=Launch(evidence=one.launch.evidence, precise=one.launch.precise, full_at=one.launch.full_at),
        reports=len(one.reports),
        defects=len(one.defects),
        closed=len(one.defects) - len(still_open),
        reopened=sum(bool(defect.root.reopenings) for defect in one.defects),
        backlog=len(still_open),
        internal=len(one.internal),
        inherited=len(one.population.inherited),
        inherited_open=sum(bug.is_open for bug in one.population.inherited),
        returned=tuple(bug.key for bug in one.population.returned),
        left_out=dict(one.population.left_out),
        severity_from=_severity_from(field),
        grave=tuple(d.root.key for d in still_open if field.ranks.rank(d.root.severity) in (1, 2)),
        series=_series(one, seen),
        ageing=_ageing(one, field),
        time_to_resolve_p50=figures.quantile(resolving, 0.5),
        time_to_resolve_p85=figures.quantile(resolving, 0.85),
        open_time_p50=figures.quantile(read(open_days(one.defects, field.as_of)), 0.5),
        clocks=tuple(times.clocks(one, field, resolving)),
        comparisons=tuple(times.comparisons(one, field, waiting)),
        reopen_rate=figures.share(reopen_rate(one.defects, field.as_of), "nothing was repaired"),
        declined_rate=figures.share(declined_share(one.defects), "nothing has ended"),
        change_fail_rate=missing("", _NO_DEPLOYMENTS, FigureStatus.UNKNOWN),
        regression_rate=figures.share(regressions.firm, "there are no defects", ("links and labels only",)),
        regression_tiers={tier.name.lower(): count for tier, count in regressions.tiers.items()},
        detection=found,
        escaped_rate=quality.escaped_rate(found),
        sla_attainment=figures.share(kept.ratio, _no_promise(field)),
        promises=tuple(_promises(kept)),
        reliability=outlook.outlook(one, field),
        stabilised_on=stable.on,
        hypercare=_hypercare(milestone, one, field, stable, kept, pressing=_presses(still_open, kept, chains, field)),
        alerts=tuple(outlook.alerts(seen, field)),
        handoffs=tuple(custody.handoffs(chains)),
        steps=tuple(custody.step_times(chains, field.as_of)),
        ping_pong=ping_pong(chains),
        unlinked_feedback=unlinked,
        voices=voices[:10],
        lessons=lessons,
        component_lessons=component_lessons,
        packets=tuple(custody.packets(one, field)),
        reasons=tuple(_reasons(one, field)),
    )


def _series(one: Launched, seen: outlook.Arrivals) -> BugSeries:
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
        severities=tuple(SeverityDays(severity=word, backlog=row) for word, row in s.by_severity.items()),
    )


def _ageing(one: Launched, field: BugField) -> tuple[AgeRow, ...]:
    rows = ageing(one.defects, field.as_of).counts
    return tuple(AgeRow(severity=word, counts=counts) for word, counts in rows.items())


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


def _presses(still_open: Sequence[Defect], kept: Attainment, chains: Sequence[Chain], field: BugField) -> bool:
    """Tell whether something grave is open, a promise is broken and open, or a chain is stuck."""
    grave = any(field.ranks.is_rank(defect.root.severity, 1) for defect in still_open)
    return grave or bool(kept.open_breaches) or any(chain.due is not None and chain.findings for chain in chains)


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
        missing=stable.missing,
        may_end=leaving.allowed,
        exit_missing=leaving.missing,
    )


def _reasons(one: Launched, field: BugField) -> Iterator[str]:
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
    known = launch(milestone, field.settings.launch, field.reading.zone)
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
