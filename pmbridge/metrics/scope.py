"""What is in a milestone at one instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pmbridge.assessment import Scope
from pmbridge.history.membership import is_member
from pmbridge.history.phases import MilestoneId, Phase
from pmbridge.model import StatusCategory


def scope(phases: Iterable[Phase], faces: frozenset[MilestoneId]) -> Scope:
    """Count the work that stands in the milestone; each piece of work is given once, as it stands then.

    ``items = done + active + waiting + todo + unmapped``. Points are ``None`` where nothing in scope has an estimate.
    """
    members = [phase for phase in phases if phase.counted and is_member(phase, faces)]
    inside = [phase for phase in members if phase.category is not StatusCategory.CANCELLED]
    count = Counter(phase.category for phase in inside)
    estimated = [phase for phase in inside if phase.points is not None]
    return Scope(
        items=len(inside),
        done=count[StatusCategory.DONE],
        active=count[StatusCategory.ACTIVE],
        todo=count[StatusCategory.TODO],
        waiting=count[StatusCategory.WAITING],
        unmapped=count[StatusCategory.UNMAPPED],
        cancelled=len(members) - len(inside),
        points=points_of(estimated) if estimated else None,
        points_done=points_of(phase for phase in estimated if phase.done) if estimated else None,
        unestimated=len(inside) - len(estimated),
    )


def points_of(phases: Iterable[Phase]) -> float:
    """Add up points; work without an estimate adds nothing."""
    return float(sum(phase.points or 0.0 for phase in phases))
