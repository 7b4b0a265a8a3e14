"""The comments we want to stand on must-have requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pmbridge.assessment import Assessment, MilestoneAssessment, Requirement
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Artifact, Surface
from pmbridge.document import fingerprint, masked
from pmbridge.model import MilestoneState, Ref, RefKind
from pmbridge.reports.requirement import requirement_comment

#: How many days before its due date a milestone is at its gate; earlier, nobody expects proof.
AT_THE_GATE = 30


def notices(
    assessment: Assessment, milestone: MilestoneAssessment, rule: PublishRule, mask: Callable[[str], str]
) -> Iterator[Artifact]:
    """Yield the comment of every must-have requirement; of a met one it only replaces an older comment."""
    if rule.surface is not Surface.COMMENT or not _at_the_gate(assessment, milestone):
        return
    for one in milestone.acceptance.requirements:
        if one.priority == "must":
            document = masked(requirement_comment(milestone, one), mask)
            yield Artifact(
                target=_ref(one),
                surface=rule.surface,
                slot=rule.slot,
                document=document,
                fingerprint=fingerprint(document),
                watermark=milestone.newest or assessment.as_of,
                worth_saying=not one.met,
            )


def is_unproven(assessment: Assessment, artifact: Artifact) -> bool:
    """Tell whether a comment's requirement is not met, in a milestone that has not ended."""
    open_ones = (m for m in assessment.milestones if m.state is MilestoneState.OPEN)
    waiting = (one for m in open_ones for one in m.acceptance.requirements if one.priority == "must" and not one.met)
    return (artifact.target.source, artifact.target.id) in {(one.source, one.id) for one in waiting}


def _at_the_gate(assessment: Assessment, milestone: MilestoneAssessment) -> bool:
    return milestone.due is not None and (milestone.due - assessment.as_of.date()).days <= AT_THE_GATE


def _ref(one: Requirement) -> Ref:
    return Ref(source=one.source, kind=RefKind.ITEM, id=one.id, project=one.project, key=one.item, url=one.url)
