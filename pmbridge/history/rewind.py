"""A history as it stood at an earlier instant, so that nothing computed from it can know what came later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy
from numpy.typing import NDArray

from pmbridge.history.order import ItemId, group
from pmbridge.history.timeline import Value, value_at, values_at
from pmbridge.model import (
    SET_FIELDS,
    Change,
    FieldName,
    History,
    Item,
    Level,
    Link,
    LinkKind,
    MergeRequest,
    MergeRequestState,
    Milestone,
    MilestoneKind,
    MilestoneObservation,
    MilestoneState,
    StatusCategory,
)
from pmbridge.model.changes import Changes
from pmbridge.model.instants import to_micros

_Grouped = Mapping[ItemId, Sequence[Change]]


@dataclass(frozen=True, slots=True)
class _Words:
    """What a tracker's words mean: categories by status id, levels by name of type."""

    categories: Mapping[tuple[str, str], StatusCategory]
    levels: Mapping[tuple[str, str], Level]

    @classmethod
    def of(cls, history: History) -> _Words:
        return cls({(s.source, s.id): s.category for s in history.statuses}, levels_of_types(history.items))


def levels_of_types(items: Iterable[Item]) -> Mapping[tuple[str, str], Level]:
    """Learn the level of each type, by source and name, from the items that have it."""
    return {(item.source, item.type): item.level for item in items}


def rewind(history: History, t: datetime) -> History:
    """Return what was true at ``t``: later items, changes and work are gone, current values are those of then.

    What trackers keep no history of stays as it is now: links, checklists, a milestone's text. Milestones take title
    and dates from what the syncs saw, and one that no sync had seen and no item had joined did not exist yet.
    """
    told = Changes.of(history.changes)
    past = told.at <= to_micros(t)
    changes, later, touched = (told, {}, {}) if past.all() else _parted(told, past)
    words = _Words.of(history) if later else _Words({}, {})
    items = tuple([item for item in history.items if item.created_at <= t])
    known = {(item.source, item.id) for item in history.items}
    alive = {(item.source, item.id) for item in items} if len(items) < len(history.items) else known
    if later:
        items = tuple(
            _item(item, [*touched.get(_id(item), ()), *later[_id(item)]], t, words) if _id(item) in later else item
            for item in items
        )
    return replace(
        history,
        items=items,
        changes=changes if len(alive) == len(history.items) else changes.of_items(alive),
        milestones=_milestones(history, items, changes, t),
        links=tuple(k for k in history.links if _stands(k, alive, known)),
        worklogs=tuple(w for w in history.worklogs if w.started_at <= t and (w.source, w.item) in alive),
        observations=tuple(seen for seen in history.observations if seen.seen_at <= t),
        comments=tuple(said for said in history.comments if said.at <= t),
        deployments=tuple(made for made in history.deployments if made.at <= t),
        merge_requests=tuple(_merge_request(asked, t) for asked in history.merge_requests if asked.created_at <= t),
    )


def _merge_request(asked: MergeRequest, t: datetime) -> MergeRequest:
    """Open a merge request again that ended later, and forget what was said of it since.

    What failed, was approved or stayed unresolved from an instant on says nothing of the time before it.
    """
    later = {name for name in _ENDS_AND_WAITS if (at := getattr(asked, name)) and at > t}
    update: dict[str, Any] = dict.fromkeys(later)
    if asked.unresolved is not None and any(at > t for at in asked.unresolved):
        update["unresolved"] = tuple(at for at in asked.unresolved if at <= t) or None
    if asked.updated_at > t:
        known = [at for at in (asked.reviewed_at, asked.merged_at, asked.closed_at) if at is not None and at <= t]
        update["updated_at"] = max([asked.created_at, *known])
    if later & {"merged_at", "closed_at"}:
        update["state"] = MergeRequestState.OPEN
    return asked.model_copy(update=update) if update else asked


#: The instants of a merge request that one does not know of before they come.
_ENDS_AND_WAITS = ("reviewed_at", "merged_at", "closed_at", "failing_since", "approved_at")


def _stands(link: Link, alive: set[ItemId], known: set[ItemId]) -> bool:
    """Tell whether a link's ends were there; one that blocks may come from work that nobody here holds."""
    ends = [(link.source, end) for end in (link.item, link.target)]
    if link.kind is LinkKind.BLOCKS:
        return any(end in alive for end in ends) and all(end in alive or end not in known for end in ends)
    return all(end in alive for end in ends)


def _parted(told: Changes, past: NDArray[numpy.bool_]) -> tuple[Changes, _Grouped, _Grouped]:
    """Part what was known from what came later, by item, and from what was known of the items it happened to."""
    later = group(told.taken(~past))
    return told.taken(past), later, group(told.taken(past).of_items(later))


def _id(item: Item) -> ItemId:
    return item.source, item.id


def _item(item: Item, changes: Sequence[Change], t: datetime, words: _Words) -> Item:
    """Set an item's fields back; ``changes`` are all of its changes, in order."""
    by_field: defaultdict[FieldName, list[Change]] = defaultdict(list)
    for change in changes:
        by_field[change.field].append(change)
    update: dict[str, Any] = {}
    for field, own in by_field.items():
        if own[-1].at > t:
            update.update(_restored(item, field, own, t))
    if "status" in update:
        same = item.category if update["status"] == item.status else StatusCategory.UNMAPPED
        update["category"] = words.categories.get((item.source, update["status"]), same)
    if "type" in update:
        update["level"] = words.levels.get((item.source, update["type"]), item.level)
    known = [change.at for change in changes if change.at <= t]
    update["updated_at"] = max([item.created_at, *known])
    if item.closed_at is not None and item.closed_at > t:
        update["closed_at"] = None
    return item.model_copy(update=update)


