"""Everything computed for one milestone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmbridge.assess.acceptance import Evidence, acceptance
from pmbridge.assess.bugs import BugField, bugs
from pmbridge.assess.data_gaps import launch_gaps
from pmbridge.assess.earlier import Earlier
from pmbridge.assess.forecasting import forecasting
from pmbridge.assess.growth import scope_book
from pmbridge.assess.movement import movement
from pmbridge.assess.quality import Quality, quality
from pmbridge.assess.references import faces, tracking
from pmbridge.assess.sides import sides
from pmbridge.assess.signals import signals
from pmbridge.assess.slipping import slip
from pmbridge.assess.standing import Blockers, standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assess.verdict import verdict
from pmbridge.assessment import MilestoneAssessment
from pmbridge.history.merging import MergedMilestone
from pmbridge.metrics import dates
from pmbridge.metrics.burnup import burnup
from pmbridge.metrics.confidence import Found, Metric
from pmbridge.metrics.demand import Kinship
from pmbridge.metrics.stability import stability
from pmbridge.model import Freeze


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an assessment is made with besides the history around a milestone."""

    around: Surroundings
    blocks: Blockers
    field: BugField
    evidence: Evidence
    earlier: Earlier
    gaps: Sequence[Found]
    kin: Kinship


def assess_milestone(
    milestone: MergedMilestone, occasion: Occasion, freezes: Sequence[Freeze] = ()
) -> tuple[MilestoneAssessment, Quality]:
    """Compute one milestone, and say how good its data is."""
    around, earlier = occasion.around, occasion.earlier
    reading, settings, related = around.reading, around.settings, around.related
    stands = standing(milestone, reading, occasion.blocks, freezes[-1].at if freezes else None)
    expected = related.outlook(milestone.key, (stands.plan.finished or reading.today).toordinal())
    book = scope_book(stands, around, occasion.kin, occasion.evidence.roles.bugs)
    plain, critical = forecasting(stands, expected, around)
    forecast = earlier.remembering(milestone.key, plain, reading.zone, reading.today)
    beside = sides(stands, around, forecast, critical, freezes)
    gate = acceptance(milestone, reading, settings, occasion.evidence, earlier.acceptance(milestone.key))
    gaps = (*occasion.gaps, *launch_gaps(milestone.key, occasion.field))
    held = quality(stands, around, expected, gate, gaps)
    steady = stability(stands.lives, reading.as_of)
    found = MilestoneAssessment(
        key=milestone.key,
        title=milestone.title,
        state=milestone.state,
        start=milestone.start,
        due=milestone.due,
        launched_at=milestone.released_at,
        newest=stands.newest,
        refs=faces(milestone),
        tracking=tracking(milestone, reading, settings.milestones, around.signposts),
        scope=stands.scope,
        ledger=book,
        burnup=burnup(stands.lives, milestone.ids, stands.baseline.at, reading.as_of, reading.zone),
        flow=held.graded_flow(movement(stands, expected, steady, reading)),
        forecast=forecast,
        calibration=dates.calibration(related.families[milestone.key].record),
        earned_value=beside.account.figures,
        health=verdict(
            stands, book, expected, forecast, beside, around, earlier.before(milestone.key), held[Metric.FORECAST], gate
        ),
        risks=signals(stands, around, beside.links, beside.people, steady, gate, freezes),
        acceptance=gate,
        bugs=bugs(milestone, occasion.field, occasion.evidence),
        data=held.section(),
        slip=slip(stands, around, forecast, freezes),
    )
    return found, held
