"""Signals of single items that endanger a milestone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from pmbridge.assessment import Risk
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.model import FieldName

Severity = Literal["low", "medium", "high"]

_SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
#: Work without an estimate is a signal where more than this share of its peers has one.
_PEERS_ESTIMATED = 0.5
#: The part of the timeline in which scope comes late.
_LATE_PART = 0.25


@dataclass(frozen=True, slots=True)
class Watched:
    """An open piece of work in scope: its life, the keys of open blockers, and when it came in."""

    life: Life
    blockers: tuple[str, ...]
    joined_at: datetime

    @property
    def key(self) -> str:
        """What people call it."""
        return self.life.item.key

    @property
    def blocked(self) -> bool:
        """Whether it cannot go on: an open blocker, or a flag."""
        return bool(self.blockers) or self.flagged

    @property
    def flagged(self) -> bool:
        """Whether any of its faces is flagged."""
        return any(face.item.flagged for face in self.life.canonical.faces)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The milestone's days: today, and the declared ones."""

    today: date
    start: date | None
    due: date | None

    @property
    def late_from(self) -> date | None:
        """The first day of the last quarter, ``None`` without both dates."""
        if self.start is None or self.due is None or self.due <= self.start:
            return None
        return self.due - timedelta(days=round((self.due - self.start).days * _LATE_PART))


def risks(
    open_work: Sequence[Watched], estimated_share: float, timeline: Timeline, days_of: Mapping[str, date]
) -> tuple[Risk, ...]:
    """List the signals, the most severe first.

    ``estimated_share`` is that of all work in scope, ``days_of`` the local day each open item joined, by key.
    """
    found = [
        risk
        for work in open_work
        for risk in (
            *_blocked(work),
            *_unassigned(work),
            *_unestimated(work, estimated_share),
            *_overdue(work, timeline),
            *_late(work, timeline, days_of),
        )
    ]
    return tuple(sorted(found, key=lambda risk: (_SEVERITIES.index(risk.severity), risk.signal, risk.item or "")))


def _blocked(work: Watched) -> Iterator[Risk]:
    if work.blockers:
        text = f"{work.key} is blocked by {wording.listed(work.blockers)}."
    elif work.flagged:
        text = f"{work.key} is flagged as impeded."
    else:
        return
    since = None if work.blockers else _since(work.life, FieldName.FLAGGED)
    severity: Severity = "high" if work.life.phases[-1].begun else "medium"
    yield Risk(signal="blocked", severity=severity, item=work.key, since=since, text=text)


def _unassigned(work: Watched) -> Iterator[Risk]:
    phase = work.life.phases[-1]
    if phase.begun and not any(face.item.assignees for face in work.life.canonical.faces):
        text = f"{work.key} is in progress and assigned to nobody."
        since = _since(work.life, FieldName.ASSIGNEES) or phase.since
        yield Risk(signal="unassigned", severity="medium", item=work.key, since=since, text=text)


def _unestimated(work: Watched, estimated_share: float) -> Iterator[Risk]:
    if work.life.phases[-1].points is None and estimated_share > _PEERS_ESTIMATED:
        text = f"{work.key} has no estimate; {wording.share(estimated_share)} of the scope has one."
        yield Risk(signal="unestimated", severity="low", item=work.key, since=work.joined_at, text=text)


def _overdue(work: Watched, timeline: Timeline) -> Iterator[Risk]:
    due = work.life.item.due
    if due is not None and due < timeline.today:
        text = f"{work.key} was due on {wording.day(due)} and is open."
        yield Risk(signal="overdue", severity="medium", item=work.key, since=None, text=text)


def _late(work: Watched, timeline: Timeline, days_of: Mapping[str, date]) -> Iterator[Risk]:
    from_, joined = timeline.late_from, days_of.get(work.key)
    if from_ is not None and joined is not None and joined >= from_:
        text = f"{work.key} was added on {wording.day(joined)}, in the last quarter of the planned time."
        yield Risk(signal="late scope", severity="medium", item=work.key, since=work.joined_at, text=text)


def _since(life: Life, field: FieldName) -> datetime | None:
    return max((c.at for face in life.canonical.faces for c in face.changes if c.field is field), default=None)


def blocked_keys(open_work: Iterable[Watched]) -> tuple[str, ...]:
    """List the keys of blocked work."""
    return tuple(work.key for work in open_work if work.blocked)
