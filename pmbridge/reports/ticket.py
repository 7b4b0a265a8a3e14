"""The comment on the ticket that stands for a milestone."""

from __future__ import annotations

from pmbridge.assessment import MilestoneAssessment
from pmbridge.document import MUTE_LABEL, Document, Note, line
from pmbridge.reports import acceptance, bugs, sections


def health_comment(milestone: MilestoneAssessment, zone: str) -> Document:
    """Say in one comment how the milestone stands, why, what would turn it, and what moved its scope."""
    return Document(
        blocks=(
            sections.headline(milestone),
            sections.verdict(milestone),
            *sections.why(milestone),
            *sections.remedy(milestone),
            *sections.dates(milestone),
            *sections.pace(milestone),
            sections.scope(milestone),
            *sections.ledger(milestone, zone),
            *sections.burnup(milestone),
            *sections.risks(milestone),
            *acceptance.section(milestone),
            *bugs.section(milestone, zone),
            small_print("milestone-health"),
        )
    )


def small_print(slot: str, *, mute: str = f"to mute it, add the label {MUTE_LABEL}") -> Note:
    """Disclose who wrote this, when it changes and how to stop it."""
    return Note(content=line(f"pmbridge · {slot} · updated when something changes · {mute}"))
