"""The texts that stand in a milestone's own description: a block where there is room, else one line."""

from __future__ import annotations

from pmbridge.assessment import MilestoneAssessment
from pmbridge.document import Document, Paragraph, line
from pmbridge.reports import phrases, sections
from pmbridge.reports.ticket import small_print


def description_block(milestone: MilestoneAssessment) -> Document:
    """Say how the milestone stands where it is planned; shorter than the comment, without its evidence."""
    return Document(
        blocks=(
            sections.headline(milestone, level=4),
            sections.verdict(milestone),
            *sections.why(milestone),
            *sections.remedy(milestone),
            sections.scope(milestone),
            small_print("milestone-health", mute="to stop it, take description out of `publish`"),
        )
    )


def description_line(milestone: MilestoneAssessment) -> Document:
    """Say the same in one line, for descriptions that are plain text."""
    s = milestone.scope
    forecast = milestone.forecast
    parts = [milestone.health.status.value, f"{s.done} of {s.items} done"]
    if forecast.status == "ok":
        parts.append(f"likely (85 %) by {phrases.coarse_day(forecast.p85, forecast.granularity)}")
    if milestone.due:
        parts.append(f"due {phrases.day(milestone.due)}")
    return Document(blocks=(Paragraph(content=line(" · ".join(parts))),))
