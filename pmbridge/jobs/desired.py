"""What we want to stand in the trackers, for one assessed product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config.publish import PublishRule
from pmbridge.connector import Artifact, Place, Surface
from pmbridge.document import fingerprint, masked
from pmbridge.jobs.handoff import packet_target, packets
from pmbridge.jobs.health import faces, health, tickets
from pmbridge.jobs.proving import notices, requirement_target
from pmbridge.jobs.said import Said, Speaker
from pmbridge.reports.audit import urgency
from pmbridge.reports.handoff import SLOT as HAND_OFF
from pmbridge.reports.requirement import SLOT as ACCEPTANCE
from pmbridge.writeback.memory import address

HEALTH = "milestone-health"

#: Who speaks for which slot; the other slots show a milestone's health elsewhere.
SPEAKERS: Mapping[str, Speaker] = {HEALTH: health, HAND_OFF: packets, ACCEPTANCE: notices}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An artifact; one that is not ``current`` only replaces a text that stands there already."""

    artifact: Artifact
    current: bool


def desired(assessment: Assessment, rules: Sequence[PublishRule], mask: Callable[[str], str]) -> list[Wanted]:
    """List what should stand in the trackers for a product, a place at most once.

    Every text passes ``mask`` first, so that no secret a ticket may hold leaves in a report. When two milestones share
    a place, the more urgent one has it.
    """
    found: dict[str, Wanted] = {}
    for milestone in sorted(assessment.milestones, key=urgency):
        for rule in rules:
            for said in SPEAKERS.get(rule.slot, health)(assessment, milestone, rule):
                artifact = _artifact(said, rule, assessment.product, mask)
                first = found.setdefault(address(place_of(artifact)), Wanted(artifact, said.current))
                if said.current and not first.current:
                    found[address(place_of(artifact))] = replace(first, current=True)
    return list(found.values())


def place_of(artifact: Artifact) -> Place:
    """Name the place an artifact stands at."""
    return Place(target=artifact.target, surface=artifact.surface, slot=artifact.slot)


def every_place(assessment: Assessment) -> Iterator[Place]:
    """Yield every place where a text of ours may stand for a product, whatever is published or remembered now."""
    for milestone in assessment.milestones:
        yield from _places(milestone)


def _places(milestone: MilestoneAssessment) -> Iterator[Place]:
    for target in faces(milestone):
        yield Place(target=target, surface=Surface.DESCRIPTION, slot=HEALTH)
    for target in tickets(milestone):
        yield Place(target=target, surface=Surface.COMMENT, slot=HEALTH)
    for packet in milestone.bugs.packets:
        yield Place(target=packet_target(packet), surface=Surface.COMMENT, slot=HAND_OFF)
    for requirement in milestone.acceptance.requirements:
        yield Place(target=requirement_target(requirement), surface=Surface.COMMENT, slot=ACCEPTANCE)


def _artifact(said: Said, rule: PublishRule, product: str, mask: Callable[[str], str]) -> Artifact:
    document = masked(said.document, mask)
    return Artifact(
        target=said.target,
        surface=rule.surface,
        slot=rule.slot,
        document=document,
        fingerprint=fingerprint(document),
        watermark=said.watermark,
        worth_saying=said.worth_saying,
        gist=said.gist,
        product=product,
    )
