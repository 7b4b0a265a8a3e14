"""What stands on a must-have requirement: what keeps it from being proven."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import Assessment, MilestoneAssessment, Requirement
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Surface
from pmbridge.jobs.said import Said
from pmbridge.model import MilestoneState, Ref, RefKind
from pmbridge.reports.requirement import requirement_comment

#: How many days before its due date a milestone is at its gate; earlier, nobody expects proof.
AT_THE_GATE = 30


def notices(assessment: Assessment, milestone: MilestoneAssessment, rule: PublishRule) -> Iterator[Said]:
    """Yield the comment of every must-have requirement; of a met one it only replaces an older comment."""
    if rule.surface is not Surface.COMMENT or not _at_the_gate(assessment, milestone):
        return
    for one in milestone.acceptance.requirements:
        if one.priority == "must":
            yield Said(
                target=requirement_target(one),
                document=requirement_comment(milestone, one),
                watermark=milestone.newest or assessment.as_of,
                current=milestone.state is MilestoneState.OPEN and not one.met,
                worth_saying=not one.met,
            )


def requirement_target(one: Requirement) -> Ref:
    """Name the item that a requirement is."""
    return Ref(source=one.source, kind=RefKind.ITEM, id=one.id, project=one.project, key=one.item, url=one.url)


def _at_the_gate(assessment: Assessment, milestone: MilestoneAssessment) -> bool:
    return milestone.due is not None and (milestone.due - assessment.as_of.date()).days <= AT_THE_GATE
