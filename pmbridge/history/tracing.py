"""The walk through everything that happened to one piece of work, which yields its phases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from pmbridge.history.categories import Categories
from pmbridge.history.counting import Counting
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.order import sequence
from pmbridge.history.phases import MilestoneId, Phase
from pmbridge.history.records import Record
from pmbridge.history.rewind import number
from pmbridge.history.timeline import Value, after, apply, before, initial_values
from pmbridge.model import Change, FieldName, StatusCategory

# Reading a member off its enum class, and hashing one, costs more than comparing it.
_STATUS, _RESOLUTION, _TYPE = FieldName.STATUS, FieldName.RESOLUTION, FieldName.TYPE
_LABELS, _POINTS, _MILESTONES = FieldName.LABELS, FieldName.POINTS, FieldName.MILESTONES
_WALKED = frozenset({_STATUS, _MILESTONES, _POINTS, _LABELS, _RESOLUTION, _TYPE})

#: What distinguishes one phase from the next.
_View = tuple[StatusCategory, bool, float | None, frozenset[MilestoneId]]


def phases_of(canonical: CanonicalItem, categories: Categories, counting: Counting) -> tuple[Phase, ...]:
    """Walk through one piece of work.

    Changes at one instant make one phase: what an edit takes out and puts back at once has not moved. Changes dated
    before the creation are part of the first phase.
    """
    born = min([record.item.created_at for record in canonical.faces])
    changes = _walked(canonical, born)
    state = _State(canonical, changes, categories, counting)
    view = state.view()
    phases = [Phase(born, *view)]
    for at, together in groupby(changes, key=lambda c: c.at):
        batch = tuple(together)
        state.apply(batch)
        seen = state.view()
        if at <= born:
            phases = [Phase(born, *seen)]
        elif seen != view:
            phases.append(Phase(at, *seen, batch))
        view = seen
    return tuple(phases)


def _walked(canonical: CanonicalItem, born: datetime) -> list[Change]:
    """List the changes that matter; a face that came later joined its first milestones on its own creation."""
    own = [c for c in canonical.primary.changes if c.field in _WALKED]
    if canonical.mirrors:
        own += [c for m in canonical.mirrors for c in m.changes if c.field is _MILESTONES]
        own += [c for face in canonical.faces if face.item.created_at > born for c in _arrivals(face)]
        own.sort(key=sequence)
    return own


def _arrivals(face: Record) -> Iterable[Change]:
    item = face.item
    joins = [c for c in face.changes if c.field is _MILESTONES]
    for milestone in sorted(initial_values(joins, item.milestones)):
        yield Change(
            source=item.source,
            item=item.id,
            history="created",
            position=0,
            at=item.created_at,
            author=item.author,
            field=_MILESTONES,
            after=milestone,
        )


class _State:
    """The values that matter, before any change at first, then as each change leaves them."""

    def __init__(
        self, canonical: CanonicalItem, changes: Sequence[Change], categories: Categories, counting: Counting
    ) -> None:
        self._item = item = canonical.item
        self._categories = categories
        self._counting = counting
        self._status = _initial(changes, _STATUS, Value(item.status, item.status_name))
        self._resolution = _initial(changes, _RESOLUTION, Value(item.resolution))
        self._type = _initial(changes, _TYPE, Value(item.type))
        sized = next((c for c in changes if c.field is _POINTS), None)
        self._points = item.points if sized is None else number(sized.before)
        self._labels = set(initial_values([c for c in changes if c.field is _LABELS], item.labels))
        joins = [c for c in changes if c.field is _MILESTONES]
        self._milestones = frozenset([m for face in canonical.faces for m in _initial_milestones(face, joins)])
        self._placed: tuple[StatusCategory, bool] | None = None

    def apply(self, batch: Iterable[Change]) -> None:
        """Carry out the changes of one instant; of other faces than the deciding one they are of membership only."""
        for change in batch:
            field = change.field
            if field is _MILESTONES:
                self._move(change)
            elif field is _POINTS:
                self._points = number(change.after)
            else:
                self._placed = None
                if field is _STATUS:
                    self._status = after(change)
                elif field is _LABELS:
                    apply(self._labels, change)
                elif field is _RESOLUTION:
                    self._resolution = after(change)
                else:
                    self._type = after(change)

    def view(self) -> _View:
        """Return what the values come to."""
        if self._placed is None:
            self._placed = self._place()
        return (*self._placed, self._points, self._milestones)

    def _place(self) -> tuple[StatusCategory, bool]:
        item = self._item
        status = self._status
        id_ = status.id or item.status
        # The tracker's own category of today speaks for a status that has no definition.
        fallback = item.category if id_ == item.status else None
        category = self._categories.of(item.source, id_, status.name, self._resolution.word, self._labels, fallback)
        return category, self._counting.counts(item, self._type.word, self._labels)

    def _move(self, change: Change) -> None:
        source = change.source
        held = set(self._milestones)
        if change.before is not None:
            held.discard((source, change.before))
        if change.after is not None:
            held.add((source, change.after))
        self._milestones = frozenset(held)


def _initial(changes: Sequence[Change], field: FieldName, current: Value) -> Value:
    """Return a scalar's value before its first change."""
    for change in changes:
        if change.field is field:
            return before(change)
    return current


def _initial_milestones(face: Record, joins: Sequence[Change]) -> Iterable[MilestoneId]:
    source, id_ = face.id
    own = [change for change in joins if change.item == id_ and change.source == source]
    return [(source, m) for m in initial_values(own, face.item.milestones)]
