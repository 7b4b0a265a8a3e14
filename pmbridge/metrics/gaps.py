"""What is wrong with the data of some work, as shares of it, each with what a team would do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Sized
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy

from pmbridge.history.chronicle import excerpt
from pmbridge.history.days import local_day
from pmbridge.history.phases import Life
from pmbridge.history.signatures import signatures
from pmbridge.metrics.confidence import Found, Gap
from pmbridge.model import StatusCategory

_ZOMBIE = timedelta(days=30)
_BULK = timedelta(minutes=10)
_BULK_COUNT = 10
_BULK_DAY_SHARE = 0.3
_JUMP = timedelta(minutes=10)
_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)


def gaps_of(lives: Sequence[Life], as_of: datetime, zone: ZoneInfo) -> tuple[Found, ...]:
    """Find the gaps in work that counts; what does not occur is left out."""
    open_work = [life for life in lives if life.last.category not in _ENDED]
    done = [life for life in lives if life.completed_at is not None]
    begun = [life for life in open_work if life.last.begun]
    found = (
        _found(Gap.UNMAPPED, _unmapped(open_work), lives, "Map the status of {} ({})"),
        _found(
            Gap.JUMPS, jumps(done), done, "Move work through an active status before it is done: {} skipped it ({})"
        ),
        _found(Gap.BULK, bulk_closed(done, zone), done, "Close work when it is done, not in bulk: {} ({})"),
        _found(Gap.ZOMBIES, _zombies(begun, as_of), begun, "Say how it stands, or move back, {} in progress ({})"),
        _found(Gap.NO_ESTIMATE, _unestimated(open_work, lives), lives, "Estimate {} ({})"),
        _mixed(lives),
        _found(Gap.NO_ASSIGNEE, _unassigned(begun), begun, "Assign {} in progress ({})"),
        _found(Gap.IMPOSSIBLE, impossible(lives, as_of), lives, "Correct the dates of {} ({})"),
    )
    return tuple(one for one in found if one is not None)


def jumps(done: Iterable[Life]) -> list[Life]:
    """Return finished work that was active for less than ten minutes, or never."""
    found = []
    for life in done:
        begun, end = life.first_active_at, life.completed_at
        if end is not None and (begun is None or end - begun < _JUMP):
            found.append(life)
    return found


def bulk_closed(done: Sequence[Life], zone: ZoneInfo) -> list[Life]:
    """Return work closed by one person with more than ten others within ten minutes, or on a day of mass closing.

    A day is one of mass closing if more than 30 % of its month's finishes, and more than ten, lie on it.
    """
    by_actor: defaultdict[str | None, list[tuple[datetime, str, Life]]] = defaultdict(list)
    by_month: defaultdict[tuple[int, int], list[Life]] = defaultdict(list)
    for life, actor in zip(done, _closers(done), strict=True):
        end = life.completed_at
        if end is not None:
            by_actor[actor].append((end, life.item.key, life))
            day = local_day(end, zone)
            by_month[day.year, day.month].append(life)
    bulk = {life.canonical.primary.id: life for own in by_actor.values() for life in _together(own)}
    for month in by_month.values():
        bulk.update((life.canonical.primary.id, life) for life in _on_one_day(month, zone))
    return [bulk[id_] for id_ in sorted(bulk)]


def impossible(lives: Iterable[Life], as_of: datetime) -> list[Life]:
    """Return work that was created, begun or finished in the future, or closed before it was created."""
    found = []
    for life in lives:
        closed = life.item.closed_at
        if life.created_at > as_of or (closed is not None and closed < life.item.created_at):
            found.append(life)
    return found


def _closers(lives: Sequence[Life]) -> list[str | None]:
    """Return who closed each piece of work; nobody where it was created done, or is not done."""
    told = excerpt(lives)
    places = told.completed()
    closed = numpy.flatnonzero((places >= 0) & (told.caused[places] > told.cause[places]))
    found: list[str | None] = [None] * len(lives)
    signed = signatures(told.changes, told.causes[told.cause[places[closed]]])
    for place, signature in zip(closed.tolist(), signed, strict=True):
        found[place] = signature.author
    return found


def _together(closed: list[tuple[datetime, str, Life]]) -> list[Life]:
    closed.sort(key=lambda one: one[:2])
    found: list[Life] = []
    begin = told = 0
    for n, (at, _, _) in enumerate(closed):
        while at - closed[begin][0] > _BULK:
            begin += 1
        if n - begin + 1 > _BULK_COUNT:
            found += [life for _, _, life in closed[max(begin, told) : n + 1]]
            told = n + 1
    return found


def _on_one_day(month: Sequence[Life], zone: ZoneInfo) -> list[Life]:
    by_day: defaultdict[object, list[Life]] = defaultdict(list)
    for life in month:
        if life.completed_at is not None:
            by_day[local_day(life.completed_at, zone)].append(life)
    if len(by_day) < 2:
        return []
    return [
        life
        for own in by_day.values()
        if len(own) > _BULK_COUNT and len(own) > _BULK_DAY_SHARE * len(month)
        for life in own
    ]


def _unmapped(lives: Iterable[Life]) -> list[Life]:
    return [life for life in lives if life.last.category is StatusCategory.UNMAPPED]


def _zombies(begun: Iterable[Life], as_of: datetime) -> list[Life]:
    return [life for life in begun if as_of - _last_event(life) > _ZOMBIE]


def _last_event(life: Life) -> datetime:
    return max((face.changes[-1].at for face in life.canonical.faces if face.changes), default=life.created_at)


def _unestimated(open_work: Iterable[Life], every: Iterable[Life]) -> list[Life]:
    """Return open work without an estimate, where estimating is a habit at all."""
    if not any(life.last.points is not None or life.item.estimate_seconds for life in every):
        return []
    return [life for life in open_work if life.last.points is None and not life.item.estimate_seconds]


def _mixed(lives: Sequence[Life]) -> Found | None:
    """Find work that is estimated in time alone where most is in points alone, or the other way round."""
    pointed = [life for life in lives if life.last.points is not None and not life.item.estimate_seconds]
    timed = [life for life in lives if life.last.points is None and life.item.estimate_seconds]
    fewer, unit = (timed, "points") if len(timed) < len(pointed) else (pointed, "time")
    fix = f"Estimate {{}} in {unit}, as the rest ({{}})"
    return _found(Gap.MIXED_UNITS, fewer if pointed and timed else [], lives, fix)


def _unassigned(begun: Iterable[Life]) -> list[Life]:
    return [life for life in begun if not any(face.item.assignees for face in life.canonical.faces)]


def _found(gap: Gap, hit: Iterable[Life], whole: Sized, fix: str) -> Found | None:
    return Found.of(gap, [life.item.key for life in hit], len(whole), fix)
