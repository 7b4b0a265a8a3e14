"""Jira's history of an issue as changes of single values; pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import Any, NamedTuple

from pmbridge.model import Change, FieldName, Level
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.instants import instant
from pmbridge_jira.normalize import account, epic_id, sprint_id, version_id

Json = Mapping[str, Any]


class Role(IntEnum):
    """What a changed field means. The numbers are part of stored identities: add, never renumber."""

    STATUS = 1
    RESOLUTION = 2
    FIX_VERSIONS = 3
    POINTS = 4
    ASSIGNEE = 5
    LABELS = 6
    SPRINT = 7
    PRIORITY = 8
    TYPE = 9
    FLAGGED = 10
    PARENT = 11
    AFFECTS = 12
    DUE = 13
    COMPONENTS = 14
    TITLE = 15
    DESCRIPTION = 16
    KEY = 17
    ESTIMATE = 18
    SEVERITY = 19


class Delta(NamedTuple):
    """One value that goes, comes or is replaced."""

    field: FieldName
    before: str | None
    after: str | None
    before_name: str | None = None
    after_name: str | None = None


#: By the id of the field, and by its English name where older histories have no id.
_SYSTEM: Mapping[str, Role] = {
    "status": Role.STATUS,
    "resolution": Role.RESOLUTION,
    "fixVersions": Role.FIX_VERSIONS,
    "Fix Version": Role.FIX_VERSIONS,
    "assignee": Role.ASSIGNEE,
    "labels": Role.LABELS,
    "priority": Role.PRIORITY,
    "issuetype": Role.TYPE,
    "parent": Role.PARENT,
    "Parent": Role.PARENT,
    "IssueParentAssociation": Role.PARENT,
    "Epic Link": Role.PARENT,
    "versions": Role.AFFECTS,
    "Version": Role.AFFECTS,
    "duedate": Role.DUE,
    "components": Role.COMPONENTS,
    "Component": Role.COMPONENTS,
    "summary": Role.TITLE,
    "description": Role.DESCRIPTION,
    "Key": Role.KEY,
    "timeoriginalestimate": Role.ESTIMATE,
}

_IDENTIFIED = {
    Role.STATUS: FieldName.STATUS,
    Role.RESOLUTION: FieldName.RESOLUTION,
    Role.PRIORITY: FieldName.PRIORITY,
    Role.TYPE: FieldName.TYPE,
    Role.SEVERITY: FieldName.SEVERITY,
}

_PER_ROLE, _PER_OCCURRENCE = 100_000, 1_000
_ID = re.compile(r"\d+")


def changes(issue: Json, fields: FieldMap, *, source: str, level: Level) -> Iterator[Change]:
    """Read the changes of an issue from ``changelog.histories``, oldest first.

    A change's position is ``role x 100,000 + occurrence of the role in the edit x 1,000 + value``, so that it is the
    same whether the tracker was asked for ten fields or for all of them. Sets (versions, sprints, labels) yield one
    change a value. ``level`` is the item's own: the parent of a standard item is its epic. Statuses, resolutions,
    priorities and types carry ids in ``before`` and ``after`` and the names of the time beside them.
    """
    roles, item = _roles(fields), str(issue["id"])
    for history in (issue.get("changelog") or {}).get("histories") or ():
        number, when, who = str(history["id"]), instant(history["created"]), account(history.get("author"))
        for position, delta in _of_edit(history.get("items") or (), roles, level).items():
            yield Change(
                source=source,
                item=item,
                history=number,
                position=position,
                at=when,
                author=who,
                field=delta.field,
                before=delta.before,
                after=delta.after,
                before_name=delta.before_name,
                after_name=delta.after_name,
            )


def _of_edit(entries: Iterable[Json], roles: Mapping[str, Role], level: Level) -> dict[int, Delta]:
    """Read one edit as values by position; Jira may note one move twice, as parent and as epic link."""
    seen: Counter[Role] = Counter()
    found: dict[int, Delta] = {}
    for entry in entries:
        role = roles.get(entry.get("fieldId") or "") or roles.get(entry.get("field") or "")
        if role is None:
            continue
        start = role * _PER_ROLE + seen[role] * _PER_OCCURRENCE
        seen[role] += 1
        new = [delta for delta in _deltas(role, entry, level) if delta not in found.values()]
        found.update(enumerate(new, start))
    return found


def _roles(fields: FieldMap) -> dict[str, Role]:
    own = {
        Role.POINTS: fields.story_points,
        Role.SPRINT: fields.sprint,
        Role.FLAGGED: fields.flagged,
        Role.PARENT: fields.epic,
        Role.SEVERITY: fields.severity,
    }
    return {**_SYSTEM, **{name: role for role, names in own.items() for name in names}}


def _deltas(role: Role, entry: Json, level: Level) -> Iterator[Delta]:
    for delta in _all_deltas(role, entry, level):
        if delta.before != delta.after:
            yield delta


def _all_deltas(role: Role, entry: Json, level: Level) -> Iterator[Delta]:
    before, after = _text(entry.get("from")), _text(entry.get("to"))
    old, new = _text(entry.get("fromString")), _text(entry.get("toString"))
    match role:
        case Role.FIX_VERSIONS:
            yield from _exchange(FieldName.MILESTONES, _named(before, old, version_id), _named(after, new, version_id))
        case Role.SPRINT:
            yield from _exchange(FieldName.MILESTONES, _named(before, old, sprint_id), _named(after, new, sprint_id))
        case Role.AFFECTS:
            yield from _exchange(FieldName.AFFECTS, _named(before, old, version_id), _named(after, new, version_id))
        case Role.ASSIGNEE:
            yield from _exchange(FieldName.ASSIGNEES, _single(before, old), _single(after, new))
        case Role.COMPONENTS:
            yield from _exchange(FieldName.COMPONENTS, _single(old, old), _single(new, new))
        case Role.LABELS:
            yield from _exchange(FieldName.LABELS, _words(old), _words(new))
        case Role.PARENT:
            yield Delta(FieldName.PARENT, before, after, old, new)
            if level is Level.STANDARD:
                yield from _exchange(FieldName.MILESTONES, _named(before, old, epic_id), _named(after, new, epic_id))
        case _:
            yield _scalar(role, before, after, old, new)


def _scalar(role: Role, before: str | None, after: str | None, old: str | None, new: str | None) -> Delta:
    match role:
        case Role.POINTS:
            return Delta(FieldName.POINTS, _decimal(old), _decimal(new))
        case Role.FLAGGED:
            return Delta(FieldName.FLAGGED, _true(old), _true(new))
        case Role.TITLE:
            return Delta(FieldName.TITLE, old, new)
        case Role.DESCRIPTION:
            return Delta(FieldName.DESCRIPTION, _digest(old), _digest(new))
        case Role.DUE:
            return Delta(FieldName.DUE, _day(before or old), _day(after or new))
        case Role.ESTIMATE:
            return Delta(FieldName.ESTIMATE, before or old, after or new)
        case Role.KEY:
            return Delta(FieldName.PROJECT, _project(old), _project(new))
        case _:
            return Delta(_IDENTIFIED[role], before or old, after or new, old, new)


def _exchange(field: FieldName, gone: Mapping[str, str | None], come: Mapping[str, str | None]) -> Iterator[Delta]:
    """Yield what left and then what came; a value on both sides stayed."""
    yield from (Delta(field, key, None, name, None) for key, name in gone.items() if key not in come)
    yield from (Delta(field, None, key, None, name) for key, name in come.items() if key not in gone)


def _named(ids: str | None, names: str | None, make: Any) -> dict[str, str | None]:
    """Pair the ids of a list with their names; commas in names make the pairing unsure, then there is none."""
    found = _ID.findall(ids or "")
    parts = [part.strip() for part in (names or "").split(",")] if len(found) > 1 else [names or ""]
    fitting: list[str | None] = [part or None for part in parts] if len(parts) == len(found) else [None] * len(found)
    return {make(native): name for native, name in zip(found, fitting, strict=True)}


def _single(key: str | None, name: str | None) -> dict[str, str | None]:
    return {} if key is None else {key: name}


def _words(labels: str | None) -> dict[str, str | None]:
    return dict.fromkeys((labels or "").split())


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _decimal(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return format(number.normalize(), "f") if number.is_finite() else None


def _true(value: str | None) -> str | None:
    return "true" if value else None


def _digest(value: str | None) -> str | None:
    return None if value is None else hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:12]


def _day(value: str | None) -> str | None:
    return None if value is None else value[:10]


def _project(key: str | None) -> str | None:
    return None if key is None else key.rsplit("-", 1)[0]
