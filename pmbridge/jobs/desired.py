"""What we want to stand in the trackers, for one assessed product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pmbridge.assessment import Assessment, HealthStatus, MilestoneAssessment, MilestoneRef
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Artifact, Place, Surface
from pmbridge.document import Document, fingerprint, masked
from pmbridge.jobs.handoff import in_care, is_awaited, packets
from pmbridge.jobs.proving import is_unproven, notices
from pmbridge.model import MilestoneState, Ref, RefKind
from pmbridge.reports.audit import urgency
from pmbridge.reports.handoff import SLOT
from pmbridge.reports.milestone import description_block, description_line
from pmbridge.reports.requirement import SLOT as ACCEPTANCE
from pmbridge.reports.ticket import health_comment
from pmbridge.writeback.plan import address

#: The places whose text must be one line, since nothing can be hidden there.
PLAIN = frozenset({RefKind.VERSION})

#: The slots whose texts stand on single items rather than on a milestone's places.
_OF_ITEMS = {SLOT: packets, ACCEPTANCE: notices}


def desired(assessment: Assessment, rules: Sequence[PublishRule], mask: Callable[[str], str]) -> list[Artifact]:
    """List what should stand in the trackers for a product, a place at most once.

    Every text passes ``mask`` first, so that no secret a ticket may hold leaves in a report. When two milestones share
    a place, the more urgent one has it.
    """
    found: dict[str, Artifact] = {}
    for milestone in sorted(assessment.milestones, key=urgency):
        for rule in rules:
            make = _OF_ITEMS.get(rule.slot, _of_rule)
            for artifact in make(assessment, milestone, rule, mask):
                found.setdefault(address(place_of(artifact)), artifact)
    return list(found.values())


def place_of(artifact: Artifact) -> Place:
    """Name the place an artifact stands at."""
    return Place(target=artifact.target, surface=artifact.surface, slot=artifact.slot)


def is_open(assessment: Assessment, artifact: Artifact) -> bool:
    """Tell whether an artifact belongs to a milestone that has not ended, or is still in the care after its launch."""
    if artifact.slot == SLOT:
        return is_awaited(assessment, artifact)
    if artifact.slot == ACCEPTANCE:
        return is_unproven(assessment, artifact)
    open_ones = (m for m in assessment.milestones if m.state is MilestoneState.OPEN or in_care(m))
    faces = {(ref.source, ref.id) for m in open_ones for ref in (*m.refs, *m.tracking)}
    return (artifact.target.source, artifact.target.id) in faces


def _of_rule(
    assessment: Assessment, milestone: MilestoneAssessment, rule: PublishRule, mask: Callable[[str], str]
) -> Iterator[Artifact]:
    for target in _targets(milestone, rule):
        document = masked(_document(milestone, rule.surface, target, assessment.zone), mask)
        yield Artifact(
            target=target,
            surface=rule.surface,
            slot=rule.slot,
            document=document,
            fingerprint=fingerprint(document),
            watermark=assessment.as_of,
            worth_saying=milestone.health.status is not HealthStatus.GREEN or in_care(milestone),
        )


def _targets(milestone: MilestoneAssessment, rule: PublishRule) -> Iterator[Ref]:
    if rule.surface is Surface.COMMENT:
        tickets = (t for t in milestone.tracking if rule.on == "ticket" or t.kind is RefKind.EPIC)
        yield from (_ref(ticket, RefKind.ITEM) for ticket in tickets)
    else:
        yield from (_ref(face, face.kind) for face in milestone.refs)


def _ref(face: MilestoneRef, kind: RefKind) -> Ref:
    return Ref(source=face.source, kind=kind, id=face.id, project=face.project, key=face.key, url=face.url)


def _document(milestone: MilestoneAssessment, surface: Surface, target: Ref, zone: str) -> Document:
    if surface is Surface.COMMENT:
        return health_comment(milestone, zone)
    return description_line(milestone) if target.kind in PLAIN else description_block(milestone)
