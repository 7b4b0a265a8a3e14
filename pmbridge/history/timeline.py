"""The value of one field of one item at any instant.

Changes handed to these functions are those of one field of one item, in order. A scalar's value at ``t`` is what the
last change at or before ``t`` made it; else what the first change after it found; else the current one. Each value of
a set field follows the same rule by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pmbridge.history.records import Record
from pmbridge.model import Change, FieldName


@dataclass(frozen=True, slots=True)
class Value:
    """What a field holds: the tracker's id of it, which is compared, and its name at the time, which is shown."""

    id: str | None
    name: str | None = None

    @property
    def word(self) -> str | None:
        """The name, or the id of what has none."""
        return self.name if self.name is not None else self.id


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which a scalar kept its value, half-open; ``until`` is ``None`` for the last one.

    ``change`` brought the value about; ``None`` for the value an item was created with.
    """

    value: Value
    since: datetime
    until: datetime | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class HistoryGap:
    """A place where a history contradicts itself: a change went unrecorded before ``at`` (``None``: since the last)."""

    field: FieldName
    at: datetime | None


def before(change: Change) -> Value:
    """Return what a change found."""
    return Value(change.before, change.before_name)


def after(change: Change) -> Value:
    """Return what a change left."""
    return Value(change.after, change.after_name)


def value_at(changes: Sequence[Change], current: Value, t: datetime) -> Value:
    """Return a scalar's value at ``t``."""
    known = None
    for change in changes:
        if change.at > t:
            return before(change) if known is None else after(known)
        known = change
    return current if known is None else after(known)


def values_at(changes: Sequence[Change], current: Iterable[str], t: datetime) -> frozenset[str]:
    """Return the values of a set field at ``t``."""
    held = set(initial_values(changes, current))
    for change in changes:
        if change.at > t:
            break
        apply(held, change)
    return frozenset(held)


def initial_values(changes: Sequence[Change], current: Iterable[str]) -> frozenset[str]:
    """Return the values a set field had before its first change: those whose first mention is their leaving."""
    return initially([(change.before, change.after) for change in changes], current)


def initially(moves: Sequence[tuple[str | None, str | None]], current: Iterable[str]) -> frozenset[str]:
    """Return the values a set held before its first move, each move taking one out, putting one in, or both."""
    if not moves:
        return frozenset(current)
    first: dict[str, bool] = {}
    for left, joined in moves:
        if left is not None:
            first.setdefault(left, True)
        if joined is not None:
            first.setdefault(joined, False)
    return frozenset([v for v in current if v not in first] + [v for v, was_in in first.items() if was_in])


def apply(held: set[str], change: Change) -> None:
    """Carry out one change of a set field."""
    if change.before is not None:
        held.discard(change.before)
    if change.after is not None:
        held.add(change.after)


def stretches(changes: Sequence[Change], current: Value, since: datetime) -> tuple[Stretch, ...]:
    """Return the values a scalar has had since an item was created at ``since``, without empty stretches."""
    steps: list[tuple[datetime, Value, Change | None]] = [(since, before(changes[0]) if changes else current, None)]
    for change in changes:
        at = max(change.at, since)
        if at == steps[-1][0]:
            steps.pop()
        steps.append((at, after(change), change))
    ends = [at for at, _, _ in steps[1:]]
    return tuple(
        Stretch(value, at, until, change) for (at, value, change), until in zip(steps, [*ends, None], strict=True)
    )


def scalar_gaps(field: FieldName, changes: Sequence[Change], current: str | None) -> tuple[HistoryGap, ...]:
    """Find the places where a change does not begin where the one before it ended."""
    found = [HistoryGap(field, b.at) for a, b in pairwise(changes) if a.after != b.before]
    if changes and changes[-1].after != current:
        found.append(HistoryGap(field, None))
    return tuple(found)


def set_gaps(field: FieldName, changes: Sequence[Change], current: Iterable[str]) -> tuple[HistoryGap, ...]:
    """Find values that were taken out while not in, put in while in, or end otherwise than they are now."""
    now = frozenset(current)
    held = set(initial_values(changes, now))
    found = []
    for change in changes:
        if (change.before is not None and change.before not in held) or (change.after in held and change.after):
            found.append(HistoryGap(field, change.at))
        apply(held, change)
    return (*found, *([HistoryGap(field, None)] if held != now else []))


# Fields whose gaps distort every figure; reading a member off its enum class costs more than comparing it.
_STATUS, _MILESTONES = FieldName.STATUS, FieldName.MILESTONES


def gaps(record: Record) -> tuple[HistoryGap, ...]:
    """Find the contradictions in an item's history of status and membership."""
    moves = [c for c in record.changes if c.field is _MILESTONES]
    steps = [c for c in record.changes if c.field is _STATUS]
    found = scalar_gaps(_STATUS, steps, record.item.status) if steps else ()
    return (*found, *(set_gaps(_MILESTONES, moves, record.item.milestones) if moves else ()))
