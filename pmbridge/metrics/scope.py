"""What is in a milestone at one instant."""

from __future__ import annotations

from collections.abc import Iterable

from pmbridge.assessment import Scope
from pmbridge.history.phases import MilestoneId, Phase
from pmbridge.model import StatusCategory

# Reading a member off its enum class costs more than the rest of what is asked of a phase.
_CANCELLED = StatusCategory.CANCELLED


def scope(phases: Iterable[Phase], faces: frozenset[MilestoneId]) -> Scope:
    """Count the work that stands in the milestone; each piece of work is given once, as it stands then.

    ``items = done + active + waiting + todo + unmapped``. Points are ``None`` where nothing in scope has an estimate.
    """
    members = [phase for phase in phases if phase.counted and not phase.milestones.isdisjoint(faces)]
    inside = [phase for phase in members if phase.category is not _CANCELLED]
    categories = [phase.category for phase in inside]
    estimated = [phase for phase in inside if phase.points is not None]
    return Scope(
        items=len(inside),
        done=categories.count(StatusCategory.DONE),
        active=categories.count(StatusCategory.ACTIVE),
        todo=categories.count(StatusCategory.TODO),
        waiting=categories.count(StatusCategory.WAITING),
        unmapped=categories.count(StatusCategory.UNMAPPED),
        cancelled=len(members) - len(inside),
        points=points_of(estimated) if estimated else None,
        points_done=points_of(phase for phase in estimated if phase.done) if estimated else None,
        unestimated=len(inside) - len(estimated),
    )


def points_of(phases: Iterable[Phase]) -> float:
    """Add up points; work without an estimate adds nothing."""
    return float(sum(phase.points or 0.0 for phase in phases))
