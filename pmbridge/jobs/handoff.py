"""What stands on an engineering item: what support knows of it."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import Assessment, MilestoneAssessment, Packet
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Surface
from pmbridge.jobs.said import Said
from pmbridge.model import Ref, RefKind
from pmbridge.reports.handoff import packet


def in_care(milestone: MilestoneAssessment) -> bool:
    """Tell whether a launched milestone is still looked after: users have met something, and something presses."""
    care = milestone.bugs.hypercare
    return care is not None and care.ongoing and bool(milestone.bugs.reports)


def packets(assessment: Assessment, milestone: MilestoneAssessment, rule: PublishRule) -> Iterator[Said]:
    """Yield the packet of every engineering item that customers' reports lead to; comments only."""
    for found in milestone.bugs.packets if rule.surface is Surface.COMMENT else ():
        yield Said(
            target=packet_target(found),
            document=packet(found, assessment.zone),
            watermark=found.last_seen,
            current=found.open and in_care(milestone),
        )


def packet_target(found: Packet) -> Ref:
    """Name the item that a packet stands on."""
    return Ref(source=found.source, kind=RefKind.ITEM, id=found.id, project=found.project, key=found.key, url=found.url)