def _restored(item: Item, field: FieldName, changes: Sequence[Change], t: datetime) -> dict[str, Any]:
    """Return the item's attributes that one field fills, with the values of then."""
    attribute = _ATTRIBUTES.get(field)
    if attribute is None:
        return {}
    current = getattr(item, attribute)
    if field in SET_FIELDS:
        return {attribute: tuple(sorted(values_at(changes, current, t)))}
    value = value_at(changes, Value(None), t)
    if field is FieldName.STATUS:
        return {"status": value.id or item.status, "status_name": value.word or item.status_name}
    return {attribute: _read(field, value)}


_ATTRIBUTES = {
    FieldName.STATUS: "status",
    FieldName.RESOLUTION: "resolution",
    FieldName.MILESTONES: "milestones",
    FieldName.POINTS: "points",
    FieldName.ASSIGNEES: "assignees",
    FieldName.LABELS: "labels",
    FieldName.COMPONENTS: "components",
    FieldName.AFFECTS: "affects",
    FieldName.PRIORITY: "priority",
    FieldName.SEVERITY: "severity",
    FieldName.TYPE: "type",
    FieldName.TITLE: "title",
    FieldName.DESCRIPTION: "description",
    FieldName.DUE: "due",
    FieldName.PARENT: "parent",
    FieldName.FLAGGED: "flagged",
    FieldName.PROJECT: "project",
    FieldName.ESTIMATE: "estimate_seconds",
}


def _read(field: FieldName, value: Value) -> Any:
    """Read a scalar as items hold it."""
    if field is FieldName.POINTS:
        return number(value.id)
    if field is FieldName.ESTIMATE:
        seconds = number(value.id)
        return None if seconds is None else int(seconds)
    if field is FieldName.DUE:
        return None if value.id is None else date.fromisoformat(value.id[:10])
    if field is FieldName.FLAGGED:
        return value.id == "true"
    if field in (FieldName.PARENT, FieldName.DESCRIPTION):
        return value.id
    return (value.word or "") if field in _NEVER_ABSENT else value.word


_NEVER_ABSENT = frozenset({FieldName.TITLE, FieldName.TYPE, FieldName.PROJECT})


def number(text: str | None) -> float | None:
    """Read points as changes write them; what is no number is no estimate."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _milestones(history: History, items: Iterable[Item], changes: Changes, t: datetime) -> tuple[Milestone, ...]:
    seen: defaultdict[tuple[str, str], list[MilestoneObservation]] = defaultdict(list)
    for observation in history.observations:
        seen[observation.source, observation.milestone].append(observation)
    watched = {o.source for o in history.observations if o.seen_at <= t}
    doubtful = {id_ for id_, own in seen.items() if min(o.seen_at for o in own) > t and id_[0] in watched}
    unborn = doubtful - _joined(items, changes) if doubtful else doubtful
    return tuple(
        _milestone(m, sorted(seen[m.source, m.id], key=lambda o: o.seen_at), t)
        for m in history.milestones
        if (m.source, m.id) not in unborn
    )


def _joined(items: Iterable[Item], changes: Changes) -> set[tuple[str, str]]:
    """Collect the containers that items had been in by then."""
    return changes.ends(FieldName.MILESTONES) | {
        (item.source, milestone) for item in items for milestone in item.milestones
    }


def _milestone(milestone: Milestone, seen: Sequence[MilestoneObservation], t: datetime) -> Milestone:
    """Set title, dates and state back; before the first sight of it they are as first seen."""
    update = {**_dates(milestone, seen, t), **_state(milestone, t)}
    if milestone.updated_at is not None and milestone.updated_at > t:
        update["updated_at"] = None
    return milestone.model_copy(update=update) if update else milestone


def _dates(milestone: Milestone, seen: Sequence[MilestoneObservation], t: datetime) -> dict[str, Any]:
    known = [o for o in seen if o.seen_at <= t]
    if known:
        return {"title": known[-1].title, "start": known[-1].start, "due": known[-1].due}
    first: dict[str, Any] = {"title": seen[0].title, "start": seen[0].start, "due": seen[0].due} if seen else {}
    # Versions keep one date for plan and release: the day of the release now stands over the plan.
    released, due = milestone.released_at, first.get("due", milestone.due)
    one_date = milestone.kind is MilestoneKind.VERSION
    told_later = one_date and released is not None and released > t and due == released.date()
    return {**first, "due": None} if told_later else first


def _state(milestone: Milestone, t: datetime) -> dict[str, Any]:
    released = milestone.released_at is not None and milestone.released_at <= t
    closed = milestone.closed_at is not None and milestone.closed_at <= t
    update: dict[str, Any] = {}
    if milestone.released_at is not None and not released:
        update.update(released_at=None, state=MilestoneState.CLOSED if closed else MilestoneState.OPEN)
    if milestone.closed_at is not None and not closed:
        update.update(closed_at=None, state=MilestoneState.RELEASED if released else MilestoneState.OPEN)
    return update
