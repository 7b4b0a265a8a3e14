"""The walk through everything that happened to a piece of work, which yields its phases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from pmbridge.history.categories import Categories
from pmbridge.history.counting import Counting
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.phases import Life, MilestoneId, Phase
from pmbridge.history.records import Record, sequence
from pmbridge.history.rewind import number
from pmbridge.history.timeline import Value, after, apply, before, initial_values
from pmbridge.model import Change, FieldName, StatusCategory

_WALKED = frozenset(
    {
        FieldName.STATUS,
        FieldName.RESOLUTION,
        FieldName.LABELS,
        FieldName.TYPE,
        FieldName.POINTS,
        FieldName.MILESTONES,
    }
)

#: What distinguishes one phase from the next.
_View = tuple[StatusCategory, bool, float | None, frozenset[MilestoneId]]


def lives(
    canonicals: Iterable[CanonicalItem], categories: Categories, counting: Counting | None = None
) -> tuple[Life, ...]:
    """Walk through every piece of work."""
    counting = counting or Counting()
    return tuple(life(one, categories, counting) for one in canonicals)


def life(canonical: CanonicalItem, categories: Categories, counting: Counting) -> Life:
    """Walk through one piece of work.

    Changes at one instant make one phase: what an edit takes out and puts back at once has not moved. Changes dated
    before the creation are part of the first phase.
    """
    changes = _walked(canonical)
    born = min([record.item.created_at for record in canonical.faces])
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
    return Life(canonical, tuple(phases))


def current_phase(canonical: CanonicalItem, categories: Categories, counting: Counting) -> Phase:
    """Return how a piece of work stands by its current fields alone, its history unheard."""
    item = canonical.item
    return Phase(
        since=item.updated_at,
        category=categories.of_item(item),
        counted=counting.counts_item(item),
        points=item.points,
        milestones=frozenset([(f.item.source, m) for f in canonical.faces for m in f.item.milestones]),
    )


def _walked(canonical: CanonicalItem) -> list[Change]:
    own = [c for c in canonical.primary.changes if c.field in _WALKED]
    if canonical.mirrors:
        own += [c for m in canonical.mirrors for c in m.changes if c.field is FieldName.MILESTONES]
        own.sort(key=sequence)
    return own


class _State:
    """The values that matter, before any change at first, then as each change leaves them."""

    def __init__(
        self, canonical: CanonicalItem, changes: Sequence[Change], categories: Categories, counting: Counting
    ) -> None:
        self._item = item = canonical.item
        self._categories = categories
        self._counting = counting
        by_field: defaultdict[FieldName, list[Change]] = defaultdict(list)
        for change in changes:
            by_field[change.field].append(change)
        self._values = {
            FieldName.STATUS: Value(item.status, item.status_name),
            FieldName.RESOLUTION: Value(item.resolution),
            FieldName.TYPE: Value(item.type),
        }
        for field in self._values:
            if field in by_field:
                self._values[field] = before(by_field[field][0])
        self._points = number(by_field[FieldName.POINTS][0].before) if FieldName.POINTS in by_field else item.points
        self._labels = set(initial_values(by_field[FieldName.LABELS], item.labels))
        joins = by_field[FieldName.MILESTONES]
        self._milestones = frozenset([m for face in canonical.faces for m in _initial_milestones(face, joins)])
        self._placed: tuple[StatusCategory, bool] | None = None

    def apply(self, batch: Iterable[Change]) -> None:
        """Carry out the changes of one instant; of other faces than the deciding one they are of membership only."""
        for change in batch:
            if change.field is FieldName.MILESTONES:
                self._move(change)
            elif change.field is FieldName.POINTS:
                self._points = number(change.after)
            else:
                self._placed = None
                if change.field is FieldName.LABELS:
                    apply(self._labels, change)
                else:
                    self._values[change.field] = after(change)

    def view(self) -> _View:
        """Return what the values come to."""
        if self._placed is None:
            self._placed = self._place()
        return (*self._placed, self._points, self._milestones)

    def _place(self) -> tuple[StatusCategory, bool]:
        item = self._item
        status, resolution, type_ = self._values.values()
        id_ = status.id or item.status
        # The tracker's own category of today speaks for a status that has no definition.
        fallback = item.category if id_ == item.status else None
        category = self._categories.of(item.source, id_, status.name, resolution.word, self._labels, fallback)
        return category, self._counting.counts(item.source, type_.word, item.level, self._labels)

    def _move(self, change: Change) -> None:
        source = change.source
        held = set(self._milestones)
        if change.before is not None:
            held.discard((source, change.before))
        if change.after is not None:
            held.add((source, change.after))
        self._milestones = frozenset(held)


def _initial_milestones(face: Record, joins: Sequence[Change]) -> Iterable[MilestoneId]:
    source, id_ = face.id
    own = [change for change in joins if change.item == id_ and change.source == source]
    return [(source, m) for m in initial_values(own, face.item.milestones)]
