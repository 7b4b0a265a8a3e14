"""The audit page: one milestone as a manager reads it in a minute."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pmbridge.assessment import Assessment, HealthStatus, MilestoneAssessment
from pmbridge.document import Block, Bullets, Document, Heading, Note, Paragraph, Table, line
from pmbridge.reports import phrases, sections, standing
from pmbridge.reports.after_launch import after_launch
from pmbridge.reports.unclear import unclear


def milestone_page(assessment: Assessment, milestone: MilestoneAssessment) -> Document:
    """Lead with colour, date and chance, then reasons and remedy, then the facts below them."""
    today = assessment.as_of.astimezone(ZoneInfo(assessment.zone)).date()
    return Document(
        blocks=(
            sections.headline(milestone, level=2),
            sections.verdict(milestone),
            *after_launch(milestone),
            *standing.override(milestone),
            *sections.why(milestone),
            *standing.other_sides(milestone),
            *sections.remedy(milestone),
            *standing.fan(milestone, today),
            *sections.dates(milestone),
            *standing.slip(milestone),
            *standing.comparison(milestone),
            *standing.dependencies(milestone),
            *standing.record(milestone),
            sections.scope(milestone),
            *sections.ledger(milestone, assessment.zone),
            sections.flow(milestone),
            *sections.burnup(milestone),
            *standing.budget(milestone),
            *sections.risks(milestone),
            *standing.dimensions(milestone),
            *standing.data(milestone),
            provenance(assessment, milestone),
        )
    )


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


def urgency(milestone: MilestoneAssessment) -> tuple[bool, int, str, str]:
    """Order open milestones before ended ones, red before green, the nearest due date first."""
    due = milestone.due.isoformat() if milestone.due else "9999"
    return (milestone.state.value != "open", _ORDER[milestone.health.status], due, milestone.key)


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
