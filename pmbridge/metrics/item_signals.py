"""Signals of single items that only show against the pace of other work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from pmbridge.assessment import Risk
from pmbridge.history.chronicle import WAITING, excerpt
from pmbridge.history.micros import DAY
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.metrics.ageing import CycleTimes, Old
from pmbridge.metrics.percentile import percentile
from pmbridge.metrics.risks import Watched, flagged_since
from pmbridge.model import StatusCategory
from pmbridge.model.instants import from_micros, to_micros

_DAY = timedelta(days=1)
_STALE_DAYS = 5
_WAITING_DAYS = 2
_ENOUGH_GAPS = 20
_P85 = 0.85


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take here, in days: the longest usual silence about active work, and wait in a waiting status."""

    silence: float
    waiting: float

    @classmethod
    def of(cls, lives: Sequence[Life], bots: Collection[tuple[str, str | None]]) -> Pace:
        """Learn from all work: 85 % of the silences and waits were no longer; at least five days and two."""
        silences = [gap for life in lives for gap in _silences(life, bots)]
        return cls(max(_STALE_DAYS, _usual(silences)), max(_WAITING_DAYS, _usual(_waits(lives))))


@dataclass(frozen=True, slots=True)
class Later:
    """A blocker that is expected only after the work that waits for it is due, and why that is so."""

    blocker: str
    expected: date
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """What single items are held against.

    ``open_days`` counts the working days between two instants. ``later`` and ``cleared`` tell, by the key of open work,
    of a blocker that comes too late, and of blockers that are closed; ``touched`` when its code last moved.
    """

    as_of: datetime
    times: CycleTimes
    pace: Pace
    bots: Collection[tuple[str, str | None]]
    open_days: Callable[[datetime, datetime], float]
    later: Mapping[str, Later]
    cleared: Mapping[str, tuple[str, ...]]
    touched: Mapping[str, datetime] = field(default_factory=dict)


def item_signals(open_work: Sequence[Watched], context: Context) -> tuple[Risk, ...]:
    """List the signals of open work, by item in its order."""
    return tuple(
        risk
        for work in open_work
        for risk in (
            *_ageing(work, context),
            *_stale(work, context),
            *_stuck(work, context),
            *_flag_left(work, context),
            *_later(work, context),
        )
    )


def human_events(life: Life, bots: Collection[tuple[str, str | None]]) -> list[datetime]:
    """Return when people changed a piece of work, its creation first; ``bots`` are accounts with their sources."""
    return list(map(from_micros, _human_instants(life, bots)))


def _human_instants(life: Life, bots: Collection[tuple[str, str | None]]) -> list[int]:
    found = {to_micros(life.created_at)}
    for face in life.canonical.faces:
        found.update(at for at, author in face.edits() if (face.item.source, author) not in bots)
    return sorted(found)


def _ageing(work: Watched, context: Context) -> Iterator[Risk]:
    phase, begun = work.life.last, work.life.first_active_at
    if not phase.begun or begun is None:
        return
    type_ = work.life.item.type
    age = (context.as_of - begun) / _DAY
    limits = context.times.percentiles(type_)
    match limits.judge(age):
        case Old.CRITICAL:
            level, limit, severity = "95 %", limits.p95, "high"
        case Old.AGEING:
            level, limit, severity = "85 %", limits.p85, "medium"
        case _:
            return
    text = (
        f"{work.key} has been in progress since {wording.day(begun.date())}; {level} of comparable work is done within "
        f"{wording.count(round(limit or 0), 'day')}{_soon(context.times.chance(type_, age, 7))}."
    )
    yield _risk("critical age" if severity == "high" else "ageing", severity, work.key, begun, text)


def _soon(chance: float | None) -> str:
    return "" if chance is None else f" (chance to be done within a week: {5 * round(20 * chance)} %)"


def _stale(work: Watched, context: Context) -> Iterator[Risk]:
    if work.life.last.category is not StatusCategory.ACTIVE:
        return
    last = human_events(work.life, context.bots)[-1]
    last = max(last, context.touched.get(work.key, last))
    if context.open_days(last, context.as_of) > context.pace.silence:
        text = f"{work.key} is in progress, and nobody has touched it since {wording.day(last.date())}."
        yield _risk("stale", "medium", work.key, last, text)


def _stuck(work: Watched, context: Context) -> Iterator[Risk]:
    phase = work.life.last
    if phase.category is not StatusCategory.WAITING:
        return
    since = _entered(work.life, StatusCategory.WAITING)
    if context.open_days(since, context.as_of) > context.pace.waiting:
        name = work.life.item.status_name
        text = f"{work.key} has been waiting in “{name}” since {wording.day(since.date())}."
        yield _risk("waiting long", "medium", work.key, since, text)


def _flag_left(work: Watched, context: Context) -> Iterator[Risk]:
    cleared = context.cleared.get(work.key, ())
    if work.flagged and cleared and not work.blockers:
        text = f"{work.key} is flagged, yet all that blocked it ({wording.listed(cleared)}) is closed."
        yield _risk("stale flag", "low", work.key, flagged_since(work.life), text)


def _later(work: Watched, context: Context) -> Iterator[Risk]:
    later = context.later.get(work.key)
    if later is not None:
        text = (
            f"{work.key} waits for {later.blocker}, which is expected by {wording.day(later.expected)} ({later.why})."
        )
        yield _risk("depends on later", "high", work.key, work.blocked_since, text)


def _silences(life: Life, bots: Collection[tuple[str, str | None]]) -> Iterator[float]:
    """Yield the days between people's edits while the work was active and got finished."""
    if life.first_active_at is not None and life.completed_at is not None:
        begun, end = to_micros(life.first_active_at), to_micros(life.completed_at)
        inside = [at for at in _human_instants(life, bots) if begun <= at <= end]
        yield from ((b - a) / DAY for a, b in pairwise(inside))


def _waits(lives: Sequence[Life]) -> list[float]:
    """Return how many days work waited each time."""
    told = excerpt(lives)
    entered, left = told.stretches(told.category == WAITING)
    over = left >= 0
    days: list[float] = ((told.since[left] - told.since[entered])[over] / DAY).tolist()
    return days


def _entered(life: Life, category: StatusCategory) -> datetime:
    entered = life.phases[-1].since
    for phase in reversed(life.phases):
        if phase.category is not category:
            break
        entered = phase.since
    return entered


def _usual(days: Sequence[float]) -> float:
    return (percentile(days, _P85) or 0.0) if len(days) >= _ENOUGH_GAPS else 0.0


def _risk(signal: str, severity: str, item: str, since: datetime | None, text: str) -> Risk:
    return Risk.model_validate({"signal": signal, "severity": severity, "item": item, "since": since, "text": text})
