"""The comment on a must-have requirement, for the people who can prove it."""

from __future__ import annotations

from pmbridge.assessment import MilestoneAssessment, Requirement
from pmbridge.document import Bullets, Document, Line, Paragraph, line
from pmbridge.reports.acceptance import STATES, state
from pmbridge.reports.sections import strong
from pmbridge.reports.ticket import small_print

SLOT = "acceptance"


def requirement_comment(milestone: MilestoneAssessment, one: Requirement) -> Document:
    """Tell the people of a requirement what keeps it from being proven, or that nothing does any more."""
    facts = [f"Status: {state(one)}", f"Tests: {', '.join(one.tests) or 'none'}"]
    facts += [f"Doubt: {doubt}" for doubt in one.doubts]
    facts += [f"{cell.environment or 'any environment'}: {STATES[cell.status]}" for cell in one.environments]
    return Document(
        blocks=(
            Paragraph(content=_lead(milestone, one)),
            Bullets(items=tuple(line(fact) for fact in facts)),
            small_print(SLOT),
        )
    )


def _lead(milestone: MilestoneAssessment, one: Requirement) -> Line:
    if one.met:
        return line(strong(f"Proven for {milestone.title}: "), "every test passes, and none of it is stale.")
    return line(strong(f"{milestone.title} waits for this: "), _WAITS[one.status])


_WAITS = {
    "OK": "its proof is stale. Run its tests again.",
    "NOK": "it fails its tests. Repair it, then run them again.",
    "NOTRUN": "its tests were not run to their end. Run them.",
    "UNKNOWN": "a result of its tests cannot be read. Look at them.",
    "UNCOVERED": "no test proves it. Write one, link one, or tick its acceptance criteria.",
}
