"""Everything computed for one milestone."""

from __future__ import annotations

from datetime import datetime

from pmbridge.assess import absent
from pmbridge.assess.families import Relations
from pmbridge.assess.reading import Reading
from pmbridge.assess.references import faces, tracking
from pmbridge.assess.standing import Blockers, Standing, standing
from pmbridge.assess.verdict import Earlier, verdict
from pmbridge.assessment import Forecast, MilestoneAssessment, Risk
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import local_day
from pmbridge.history.merging import MergedMilestone
from pmbridge.metrics import dates, wording
from pmbridge.metrics.burnup import burnup
from pmbridge.metrics.flow import flow
from pmbridge.metrics.ledger import ledger
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.replay import FinishRule
from pmbridge.metrics.risks import Timeline, risks


def assess_milestone(
    milestone: MergedMilestone,
    reading: Reading,
    settings: ProductSettings,
    related: Relations,
    blocks: Blockers,
    earlier: Earlier,
    frozen_at: datetime | None,
) -> MilestoneAssessment:
    """Compute one milestone."""
    stands = standing(milestone, reading, blocks, frozen_at)
    expected = related.outlook(milestone.key, (stands.plan.finished or reading.today).toordinal())
    book = ledger(stands.lives, milestone.ids, stands.baseline, stands.scope, reading.names)
    forecast = _forecast(stands, expected, related.windows[milestone.key].rule)
    return MilestoneAssessment(
        key=milestone.key,
        title=milestone.title,
        state=milestone.state,
        start=milestone.start,
        due=milestone.due,
        launched_at=milestone.released_at,
        newest=stands.newest,
        refs=faces(milestone),
        tracking=tracking(milestone, reading, settings.milestones),
        scope=stands.scope,
        ledger=book,
        burnup=burnup(stands.lives, milestone.ids, stands.baseline.at, reading.as_of, reading.zone),
        flow=flow(stands.lives, milestone.ids, expected.snapshot.weekly_finishes, reading.as_of),
        forecast=forecast,
        calibration=dates.calibration(related.families[milestone.key].record),
        earned_value=absent.earned_value(has_budget=settings.budget is not None),
        health=verdict(stands, book, expected, forecast, reading, settings, earlier),
        risks=_risks(stands, reading),
        acceptance=absent.acceptance(),
        bugs=absent.bugs(milestone.released_at),
    )


def _forecast(stands: Standing, expected: Outlook, rule: FinishRule) -> Forecast:
    if stands.plan.finished is not None:
        return dates.finished(f"It ended on {wording.day(stands.plan.finished)}.")
    if stands.plan.items == 0:
        return dates.unknown("Nothing is in scope.")
    return dates.forecast_dates(expected, rule)


def _risks(stands: Standing, reading: Reading) -> tuple[Risk, ...]:
    if stands.plan.finished is not None:
        return ()
    plan, counted = stands.milestone, stands.scope
    share = 1 - counted.unestimated / counted.items if counted.items else 0.0
    days = {work.key: local_day(work.joined_at, reading.zone) for work in stands.open_work}
    return risks(stands.open_work, share, Timeline(reading.today, plan.start, plan.due), days)
