"""Where one milestone stands at the instant: its work, its scope, its plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress

from pmbridge.assess.blocking import Pair
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
from pmbridge.model import MilestoneState, StatusCategory
from pmbridge.model.instants import from_micros

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
        if not self.lives:
            return None
        places = [life.canonical.primary.place for life in self.lives]
        places += [face.place for life in self.lives if life.canonical.mirrors for face in life.canonical.mirrors]
        return from_micros(int(self.lives[0].canonical.primary.columns.newest[places].max()))


def standing(milestone: MergedMilestone, reading: Reading, blockers: Blockers, frozen_at: datetime | None) -> Standing:
    """Gather one milestone's work and sum it up."""
    lives = reading.visitors(milestone)
    ids = milestone.ids
    now = [reading.standing[life.place] for life in lives]
    counted = scope(now, ids)
    begin = baseline(lives, ids, milestone.start, reading.as_of, reading.zone, frozen_at)
    within = list(compress(zip(lives, now, strict=True), [in_scope(phase, ids) for phase in now]))
    inside = [life for life, _ in within]
    still = [life for life, phase in within if phase.category is not _DONE]
    open_work = tuple(
        Watched(life, tuple(sorted(one.item.key for one in own)), _joined(life, ids), _blocked_since(life, own))
        for life in sorted(still, key=lambda one: (one.created_at, one.item.key))
        for own in [_open_blockers(life, blockers, reading)]
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
    inside: Sequence[Life],
    open_work: Iterable[Watched],
) -> Plan:
    keys = tuple(work.key for work in open_work)
    counting_since = None if begin.at is None else local_day(begin.at, reading.zone)
    return Plan(
        today=reading.today,
        state=milestone.state,
        start=milestone.start or counting_since,
        due=milestone.due,
        finished=_finished(milestone, reading, inside, bool(keys)),
        items=counted.items,
        done=counted.done,
        open_items=keys,
    )


def _finished(milestone: MergedMilestone, reading: Reading, inside: Sequence[Life], still_open: bool) -> date | None:
    """Return the day the tracker ended the milestone; an open one is finished when its last item was done."""
    if milestone.state is MilestoneState.OPEN and (still_open or not inside):
        return None
    ended = milestone.released_at or milestone.closed_at
    if ended is not None:
        return release_day(ended, reading.zone)
    completed = max((life.completed_at for life in inside if life.completed_at is not None), default=None)
    return None if completed is None else local_day(completed, reading.zone)


def _joined(life: Life, ids: frozenset[MilestoneId]) -> datetime:
    """Return when work came into the scope it is in."""
    joined = life.last.since
    for phase in reversed(life.phases):
        if not in_scope(phase, ids):
            break
        joined = phase.since
    return joined


def blockers(blocking: Iterable[Pair]) -> Blockers:
    """Say who blocks whom, over all trackers."""
    found: defaultdict[ItemId, list[Life]] = defaultdict(list)
    for blocker, blocked, _ in blocking:
        if blocker is not None and blocked is not None and blocker is not blocked:
            found[blocked.canonical.primary.id].append(blocker)
    return {blocked: tuple(own) for blocked, own in found.items()}


def _open_blockers(life: Life, blockers_: Blockers, reading: Reading) -> tuple[Life, ...]:
    own = blockers_.get(life.canonical.primary.id, ())
    still = {one.item.key: one for one in own if reading.now[one.canonical.primary.id].category not in _ENDED}
    return tuple(still.values())


def _blocked_since(life: Life, own: Iterable[Life]) -> datetime | None:
    """Return the earliest instant at which it can have been blocked."""
    oldest = min((one.created_at for one in own), default=None)
    return None if oldest is None else max(oldest, life.created_at)
