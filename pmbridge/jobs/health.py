"""What stands at a milestone's own places: its description, and the tickets that stand for it."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import Assessment, HealthStatus, MilestoneAssessment, MilestoneRef
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Surface
from pmbridge.document import Document, Gist
from pmbridge.jobs.handoff import in_care
from pmbridge.jobs.said import Said
from pmbridge.model import MilestoneState, Ref, RefKind
from pmbridge.reports.gist import block_gist, comment_gist, line_gist
from pmbridge.reports.milestone import description_block, description_line
from pmbridge.reports.ticket import health_comment

#: The places whose text must be one line, since nothing can be hidden there.
PLAIN = frozenset({RefKind.VERSION})


def health(assessment: Assessment, milestone: MilestoneAssessment, rule: PublishRule) -> Iterator[Said]:
    """Yield how a milestone stands, for each of its places that a rule names."""
    for target in _targets(milestone, rule):
        document, gist = _text(milestone, rule.surface, target, assessment.zone)
        yield Said(
            target=target,
            document=document,
            watermark=assessment.as_of,
            current=milestone.state is MilestoneState.OPEN or in_care(milestone),
            worth_saying=milestone.health.status is not HealthStatus.GREEN or in_care(milestone),
            gist=gist,
        )


def faces(milestone: MilestoneAssessment) -> Iterator[Ref]:
    """Yield the milestone as each of its trackers has it."""
    yield from (_ref(face, face.kind) for face in milestone.refs)


def tickets(milestone: MilestoneAssessment, *, epics_only: bool = False) -> Iterator[Ref]:
    """Yield the tickets that stand for the milestone."""
    for ticket in milestone.tracking:
        if not epics_only or ticket.kind is RefKind.EPIC:
            yield _ref(ticket, RefKind.ITEM)


def _targets(milestone: MilestoneAssessment, rule: PublishRule) -> Iterator[Ref]:
    if rule.surface is Surface.COMMENT:
        return tickets(milestone, epics_only=rule.on == "epic")
    return faces(milestone)


def _ref(face: MilestoneRef, kind: RefKind) -> Ref:
    return Ref(source=face.source, kind=kind, id=face.id, project=face.project, key=face.key, url=face.url)


def _text(milestone: MilestoneAssessment, surface: Surface, target: Ref, zone: str) -> tuple[Document, Gist]:
    if surface is Surface.COMMENT:
        return health_comment(milestone, zone), comment_gist(milestone)
    if target.kind in PLAIN:
        return description_line(milestone), line_gist(milestone)
    return description_block(milestone), block_gist(milestone)
