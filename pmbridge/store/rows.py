"""The two directions between a value of the model and a row of its table, in column order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from pmbridge.model import (
    Change,
    FieldName,
    Item,
    Link,
    LinkKind,
    Milestone,
    MilestoneObservation,
    Person,
    StatusCategory,
    StatusDefinition,
    Worklog,
)
from pmbridge.model.instants import EPOCH, from_micros, to_micros

M = TypeVar("M", bound=BaseModel)
Row = tuple[Any, ...]

#: Plain texts: the driver of SQLite takes ten times as long over a member of an enumeration.
_WORDS: dict[FieldName, str] = {field: field.value for field in FieldName}
_KINDS: dict[str, LinkKind] = {kind.value: kind for kind in LinkKind}
_CATEGORIES: dict[str, StatusCategory] = {category.value: category for category in StatusCategory}
_MICROSECOND = timedelta(microseconds=1)

#: Places in the row of a change.
ITEM, HISTORY, POSITION, AT, FIELD, BEFORE, AFTER = 1, 2, 3, 4, 6, 7, 8


def in_order(change: Row) -> tuple[Any, ...]:
    """Return what the rows of an item's changes are sorted by; edits of one instant by their ids, read as numbers."""
    return change[AT], len(change[HISTORY]), change[HISTORY], change[POSITION]


def item_row(item: Item, seen_at: int, gap: str | None) -> Row:
    """Return the row of `schema.items`; what equals its default is left out of the body."""
    body = item.model_dump_json(exclude_defaults=True)
    return item.source, item.id, item.key, item.project, to_micros(item.updated_at), seen_at, gap, body


def change_rows(changes: Iterable[Change]) -> list[Row]:
    """Return the rows of `schema.changes`; written out, since histories hold changes by the million."""
    words, epoch, one = _WORDS, EPOCH, _MICROSECOND
    return [
        (
            change.source,
            change.item,
            change.history,
            change.position,
            (change.at - epoch) // one,
            change.author,
            words[change.field],
            change.before,
            change.after,
            change.before_name,
            change.after_name,
        )
        for change in changes
    ]


def milestone_row(milestone: Milestone) -> Row:
    """Return the row of `schema.milestones` of a milestone that is there."""
    m = milestone
    return m.source, m.id, m.project, None, m.model_dump_json(exclude_defaults=True)


def observation_row(seen: MilestoneObservation) -> Row:
    """Return the row of `schema.milestone_observations`."""
    return seen.source, seen.milestone, to_micros(seen.seen_at), seen.title, _iso(seen.start), _iso(seen.due)


def link_row(link: Link) -> Row:
    """Return the row of `schema.links`."""
    return link.source, link.id, link.item, link.target, link.kind, link.type, link.phrase


def worklog_row(log: Worklog) -> Row:
    """Return the row of `schema.worklogs`."""
    return log.source, log.id, log.item, log.author, to_micros(log.started_at), log.seconds


def person_row(person: Person) -> Row:
    """Return the row of `schema.people`."""
    return person.source, person.id, person.name, person.username, person.email, int(person.bot)


def status_row(status: StatusDefinition) -> Row:
    """Return the row of `schema.statuses`."""
    return status.source, status.id, status.name, status.category


def items_from(bodies: Iterable[str]) -> Iterator[Item]:
    """Rebuild items from their bodies."""
    return map(Item.model_validate_json, bodies)


def milestones_from(bodies: Iterable[str]) -> Iterator[Milestone]:
    """Rebuild milestones from their bodies."""
    return map(Milestone.model_validate_json, bodies)


def links_from(rows: Iterable[Row]) -> Iterator[Link]:
    """Rebuild links."""
    revive, names = _reviver(Link), tuple(Link.model_fields)
    for source, id_, item, target, kind, type_, phrase in rows:
        yield revive(dict(zip(names, (source, id_, item, target, _KINDS[kind], type_, phrase), strict=True)))


def worklogs_from(rows: Iterable[Row]) -> Iterator[Worklog]:
    """Rebuild worklogs."""
    revive, names = _reviver(Worklog), tuple(Worklog.model_fields)
    for source, id_, item, author, started_at, seconds in rows:
        values = source, id_, item, author, from_micros(started_at), seconds
        yield revive(dict(zip(names, values, strict=True)))


def people_from(rows: Iterable[Row]) -> Iterator[Person]:
    """Rebuild people."""
    revive, names = _reviver(Person), tuple(Person.model_fields)
    for *values, bot in rows:
        yield revive(dict(zip(names, (*values, bool(bot)), strict=True)))


def statuses_from(rows: Iterable[Row]) -> Iterator[StatusDefinition]:
    """Rebuild definitions of statuses."""
    revive, names = _reviver(StatusDefinition), tuple(StatusDefinition.model_fields)
    for *values, category in rows:
        yield revive(dict(zip(names, (*values, _CATEGORIES[category]), strict=True)))


def observations_from(rows: Iterable[Row]) -> Iterator[MilestoneObservation]:
    """Rebuild what was seen of milestones."""
    for source, milestone, seen_at, title, start, due in rows:
        yield MilestoneObservation(source, milestone, from_micros(seen_at), title, _date(start), _date(due))


def _reviver(model: type[M]) -> Callable[[dict[str, Any]], M]:
    """Return a constructor that trusts its values; four times as fast as ``model_construct``."""
    new, put, given = model.__new__, object.__setattr__, set(model.model_fields)

    def revive(values: dict[str, Any]) -> M:
        made = new(model)
        put(made, "__dict__", values)
        put(made, "__pydantic_fields_set__", given)
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made

    return revive


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
