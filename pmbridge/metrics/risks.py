"""Signals of single items that endanger a milestone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from pmbridge.assessment import Risk
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.model import Change, FieldName

Severity = Literal["low", "medium", "high"]

_SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
#: Work without an estimate is a signal where more than this share of its peers has one.
_PEERS_ESTIMATED = 0.5
#: Open work without an assignee is one where more than this share of it has one.
_HABIT = 0.5
#: The part of the timeline in which scope comes late.
_LATE_PART = 0.25
_DAY = timedelta(days=1)
#: Ten working days.
_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Watched:
    """An open piece of work in scope: its life, the keys of open blockers, and when it came in.

    ``blocked_since`` is when both it and its oldest open blocker existed: no tracker tells when a link was made.
    """

    life: Life
    blockers: tuple[str, ...]
    joined_at: datetime
    blocked_since: datetime | None = None

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
    """The milestone's days: today, and the declared ones, in its ``zone``."""

    today: date
    start: date | None
    due: date | None
    zone: tzinfo = UTC

    @property
    def is_near(self) -> bool:
        """Whether it is due within ten working days."""
        return self.due is not None and self.due <= self.today + _SOON

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
    habit = sum(map(_assigned, open_work)) > _HABIT * len(open_work)
    found = [
        risk
        for work in open_work
        for risk in (
            *_blocked(work, timeline),
            *_unassigned(work, timeline, habit),
            *_unestimated(work, estimated_share),
            *_overdue(work, timeline),
            *_late(work, timeline, days_of),
        )
    ]
    return tuple(sorted(found, key=lambda risk: (_SEVERITIES.index(risk.severity), risk.signal, risk.item or "")))


def _blocked(work: Watched, timeline: Timeline) -> Iterator[Risk]:
    severity: Severity = "high" if work.life.last.begun else "medium"
    if work.blockers:
        both = "" if work.blocked_since is None else f" (both open since {wording.day(work.blocked_since.date())})"
        text = f"{work.key} is blocked by {wording.listed(work.blockers)}{both}{_in_all(work, timeline)}."
        yield Risk(signal="blocked", severity=severity, item=work.key, since=work.blocked_since, text=text)
    elif work.flagged:
        since = flagged_since(work.life)
        text = f"{work.key} is flagged as impeded{_flagged_for(work.life, since)}{_in_all(work, timeline)}."
        yield Risk(signal="blocked", severity=severity, item=work.key, since=since, text=text)


def flagged_since(life: Life) -> datetime | None:
    """Return when it was flagged; ``None`` where the history does not tell."""
    return _since(life, FieldName.FLAGGED)


def _in_all(work: Watched, timeline: Timeline) -> str:
    """Say on how many days it could not go on, where earlier flags add to what holds it up now."""
    now = datetime.combine(timeline.today, time(), timeline.zone)
    spans = [span for face in work.life.canonical.faces for span in _flagged_spans(face.changes, now)]
    if work.blockers and work.blocked_since is not None and work.blocked_since < now:
        spans.append((work.blocked_since, now))
    current = max((now - begin for begin, end in spans if end == now), default=timedelta())
    whole = _union(spans)
    return f"; {wording.count(round(whole / _DAY), 'day')} in all" if whole - current >= _DAY / 2 else ""


def _union(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Add up what spans cover together."""
    whole, covered = timedelta(), datetime.min.replace(tzinfo=UTC)
    for begin, end in sorted(spans):
        whole += max(timedelta(), end - max(begin, covered))
        covered = max(covered, end)
    return whole


def _flagged_spans(changes: Iterable[Change], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches for which one face was flagged, up to ``now``."""
    begun: datetime | None = None
    for change in changes:
        if change.field is FieldName.FLAGGED and change.at < now:
            if change.after == "true":
                begun = begun or change.at
            elif begun is not None:
                yield begun, change.at
                begun = None
    if begun is not None:
        yield begun, now


def _flagged_for(life: Life, since: datetime | None) -> str:
    """Say since when, and how often it was flagged before."""
    if since is None:
        return ""
    edits = {c.at for face in life.canonical.faces for c in face.changes if c.field is FieldName.FLAGGED}
    before = len(edits) // 2
    again = f", for the {_ordinal(before + 1)} time" if before else ""
    return f" since {wording.day(since.date())}{again}"


def _ordinal(number: int) -> str:
    if number in (2, 3):
        return ("second", "third")[number - 2]
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _assigned(work: Watched) -> bool:
    return any(face.item.assignees for face in work.life.canonical.faces)


def _unassigned(work: Watched, timeline: Timeline, habit: bool) -> Iterator[Risk]:
    """Yield work in progress that nobody holds, and work due soon where others of its kind are held by somebody."""
    if _assigned(work):
        return
    phase = work.life.last
    since = _since(work.life, FieldName.ASSIGNEES) or phase.since
    due = work.life.item.due
    if phase.begun:
        text = f"{work.key} is in progress and assigned to nobody."
        yield Risk(signal="unassigned", severity="medium", item=work.key, since=since, text=text)
    elif habit and (timeline.is_near or (due is not None and due <= timeline.today + _SOON)):
        text = f"{work.key} is due within ten working days and assigned to nobody."
        yield Risk(signal="unassigned", severity="medium", item=work.key, since=since, text=text)


def _unestimated(work: Watched, estimated_share: float) -> Iterator[Risk]:
    if work.life.last.points is None and estimated_share > _PEERS_ESTIMATED:
        text = f"{work.key} has no estimate; {wording.share(estimated_share)} of the scope has one."
        yield Risk(signal="unestimated", severity="low", item=work.key, since=work.joined_at, text=text)


def _overdue(work: Watched, timeline: Timeline) -> Iterator[Risk]:
    due = work.life.item.due
    if due is not None and due < timeline.today:
        text = f"{work.key} was due on {wording.day(due)} and is open."
        since = datetime.combine(due + timedelta(days=1), time(), timeline.zone)
        yield Risk(signal="overdue", severity="medium", item=work.key, since=since, text=text)


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
