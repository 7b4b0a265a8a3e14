"""Agreeing on a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pmbridge.assessment import MilestoneAssessment
from pmbridge.errors import UsageError
from pmbridge.jobs.assess import assess_product, baselines, require_milestone
from pmbridge.jobs.installation import Installation
from pmbridge.model import Freeze, MilestoneState
from pmbridge.store.freezes import save_freeze


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was agreed: the baseline, how many there were before, and the milestone as it stands."""

    freeze: Freeze
    earlier: tuple[Freeze, ...]
    milestone: MilestoneAssessment


def freeze_milestone(
    installation: Installation,
    wanted: str,
    *,
    product: str | None,
    at: datetime | date | None,
    author: str,
    reason: str,
    approver: str | None,
) -> Frozen:
    """Keep what a milestone holds at an instant, at the end of a day, or at the last sync, as its baseline.

    A later baseline needs somebody who approved it.

    Raises `UsageError` for an unknown or ended milestone, a missing approver, or an instant before the last baseline.
    """
    assessments = [assess_product(installation, name, at) for name in installation.products(product)]
    assessment, milestone = require_milestone(assessments, wanted)
    instant = assessment.as_of
    if milestone.state is not MilestoneState.OPEN:
        raise UsageError(f"{milestone.title} has ended; only an open milestone can be frozen.")
    earlier = baselines(installation, assessment).get(milestone.key, ())
    if earlier and approver is None:
        last = earlier[-1]
        raise UsageError(
            f"{milestone.title} was frozen on {last.at:%Y-%m-%d} by {last.author} ({last.reason}). To agree on a new "
            "baseline, say who approved it with --approver."
        )
    if earlier and instant <= earlier[-1].at:
        raise UsageError(f"{milestone.title} has a baseline of {earlier[-1].at:%Y-%m-%d %H:%M} UTC, which is later.")
    freeze = Freeze(
        milestone=milestone.key,
        at=instant,
        author=author,
        reason=reason,
        approver=approver,
        start=milestone.start,
        due=milestone.due,
    )
    with installation.store.write() as conn:
        save_freeze(conn, assessment.product, freeze)
    return Frozen(freeze, earlier, milestone)
