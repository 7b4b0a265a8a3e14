"""A milestone's history as the day numbers that forecasts are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from pmbridge.history.chronicle import DONE, Chronicle, excerpt
from pmbridge.history.days import local_day, release_day
from pmbridge.history.merging import MergedMilestone
from pmbridge.history.micros import Whole
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.metrics.replay import FinishRule, Member, MilestoneWindow, done90_finish, hindsight_start
from pmbridge.model import MilestoneKind, MilestoneObservation, MilestoneState

#: Containers that a tracker ends by a date of its own.
_ENDED_BY_DATE = {MilestoneKind.VERSION, MilestoneKind.SPRINT, MilestoneKind.ITERATION}


def finish_rule(milestone: MergedMilestone) -> FinishRule:
    """Say what ends a milestone: its release or end where any face has one, else nine tenths done."""
    dated = any(face.kind in _ENDED_BY_DATE for face in milestone.faces)
    return FinishRule.RELEASE if dated else FinishRule.DONE90


class Rhythm(StrEnum):
    """What sort of thing a milestone is, as far as its length goes."""

    RELEASE = "release"
    SPRINT = "sprint"
    EPIC = "epic"


def family(milestone: MergedMilestone) -> tuple[FinishRule, Rhythm]:
    """Return what must agree for one milestone to learn from another: what ends it, and its rhythm."""
    kinds = {face.kind for face in milestone.faces}
    if kinds & {MilestoneKind.SPRINT, MilestoneKind.ITERATION}:
        return finish_rule(milestone), Rhythm.SPRINT
    return finish_rule(milestone), Rhythm.EPIC if MilestoneKind.EPIC in kinds else Rhythm.RELEASE


def window(
    milestone: MergedMilestone, lives: Sequence[Life], observations: Iterable[MilestoneObservation], zone: ZoneInfo
) -> MilestoneWindow:
    """Turn one milestone into day numbers; a start in hindsight is added by `with_starts`."""
    members = _members(lives, milestone.ids, zone)
    rule = finish_rule(milestone)
    finish = _ended_day(milestone, members, rule, zone)
    return MilestoneWindow(
        rule=rule,
        members=members,
        start=None if milestone.start is None else milestone.start.toordinal(),
        finish=finish,
        dues=_dues(milestone, observations, finish, zone),
    )


def with_starts(windows: Iterable[MilestoneWindow]) -> tuple[MilestoneWindow, ...]:
    """Place a start, in hindsight, for every ended milestone that declares none."""
    windows = tuple(windows)
    finishes = [w.finish for w in windows if w.finish is not None]
    return tuple(
        replace(w, hindsight_start=hindsight_start(w.members, w.finish, finishes))
        if w.start is None and w.finish is not None
        else w
        for w in windows
    )


def _ended_day(milestone: MergedMilestone, members: tuple[Member, ...], rule: FinishRule, zone: ZoneInfo) -> int | None:
    if rule is FinishRule.DONE90:
        return done90_finish(members)
    ended = milestone.released_at or milestone.closed_at
    if ended is not None:
        return release_day(ended, zone).toordinal()
    # Ended without saying when: the work itself tells best.
    return None if milestone.state is MilestoneState.OPEN else done90_finish(members)


def _dues(
    milestone: MergedMilestone, observations: Iterable[MilestoneObservation], finish: int | None, zone: ZoneInfo
) -> tuple[tuple[int, int | None], ...]:
    """Return the due dates as they were seen.

    Some trackers keep one date of a version for plan and release. Once it is released on that very day, nobody can
    tell a date that was kept from one that was set on release, so only what was seen before counts as a plan.
    """
    released = finish is not None and milestone.state is not MilestoneState.OPEN
    for face in milestone.faces:
        same_day = face.due is not None and face.due.toordinal() == finish
        overwritten = released and face.kind is MilestoneKind.VERSION and same_day
        seen = sorted(
            (o for o in observations if (o.source, o.milestone) == (face.source, face.id)), key=lambda o: o.seen_at
        )
        dues = [(local_day(o.seen_at, zone).toordinal(), None if o.due is None else o.due.toordinal()) for o in seen]
        if overwritten and finish is not None:
            dues = [(day, due) for day, due in dues if day < finish]
        elif not dues and face.due is not None:
            dues = [(0, face.due.toordinal())]
        if dues and dues[-1][1] is not None:
            return tuple(dues)
    return ()


def _members(lives: Sequence[Life], faces: frozenset[MilestoneId], zone: ZoneInfo) -> tuple[Member, ...]:
    """Return the stays in scope that last beyond the end of a day, life after life."""
    told = excerpt(lives)
    day, whose = told.days(zone), told.life
    done = _done_days(told, day, whose)
    created = day[told.first[:-1]].tolist()
    entered, left = told.stretches(told.inside(faces))
    rows = zip(whose[entered].tolist(), day[entered].tolist(), _days(day, left), strict=True)
    return tuple(
        [
            Member(added, removed, done.get(life, ()), created[life])
            for life, added, removed in rows
            if removed is None or removed > added
        ]
    )


def _done_days(told: Chronicle, day: Whole, whose: Whole) -> dict[int, tuple[tuple[int, int | None], ...]]:
    """Return the days between which each life was done; a stretch within one day is none."""
    begun, ended = told.stretches(told.category == DONE)
    found: defaultdict[int, tuple[tuple[int, int | None], ...]] = defaultdict(tuple)
    for life, begin, end in zip(whose[begun].tolist(), day[begun].tolist(), _days(day, ended), strict=True):
        if begin != end:
            found[life] += ((begin, end),)
    return found


def _days(day: Whole, places: Whole) -> list[int | None]:
    return [at if place >= 0 else None for place, at in zip(places.tolist(), day[places].tolist(), strict=True)]
