"""The audit page: one milestone as a manager reads it in a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.assessment import Assessment, Dimension, HealthStatus, MilestoneAssessment
from pmbridge.document import Block, Bullets, Document, Heading, Note, Paragraph, Table, line
from pmbridge.reports import phrases, sections


def milestone_page(assessment: Assessment, milestone: MilestoneAssessment) -> Document:
    """Lead with colour, date and chance, then reasons and remedy, then the facts below them."""
    return Document(
        blocks=(
            sections.headline(milestone, level=2),
            sections.verdict(milestone),
            *sections.why(milestone),
            *sections.remedy(milestone),
            *sections.dates(milestone),
            sections.scope(milestone),
            *sections.ledger(milestone, assessment.zone),
            sections.flow(milestone),
            *sections.burnup(milestone),
            *sections.risks(milestone),
            *_dimensions(milestone),
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
    if forecast.model:
        learned = phrases.count(forecast.past or 0, "earlier milestone")
        parts.append(f"{forecast.model}, regime {forecast.regime}, learned from {learned}")
    if forecast.shift is not None:
        longer = round(100 * (forecast.shift - 1))
        parts.append(f"this project usually takes {abs(longer)} % {'longer' if longer >= 0 else 'less'} than most")
    parts.append(f"inputs {assessment.inputs_digest}")
    return Note(content=line(" · ".join(parts)), volatile=True)


def _likely(milestone: MilestoneAssessment) -> str:
    forecast = milestone.forecast
    if forecast.status == "ok":
        return phrases.coarse_day(forecast.p85, forecast.granularity)
    return {"done": "done", "refused": "no track record"}.get(forecast.status, "unknown")


def _on_time(milestone: MilestoneAssessment) -> str:
    if milestone.forecast.status != "ok" or milestone.due is None:
        return "–"
    return phrases.chance(milestone.forecast.on_time_probability, milestone.forecast.confidence)


def _dimensions(milestone: MilestoneAssessment) -> Iterator[Block]:
    unknown = [d for d in milestone.health.dimensions if d.status is HealthStatus.UNKNOWN]
    if unknown:
        names = ", ".join(d.name for d in unknown)
        yield Paragraph(content=line(sections.strong("Not judged: "), names, *_first_reason(unknown)))


def _first_reason(dimensions: Sequence[Dimension]) -> tuple[str, ...]:
    reasons = [r for d in dimensions for r in d.reasons]
    return (f" ({reasons[0]})",) if len(set(reasons)) == 1 else ()


def _sources(assessment: Assessment) -> list[Block]:
    lines = []
    for source in assessment.sources:
        read = f"read {source.synced_at:%Y-%m-%d %H:%M} UTC" if source.synced_at else "not read yet"
        proof = f", certificate {source.certificate.status}" if source.certificate else ""
        lines.append(line(f"{source.name} ({source.kind}): {read}{proof}"))
    return [Bullets(items=tuple(lines))] if lines else []
