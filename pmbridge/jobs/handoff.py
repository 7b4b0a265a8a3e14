"""The hand-off packets we want to stand on engineering items."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pmbridge.assessment import Assessment, MilestoneAssessment, Packet
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Artifact, Surface
from pmbridge.document import fingerprint, masked
from pmbridge.model import Ref, RefKind
from pmbridge.reports.handoff import packet


def in_care(milestone: MilestoneAssessment) -> bool:
    """Tell whether a launched milestone is still looked after: users have met something, and something presses."""
    care = milestone.bugs.hypercare
    return care is not None and care.ongoing and bool(milestone.bugs.reports)


def packets(
    assessment: Assessment, milestone: MilestoneAssessment, rule: PublishRule, mask: Callable[[str], str]
) -> Iterator[Artifact]:
    """Yield the packet of every engineering item that customers' reports lead to; comments only."""
    if rule.surface is not Surface.COMMENT:
        return
    for found in milestone.bugs.packets:
        document = masked(packet(found, assessment.zone), mask)
        yield Artifact(
            target=_ref(found),
            surface=rule.surface,
            slot=rule.slot,
            document=document,
            fingerprint=fingerprint(document),
            watermark=found.last_seen,
        )


def is_awaited(assessment: Assessment, artifact: Artifact) -> bool:
    """Tell whether a packet's item is still open, after a launch that is still looked after."""
    waiting = (p for m in assessment.milestones if in_care(m) for p in m.bugs.packets if p.open)
    return (artifact.target.source, artifact.target.id) in {(p.source, p.id) for p in waiting}


def _ref(found: Packet) -> Ref:
    return Ref(source=found.source, kind=RefKind.ITEM, id=found.id, project=found.project, key=found.key, url=found.url)
