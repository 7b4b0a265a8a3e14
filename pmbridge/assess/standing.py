"""Where one milestone stands at the instant: its work, its scope, its plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pmbridge.assess.reading import Reading
from pmbridge.assessment import Scope
from pmbridge.history.days import local_day, release_day
from pmbridge.history.membership import in_scope
from pmbridge.history.merging import MergedMilestone
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.history.records import ItemId
from pmbridge.metrics.baseline import Baseline, baseline
from pmbridge.metrics.risks import Watched
from pmbridge.metrics.schedule import Plan
from pmbridge.metrics.scope import scope
from pmbridge.model import LinkKind, MilestoneState, StatusCategory

_DONE = StatusCategory.DONE
_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)

#: Who blocks whom: the blockers of each item.
Blockers = Mapping[ItemId, tuple[Life, ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One milestone as its work stands now; ``lives`` is all work that ever was in it."""

    milestone: MergedMilestone
    lives: tuple[Life, ...]
    open_work: tuple[Watched, ...]
    scope: Scope
    baseline: Baseline
    plan: Plan

    @property
    def newest(self) -> datetime | None:
        """The newest datum about any of the work."""
        faces = [face for life in self.lives for face in life.canonical.faces]
        instants = [face.changes[-1].at if face.changes else face.item.created_at for face in faces]
        return max(instants, default=None)


def standing(milestone: MergedMilestone, reading: Reading, blockers: Blockers, frozen_at: datetime | None) -> Standing:
    """Gather one milestone's work and sum it up."""
    lives = reading.visitors(milestone)
    ids = milestone.ids
    counted = scope((reading.now[life.canonical.primary.id] for life in lives), ids)
    begin = baseline(lives, ids, milestone.start, reading.as_of, reading.zone, frozen_at)
    inside = [life for life in lives if in_scope(reading.now[life.canonical.primary.id], ids)]
    still = [life for life in inside if reading.now[life.canonical.primary.id].category is not _DONE]
    open_work = tuple(
        Watched(life, _open_blockers(life, blockers, reading), _joined(life, ids))
        for life in sorted(still, key=lambda one: (one.created_at, one.item.key))
    )
    return Standing(
        milestone=milestone,
        lives=lives,
        open_work=open_work,
        scope=counted,
        baseline=begin,
        plan=_plan(milestone, reading, counted, begin, inside, open_work),
    )


def _plan(
    milestone: MergedMilestone,
    reading: Reading,
    counted: Scope,
    begin: Baseline,
    inside: Iterable[Life],
    open_work: Iterable[Watched],
) -> Plan:
    keys = tuple(work.key for work in open_work)
    counting_since = None if begin.at is None else local_day(begin.at, reading.zone)
    return Plan(
        today=reading.today,
        state=milestone.state,
        start=milestone.start or counting_since,
        due=milestone.due,
        finished=_finished(milestone, reading, list(inside), bool(keys)),
        items=counted.items,
        done=counted.done,
        open_items=keys,
    )


def _finished(milestone: MergedMilestone, reading: Reading, inside: list[Life], still_open: bool) -> date | None:
    """Return the day the tracker ended the milestone; an open one is finished when its last item was done."""
    if milestone.state is MilestoneState.OPEN and (still_open or not inside):
        return None
    completed = max((life.completed_at for life in inside if life.completed_at is not None), default=None)
    ended = milestone.released_at or milestone.closed_at
    if ended is not None:
        return release_day(ended, reading.zone)
    return None if completed is None else local_day(completed, reading.zone)


def _joined(life: Life, ids: frozenset[MilestoneId]) -> datetime:
    """Return when work came into the scope it is in."""
    joined = life.phases[-1].since
    for phase in reversed(life.phases):
        if not in_scope(phase, ids):
            break
        joined = phase.since
    return joined


def blockers(reading: Reading) -> Blockers:
    """Read the links: who blocks whom."""
    found: defaultdict[ItemId, list[Life]] = defaultdict(list)
    for link in reading.history.links:
        if link.kind is LinkKind.BLOCKS:
            blocker, blocked = (reading.owner.get((link.source, end)) for end in (link.item, link.target))
            if blocker is not None and blocked is not None and blocker is not blocked:
                found[blocked.canonical.primary.id].append(blocker)
    return {blocked: tuple(own) for blocked, own in found.items()}


def _open_blockers(life: Life, blockers_: Blockers, reading: Reading) -> tuple[str, ...]:
    own = blockers_.get(life.canonical.primary.id, ())
    keys = {one.item.key for one in own if reading.now[one.canonical.primary.id].category not in _ENDED}
    return tuple(sorted(keys))
