"""The audit page: one milestone as a manager reads it in a minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from pmbridge.assessment import Assessment, HealthStatus, MilestoneAssessment
from pmbridge.document import Block, Bullets, Document, Heading, Note, Paragraph, Table, line
from pmbridge.reports import phrases, sections, standing
from pmbridge.reports.after_launch import after_launch
from pmbridge.reports.unclear import unclear

#: So many warning signs are named on the page that shows everything.
_SIGNS_OF_ALL = 100


def milestone_page(assessment: Assessment, milestone: MilestoneAssessment, *, everything: bool = False) -> Document:
    """Lead with colour, date and chance, then reasons and remedy, then the facts below them.

    With ``everything`` also what a minute has no room for: other ways to forecast, what waits for what, how often such
    dates held, the latest changes of scope, flow, and what would make the figures more trustworthy.
    """
    return Document(
        blocks=(
            sections.headline(milestone, level=2),
            sections.verdict(milestone),
            *after_launch(milestone),
            *standing.override(milestone),
            *sections.why(milestone),
            *standing.other_sides(milestone),
            *sections.remedy(milestone),
            *_dates(assessment, milestone, everything),
            *_scope(assessment, milestone, everything),
            *sections.burnup(milestone),
            *standing.budget(milestone),
            *sections.risks(milestone, _SIGNS_OF_ALL if everything else 5),
            *standing.dimensions(milestone),
            *standing.data(milestone),
            *(standing.fixes(milestone) if everything else ()),
            provenance(assessment, milestone),
            *(() if everything else (_more(milestone),)),
        )
    )


def _dates(assessment: Assessment, milestone: MilestoneAssessment, everything: bool) -> Iterator[Block]:
    yield from sections.dates(milestone)
    yield from standing.fan(milestone, assessment.as_of.astimezone(ZoneInfo(assessment.zone)).date())
    yield from standing.slip(milestone)
    yield from sections.pace(milestone)
    if everything:
        yield from standing.comparison(milestone)
    if everything or milestone.forecast.binds == "network":
        yield from standing.dependencies(milestone)
    if everything or standing.is_proven(milestone):
        yield from standing.record(milestone)


def _scope(assessment: Assessment, milestone: MilestoneAssessment, everything: bool) -> Iterator[Block]:
    yield sections.scope(milestone)
    if not everything:
        yield from sections.balance(milestone, assessment.zone)
        return
    yield from sections.ledger(milestone, assessment.zone)
    yield from sections.movement(milestone)
    yield sections.flow(milestone)


def _more(milestone: MilestoneAssessment) -> Note:
    """Say where the rest stands."""
    rule = next((reason.rule for reason in milestone.health.reasons), "schedule")
    return Note(content=line(f"more: --all · what a reason rests on: --explain {rule}"), volatile=True)


def overview(assessment: Assessment) -> Document:
    """Set all milestones of the product side by side, the most urgent first."""
    ranked = sorted(assessment.milestones, key=urgency)
    rows = tuple(
        (
            line(phrases.lozenge(m.health.status)),
            line(m.title),
            line(m.state.value),
            line(phrases.day(m.due)),
            line(_likely(m)),
            line(_on_time(m)),
            line(f"{m.scope.done} of {m.scope.items}"),
        )
        for m in ranked
    )
    header = ("Health", "Milestone", "State", "Due", "Likely (85 %)", "On time", "Done")
    blocks: list[Block] = [Heading(level=1, content=line(assessment.title))]
    if rows:
        blocks.append(Table(header=tuple(line(cell) for cell in header), rows=rows))
    else:
        blocks.append(Paragraph(content=line("No milestone is configured or found for this product.")))
    blocks += _sources(assessment)
    blocks += _fixes(assessment)
    blocks += unclear(assessment)
    return Document(blocks=tuple(blocks))


_ORDER = {HealthStatus.RED: 0, HealthStatus.AMBER: 1, HealthStatus.UNKNOWN: 2, HealthStatus.GREEN: 3}


def urgency(milestone: MilestoneAssessment) -> tuple[bool, int, int, str]:
    """Order open milestones before ended ones: red before green and the nearest due date first, then the newest end."""
    if milestone.state.value == "open":
        due = milestone.due.toordinal() if milestone.due else date.max.toordinal()
        return (False, _ORDER[milestone.health.status], due, milestone.key)
    ended = milestone.launched_at.date() if milestone.launched_at else milestone.due or date.min
    return (True, 0, -ended.toordinal(), milestone.key)


def provenance(assessment: Assessment, milestone: MilestoneAssessment) -> Note:
    """Name the instant, the model and the versions behind the numbers."""
    forecast = milestone.forecast
    parts = [f"as of {assessment.as_of:%Y-%m-%d %H:%M} UTC", f"pmbridge {assessment.version}"]
    if forecast.model and forecast.status == "ok":
        learned = phrases.count(forecast.past or 0, "earlier milestone")
        parts.append(f"forecast learned from {learned} of this product ({forecast.model})")
    if forecast.shift is not None:
        longer = round(100 * (forecast.shift - 1))
        parts.append(f"this project usually takes {abs(longer)} % {'longer' if longer >= 0 else 'less'} than most")
    return Note(content=line(" · ".join(parts)), volatile=True)


def _likely(milestone: MilestoneAssessment) -> str:
    forecast = milestone.forecast
    if forecast.status == "ok":
        return phrases.coarse_day(forecast.p85, forecast.granularity)
    done = "nearly done" if milestone.scope.done < milestone.scope.items and milestone.state.value == "open" else "done"
    return {"done": done, "refused": "no track record"}.get(forecast.status, "unknown")


def _on_time(milestone: MilestoneAssessment) -> str:
    if milestone.state.value != "open":
        return next((r.measured for r in milestone.health.reasons if r.rule == "schedule.finished"), "–")
    if milestone.forecast.status != "ok" or milestone.due is None:
        return "–"
    return phrases.chance(milestone.forecast.on_time_probability, milestone.forecast.confidence)


def _sources(assessment: Assessment) -> list[Block]:
    lines = []
    for source in assessment.sources:
        read = (
            f"read {source.synced_at:%Y-%m-%d %H:%M} UTC"
            if source.synced_at
            else "never read: everything it holds is missing here"
        )
        proof = f", certificate {source.certificate.status}" if source.certificate else ""
        lines.append(line(f"{source.name}: {read}{proof}"))
    return [Bullets(items=tuple(lines))] if lines else []


def _fixes(assessment: Assessment) -> list[Block]:
    """Name what would make the figures more trustworthy, the most first."""
    clean = assessment.hygiene
    if not clean.fixes:
        return []
    score = f"Data quality {clean.score} of 100. " if clean.score is not None else ""
    head = Paragraph(content=line(sections.strong(f"{score}What would gain most: ")))
    return [head, Bullets(items=tuple(line(text) for text in clean.fixes))]
