"""Intervals and memberships: the times during which an item's fields kept their values, derived from its changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, select

from pmbridge.model import SET_FIELDS, FieldName, Item
from pmbridge.model.instants import to_micros
from pmbridge.store import rows, schema
from pmbridge.store.replacing import replace
from pmbridge.store.walking import walk

#: The attribute of an item that holds the current value of each field whose intervals are kept.
#: Texts are left out: nobody asks how long a title stood.
KEPT = {
    FieldName.STATUS.value: "status",
    FieldName.POINTS.value: "points",
    FieldName.PRIORITY.value: "priority",
    FieldName.FLAGGED.value: "flagged",
    FieldName.ASSIGNEES.value: "assignees",
    FieldName.LABELS.value: "labels",
}

#: A value with its half-open time, in microseconds; ``None`` where it lasts.
Stay = tuple[str | None, int, int | None]

#: An instant in microseconds, the value before it and the one after it.
Step = tuple[int, str | None, str | None]

_MILESTONES = FieldName.MILESTONES.value
_USED = frozenset({*KEPT, _MILESTONES})
#: The fields in the order of the table, with the attribute of each, and whether it holds several values.
_FIELDS = tuple((field, KEPT[field], field in SET_FIELDS) for field in sorted(KEPT))


@dataclass(frozen=True, slots=True)
class Derived:
    """Rows of `schema.intervals` and of `schema.memberships`."""

    intervals: list[rows.Row]
    memberships: list[rows.Row]


def derived(items: Iterable[Item], changes: Iterable[rows.Row]) -> Derived:
    """Derive the rows of some items; ``changes`` are the rows of all that is known of theirs."""
    own: defaultdict[str, list[rows.Row]] = defaultdict(list)
    for change in changes:
        if change[rows.FIELD] in _USED:
            own[change[rows.ITEM]].append(change)
    made = Derived([], [])
    for item in items:
        steps = _steps(own[item.id])
        born = to_micros(item.created_at)
        made.intervals.extend(_interval_rows(item, steps, born))
        for milestone, since, until in set_stays(steps.get(_MILESTONES, ()), item.milestones, born):
            made.memberships.append((item.source, item.id, milestone, since, until))
    return made


def derive(
    conn: Connection,
    source: str,
    items: Iterable[Item],
    changes: Iterable[rows.Row],
    *,
    new: frozenset[str] = frozenset(),
) -> None:
    """Store the intervals and memberships of some items of a source anew; of ``new`` ones it holds none yet."""
    unique = {item.id: item for item in items}
    made = derived(unique.values(), changes)
    replace(conn, schema.intervals, source, unique, made.intervals, new=new)
    replace(conn, schema.memberships, source, unique, made.memberships, new=new)


def derive_stored(conn: Connection, source: str, ids: Sequence[str]) -> None:
    """Derive some items from what the store holds of them."""
    if ids:
        table, history = schema.items.c, schema.changes.c
        bodies = conn.execute(select(table.body).where(table.source == source, table.id.in_(ids))).scalars()
        found = conn.execute(select(schema.changes).where(history.source == source, history.item.in_(ids)))
        derive(conn, source, list(rows.items_from(bodies)), found)


def rebuild(conn: Connection, source: str) -> int:
    """Derive every item of a source anew, and return how many there are."""
    count = 0
    for ids in walk(conn, source):
        derive_stored(conn, source, ids)
        count += len(ids)
    return count


def scalar_stays(steps: Sequence[Step], current: str | None, since: int) -> list[Stay]:
    """Return the values of a scalar from an item's creation on, without empty times."""
    stays: list[Stay] = []
    at, value = since, steps[0][1] if steps else current
    for then, _, after in steps:
        if then > at:
            stays.append((value, at, then))
            at = then
        value = after
    stays.append((value, at, None))
    return stays


def set_stays(steps: Sequence[Step], current: Iterable[str], since: int) -> list[Stay]:
    """Return each stay of each value of a set; a value whose first mention is its leaving was in from the start."""
    if not steps:
        return [(value, since, None) for value in dict.fromkeys(current)]
    mentioned = {value for step in steps for value in step[1:] if value is not None}
    opened: dict[str, int] = {value: since for value in current if value not in mentioned}
    known: set[str] = set()
    stays: list[Stay] = []
    for at, before, after in steps:
        then = max(at, since)
        if before is not None:
            begun = opened.pop(before, None if before in known else since)
            if begun is not None and begun < then:
                stays.append((before, begun, then))
            known.add(before)
        if after is not None:
            opened.setdefault(after, then)
            known.add(after)
    stays.extend((value, begun, None) for value, begun in opened.items())
    return stays


def _interval_rows(item: Item, steps: dict[str, list[Step]], born: int) -> list[rows.Row]:
    made: list[rows.Row] = []
    for field, attribute, several in _FIELDS:
        own, current = steps.get(field, ()), getattr(item, attribute)
        if several and (own or current):
            made += _numbered(item, field, sorted(set_stays(own, current, born), key=_begin))
        elif own or current:
            made += _numbered(item, field, scalar_stays(own, _word(current), born))
    return made


def _numbered(item: Item, field: str, stays: Sequence[Stay]) -> list[rows.Row]:
    source, id_ = item.source, item.id
    return [(source, id_, field, place, value, at, until) for place, (value, at, until) in enumerate(stays)]


def _begin(stay: Stay) -> tuple[int, str]:
    return stay[1], stay[0] or ""


def _steps(history: list[rows.Row]) -> dict[str, list[Step]]:
    """Bring the changes of an item into their order, which nearly always is theirs, and part them by field."""
    pairs = pairwise(history)
    if not all(one[rows.AT] < other[rows.AT] or rows.in_order(one) < rows.in_order(other) for one, other in pairs):
        history.sort(key=rows.in_order)
    found: dict[str, list[Step]] = {}
    for row in history:
        found.setdefault(row[rows.FIELD], []).append((row[rows.AT], row[rows.BEFORE], row[rows.AFTER]))
    return found


def _word(value: object) -> str | None:
    """Write a current value as changes write it."""
    if value is None or value is False:
        return None
    if value is True:
        return "true"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
