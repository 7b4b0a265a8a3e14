"""Intervals and memberships: the times during which an item's fields kept their values, derived from its changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from pmbridge.model import SET_FIELDS, Change, FieldName, Item
from pmbridge.store import rows, schema
from pmbridge.store.bulk import upsert
from pmbridge.store.instants import to_micros

#: The attribute of an item that holds the current value of each field whose intervals are kept.
#: Texts are left out: nobody asks how long a title stood.
KEPT = {
    FieldName.STATUS: "status",
    FieldName.POINTS: "points",
    FieldName.PRIORITY: "priority",
    FieldName.FLAGGED: "flagged",
    FieldName.ASSIGNEES: "assignees",
    FieldName.LABELS: "labels",
}

#: How many items are derived in one go.
AT_ONCE = 500

#: A value with its half-open time, in microseconds; ``None`` where it lasts.
Stay = tuple[str | None, int, int | None]


@dataclass(frozen=True, slots=True)
class Derived:
    """Rows of `schema.intervals` and of `schema.memberships`."""

    intervals: list[rows.Row]
    memberships: list[rows.Row]


def derived(items: Iterable[Item], changes: Iterable[Change]) -> Derived:
    """Derive the rows of some items; ``changes`` are all that is known of theirs."""
    own: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        own[change.item].append(change)
    made = Derived([], [])
    for item in items:
        fields = _by_field(own[item.id])
        made.intervals.extend(_interval_rows(item, fields))
        made.memberships.extend(_membership_rows(item, fields.get(FieldName.MILESTONES, ())))
    return made


def derive(conn: Connection, source: str, items: Sequence[Item], changes: Iterable[Change]) -> None:
    """Store the intervals and memberships of some items of a source anew."""
    unique = {item.id: item for item in items}
    for table in (schema.intervals, schema.memberships):
        conn.execute(delete(table).where(table.c.source == source, table.c.item.in_(list(unique))))
    made = derived(unique.values(), changes)
    upsert(conn, schema.intervals, made.intervals)
    upsert(conn, schema.memberships, made.memberships)


def derive_stored(conn: Connection, source: str, ids: Sequence[str]) -> None:
    """Derive some items from what the store holds of them."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        table, history = schema.items.c, schema.changes.c
        bodies = conn.execute(select(table.body).where(table.source == source, table.id.in_(some))).scalars()
        found = conn.execute(select(schema.changes).where(history.source == source, history.item.in_(some)))
        derive(conn, source, list(rows.items_from(bodies)), rows.changes_from(found))


def rebuild(conn: Connection, source: str) -> int:
    """Derive every item of a source anew, and return how many there are."""
    ids = list(conn.execute(select(schema.items.c.id).where(schema.items.c.source == source)).scalars())
    derive_stored(conn, source, ids)
    return len(ids)


def scalar_stays(changes: Sequence[Change], current: str | None, since: int) -> Iterator[Stay]:
    """Yield the values of a scalar from an item's creation on, without empty times."""
    at, value = since, changes[0].before if changes else current
    for change in changes:
        then = max(to_micros(change.at), since)
        if then > at:
            yield value, at, then
        at, value = then, change.after
    yield value, at, None


def set_stays(changes: Sequence[Change], current: Iterable[str], since: int) -> Iterator[Stay]:
    """Yield each stay of each value of a set; a value whose first mention is its leaving was in from the start."""
    mentioned = {value for change in changes for value in (change.before, change.after) if value is not None}
    opened: dict[str, int] = {value: since for value in current if value not in mentioned}
    known: set[str] = set()
    for change in changes:
        then = max(to_micros(change.at), since)
        if change.before is not None:
            begun = opened.pop(change.before, None if change.before in known else since)
            if begun is not None and begun < then:
                yield change.before, begun, then
            known.add(change.before)
        if change.after is not None:
            opened.setdefault(change.after, then)
            known.add(change.after)
    for value, begun in opened.items():
        yield value, begun, None


def _interval_rows(item: Item, fields: dict[FieldName, list[Change]]) -> Iterator[rows.Row]:
    born = to_micros(item.created_at)
    for field, attribute in KEPT.items():
        own, current = fields.get(field, []), getattr(item, attribute)
        if field in SET_FIELDS:
            stays = sorted(set_stays(own, current, born), key=lambda stay: (stay[1], stay[0] or ""))
        elif own or current:
            stays = list(scalar_stays(own, _word(current), born))
        else:
            continue
        for position, (value, since, until) in enumerate(stays):
            yield item.source, item.id, field.value, position, value, since, until


def _membership_rows(item: Item, changes: Sequence[Change]) -> Iterator[rows.Row]:
    for milestone, since, until in set_stays(changes, item.milestones, to_micros(item.created_at)):
        yield item.source, item.id, milestone, since, until


def _by_field(changes: list[Change]) -> dict[FieldName, list[Change]]:
    changes.sort(key=lambda c: (c.at, len(c.history), c.history, c.position))
    found: dict[FieldName, list[Change]] = {}
    for change in changes:
        found.setdefault(change.field, []).append(change)
    return found


def _word(value: object) -> str | None:
    """Write a current value as changes write it."""
    if value is None or value is False:
        return None
    if value is True:
        return "true"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
