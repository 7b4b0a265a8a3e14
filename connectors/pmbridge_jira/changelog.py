"""Jira's history of an issue as changes of single values; pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from pmbridge.model import Change, FieldName, Level, trusted_change
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.histories import Entry, Native, history_of
from pmbridge_jira.normalize import epic_id, sprint_id, version_id

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


#: A delta and its place in the edit.
Placed: TypeAlias = tuple[int, Delta]

#: What an edit comes to, delta by delta: the place, then the delta's own values.
Flat: TypeAlias = tuple[tuple[int, FieldName, str | None, str | None, str | None, str | None], ...]


class Said(NamedTuple):
    """One field of an edit: ids where Jira has them, and the words of the time; absent and empty are one."""

    before: str | None
    after: str | None
    old: str | None
    new: str | None


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

#: What an entry says, as a whole.
_said = attrgetter("field_id", "field", "before", "after", "old", "new")

#: What is too long and too seldom said twice to be remembered.
_TEXTS = frozenset({FieldName.TITLE, FieldName.DESCRIPTION})
#: So many different edits are remembered of each level.
_REMEMBERED = 8192

_PER_ROLE, _PER_OCCURRENCE = 100_000, 1_000
_ID = re.compile(r"\d+")
_MARK = re.compile(r"\[[ xX]?\]")


def changes(issue: Json, lexicon: Lexicon, *, source: str, level: Level) -> list[Change]:
    """Read the changes of an issue from ``changelog.histories``, oldest first.

    A change's position is ``role x 100,000 + occurrence of the role in the edit x 1,000 + value``, so that it is the
    same whether the tracker was asked for ten fields or for all of them. Sets (versions, sprints, labels) yield one
    change a value. ``level`` is the item's own: the parent of a standard item is its epic. Statuses, resolutions,
    priorities and types carry ids in ``before`` and ``after`` and the names of the time beside them.
    """
    item, made = str(issue["id"]), list[Change]()
    of_edit, make = lexicon.of_edit, trusted_change
    for edit in history_of(issue):
        found = of_edit(edit.items or (), level)
        if found:
            number, when, who = str(edit.id), edit.created, edit.by
            for place, field, before, after, old, new in found:
                made.append(make(source, item, number, place, when, who, field, before, after, old, new))
    return made


class Lexicon:
    """What edits mean on a site whose fields are ``fields``.

    Histories say the same few things over and over: a status that goes on, a version that comes in. So many of them
    are remembered, with the names in them: whoever owns a lexicon lets it go when it reads the site anew.
    """

    __slots__ = ("_known", "_roles", "fields")

    def __init__(self, fields: FieldMap) -> None:
        self.fields = fields
        self._roles = roles_of(fields)
        self._known: dict[Level, dict[tuple[Any, ...], Flat]] = {level: {} for level in Level}

    def of_edit(self, entries: Sequence[Entry], level: Level) -> Flat:
        """Return what an edit comes to for an item of a level."""
        said = _said(entries[0]) if len(entries) == 1 else tuple(map(_said, entries))
        found = self._known[level].get(said)
        return self._read(said, entries, level) if found is None else found

    def _read(self, said: tuple[Any, ...], entries: Sequence[Entry], level: Level) -> Flat:
        """Read an edit that says what it has not said before, and remember it; texts are too long for that."""
        one = len(entries) == 1
        read = _of_entry(entries[0], self._roles, level) if one else _of_edit(entries, self._roles, level)
        found: Flat = tuple((place, *delta) for place, delta in read)
        known = self._known[level]
        if read and len(known) < _REMEMBERED and not any(delta.field in _TEXTS for _, delta in read):
            known[said] = found
        return found


def _of_entry(entry: Entry, roles: Mapping[str, Role], level: Level) -> Sequence[Placed]:
    """Read an edit of one field, as nearly all of them are."""
    role = roles.get(entry.field_id or "") or roles.get(entry.field or "")
    if role is None:
        return ()
    return _told(role, level, entry.before, entry.after, entry.old, entry.new)


def _of_edit(entries: Iterable[Entry], roles: Mapping[str, Role], level: Level) -> Sequence[Placed]:
    """Read an edit of several fields; Jira may note one move twice, as parent and as epic link."""
    occurrences: dict[Role, int] = {}
    found: dict[Delta, int] = {}
    for entry in entries:
        role = roles.get(entry.field_id or "") or roles.get(entry.field or "")
        if role is not None:
            occurrence = occurrences[role] = occurrences.get(role, -1) + 1
            new = [delta for _, delta in _of_entry(entry, roles, level) if delta not in found]
            start = role * _PER_ROLE + occurrence * _PER_OCCURRENCE
            found.update((delta, position) for position, delta in enumerate(new, start))
    return [(position, delta) for delta, position in found.items()]


def _told(
    role: Role, level: Level, before: Native, after: Native, old: str | None, new: str | None
) -> Sequence[Placed]:
    said = Said(_text(before), _text(after), old or None, new or None)
    found = [*_READERS[role](said)]
    if role is Role.PARENT and level is Level.STANDARD:
        found += _listed(FieldName.MILESTONES, epic_id, said)
    return tuple(enumerate((delta for delta in found if delta.before != delta.after), role * _PER_ROLE))


def roles_of(fields: FieldMap) -> dict[str, Role]:
    """Return what the fields of a site mean, by id and by name."""
    own = {
        Role.POINTS: fields.story_points,
        Role.SPRINT: fields.sprint,
        Role.FLAGGED: fields.flagged,
        Role.PARENT: fields.epic,
        Role.SEVERITY: fields.severity,
    }
    return {**_SYSTEM, **{name: role for role, names in own.items() for name in names}}


def _identified(field: FieldName, entry: Said) -> list[Delta]:
    """Read a scalar that has an id and a name."""
    return [Delta(field, entry.before or entry.old, entry.after or entry.new, entry.old, entry.new)]


def _worded(field: FieldName, word: Callable[[str], str | None], entry: Said) -> list[Delta]:
    """Read a scalar that is nothing but its words."""
    old, new = (None if text is None else word(text) for text in (entry.old, entry.new))
    return [Delta(field, old, new)]


def _coded(field: FieldName, word: Callable[[str], str | None], entry: Said) -> list[Delta]:
    """Read a scalar whose exact form is where ids usually are."""
    return _worded(field, word, Said(None, None, entry.before or entry.old, entry.after or entry.new))


def _listed(field: FieldName, name: Callable[[str], str], entry: Said) -> Iterator[Delta]:
    """Read a set from lists of ids."""
    return _exchange(field, _named(entry.before, entry.old, name), _named(entry.after, entry.new, name))


def _single(field: FieldName, entry: Said) -> Iterator[Delta]:
    """Read a set of which one value goes and one comes."""
    gone, come = ({key: word} if key else {} for key, word in ((entry.before, entry.old), (entry.after, entry.new)))
    return _exchange(field, gone, come)


def _components(entry: Said) -> Iterator[Delta]:
    """Read components by name, as items hold them."""
    return _single(FieldName.COMPONENTS, Said(entry.old, entry.new, entry.old, entry.new))


def _labels(entry: Said) -> Iterator[Delta]:
    """Read labels, which hold no spaces and so are lists of words."""
    gone, come = (dict.fromkeys((text or "").split()) for text in (entry.old, entry.new))
    return _exchange(FieldName.LABELS, gone, come)


def _exchange(field: FieldName, gone: Mapping[str, str | None], come: Mapping[str, str | None]) -> Iterator[Delta]:
    """Yield what left and then what came; a value on both sides stayed."""
    yield from (Delta(field, key, None, name, None) for key, name in gone.items() if key not in come)
    yield from (Delta(field, None, key, None, name) for key, name in come.items() if key not in gone)


def _named(ids: str | None, names: str | None, make: Callable[[str], str]) -> dict[str, str | None]:
    """Pair the ids of a list with their names; commas in names make the pairing unsure, then there is none."""
    found = _ID.findall(ids or "")
    parts = [part.strip() for part in (names or "").split(",")] if len(found) > 1 else [names or ""]
    fitting: list[str | None] = [part or None for part in parts] if len(parts) == len(found) else [None] * len(found)
    return {make(native): name for native, name in zip(found, fitting, strict=True)}


def _text(value: Native) -> str | None:
    return value or None if type(value) is str or value is None else str(value)


def _decimal(text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return format(number.normalize(), "f") if number.is_finite() else None


def _digest(text: str) -> str:
    """Name a text by its words: blanks and the ticks of its boxes make no difference."""
    words = _MARK.sub("[]", " ".join(text.split()))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]


_READERS: Mapping[Role, Callable[[Said], Iterable[Delta]]] = {
    Role.STATUS: partial(_identified, FieldName.STATUS),
    Role.RESOLUTION: partial(_identified, FieldName.RESOLUTION),
    Role.FIX_VERSIONS: partial(_listed, FieldName.MILESTONES, version_id),
    Role.POINTS: partial(_worded, FieldName.POINTS, _decimal),
    Role.ASSIGNEE: partial(_single, FieldName.ASSIGNEES),
    Role.LABELS: _labels,
    Role.SPRINT: partial(_listed, FieldName.MILESTONES, sprint_id),
    Role.PRIORITY: partial(_identified, FieldName.PRIORITY),
    Role.TYPE: partial(_identified, FieldName.TYPE),
    Role.FLAGGED: partial(_worded, FieldName.FLAGGED, lambda text: "true"),
    Role.PARENT: partial(_identified, FieldName.PARENT),
    Role.AFFECTS: partial(_listed, FieldName.AFFECTS, version_id),
    Role.DUE: partial(_coded, FieldName.DUE, lambda text: text[:10]),
    Role.COMPONENTS: _components,
    Role.TITLE: partial(_worded, FieldName.TITLE, str),
    Role.DESCRIPTION: partial(_worded, FieldName.DESCRIPTION, _digest),
    Role.KEY: partial(_worded, FieldName.PROJECT, lambda key: key.rsplit("-", 1)[0]),
    Role.ESTIMATE: partial(_coded, FieldName.ESTIMATE, str),
    Role.SEVERITY: partial(_identified, FieldName.SEVERITY),
}
