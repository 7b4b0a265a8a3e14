"""What pmbridge left apart since only a person can tell who or what is one, as a part of the audit page."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import Assessment
from pmbridge.document import Block, Bullets, Paragraph, line
from pmbridge.reports.sections import strong

#: The findings about people and mirrors, in the order in which they are told.
_TOLD = (
    "mirrors disagree",
    "mirrors in different milestones",
    "several mirrors",
    "one mirror, two claims",
    "mirror of itself",
    "lost mirror",
    "people contradict themselves",
    "people contradict addresses",
    "one address, two accounts",
    "two people of one name",
    "people not united",
    "former user holds work",
)


def unclear(assessment: Assessment) -> Iterator[Block]:
    """List what contradicts itself about mirrors and about people, with what would settle it."""
    found = [one for one in assessment.hygiene.findings if one.gap in _TOLD]
    if found:
        ranked = sorted(found, key=lambda one: _TOLD.index(one.gap))
        yield Paragraph(content=line(strong("One or two? ")))
        yield Bullets(items=tuple(line(one.text) for one in ranked))
