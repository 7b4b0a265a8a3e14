"""GitLab's activity notes read as the events they were written from; pure.

The GraphQL interface tells the history of many issues in one answer, but as sentences. A state, a milestone, a label
or a weight that changed is told by a note which GitLab makes from the event itself, so that nothing is missing; only
names have to be found again. A sentence that cannot be understood makes the history incomplete, never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pmbridge_gitlab.rows import Row, instant
from pmbridge_gitlab.ticks import task_of

_MILESTONE = re.compile(r'\A(?P<path>[^%"]*)%(?:"(?P<title>[^"]*)"|(?P<iid>\d+)|(?P<word>\S+))\Z')
_EPIC = re.compile(r"(?P<path>[\w.-]+(?:/[\w.-]+)*)?&(?P<iid>\d+)")
_ITERATION = re.compile(r'\*iteration:(?:"(?P<title>[^"]*)"|(?P<id>\d+))')
_LABEL_WORD = re.compile(r'\b(added|removed)\b|~(?:"([^"]+)"|(\d+)(?=\s|\Z)|(\S+))|(\d+) deleted')
_WEIGHT = re.compile(r"weight to \*\*(\d+)\*\*")
_FORMER_WEIGHT = re.compile(r"(?:from|of) \*\*(\d+)\*\*")
_ASSIGNED = re.compile(r"\b(assigned to|unassigned)((?:(?:,| and|)\s*@[\w.-]+)+)")
_TYPE = re.compile(r"\Achanged (?:the )?type from (\w[\w ]*?) to (\w[\w ]*?)\.?\Z")
_NAME = re.compile(r"@([\w.-]*\w)")

#: How many sentences are remembered with what they say.
_REMEMBERED = 20_000
_STATES = {"closed": "closed", "opened": "reopened", "reopened": "reopened"}


class Unclear(Exception):
    """A sentence, or a name in it, cannot be understood."""


@dataclass(frozen=True, slots=True)
class Book:
    """What names in sentences stand for, by the owner's path and number, by title, by label id, by username."""

    milestones: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    titles: Mapping[str, Row] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    epics: Mapping[tuple[str, str], int] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    project: str = ""
    _read: dict[tuple[str, str], list[Row]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def events(self, kind: str, body: str) -> list[Row]:
        """Return what a sentence about milestones or labels says; the same few are told over and over."""
        known = self._read.get((kind, body))
        if known is None:
            known = _SENTENCES[kind](body, self)
            if len(self._read) < _REMEMBERED:
                self._read[kind, body] = known
        return known


@dataclass(slots=True)
class Told:
    """Events in the shape of GitLab's event lists, in the order of their telling."""

    states: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    weights: list[Row] = field(default_factory=list)
    assignees: list[Row] = field(default_factory=list)
    types: list[Row] = field(default_factory=list)
    ticks: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)
    iterations: list[Row] = field(default_factory=list)
    epics: list[Row] = field(default_factory=list)
    related: bool = False


def told(notes: list[Row], book: Book, *, created: str) -> Told:
    """Read the notes of one issue, oldest first; raises `Unclear` for one that is needed and cannot be understood.

    GraphQL tells instants to the second, so that something may seem older than the issue: nothing is.
    """
    found, born, people = Told(), instant(created), dict[str, Row]()
    for rank, note in enumerate(notes):
        at, author = note["createdAt"], note.get("author")
        head = {
            "id": str(note["id"]).rpartition("/")[2],
            "created_at": created if instant(at) < born else at,
            "user": _known(author, people) if author else None,
            "rank": rank,
        }
        _read(found, note, book, head)
    return found


def _known(author: Row, people: dict[str, Row]) -> Row:
    """Return an account once for all that it did to an issue."""
    native = author["id"]
    return people.get(native) or people.setdefault(native, person(author))


def person(user: Row) -> Row:
    """Return an account as the other interface writes it: with the number alone as its id."""
    return {**user, "id": number(user["id"])}


def number(gid: str) -> int:
    """Return the number at the end of a global id such as ``gid://gitlab/User/12``."""
    return int(str(gid).rpartition("/")[2])


def _read(found: Told, note: Row, book: Book, head: Row) -> None:
    body = str(note.get("body") or "").strip()
    match (note.get("systemNoteMetadata") or {}).get("action"):
        case "closed" | "opened" | "reopened" as action:
            found.states.append({**head, "state": _STATES[action]})
        case "milestone":
            found.milestones += [{**head, **row} for row in book.events("milestone", body)]
        case "iteration":
            found.iterations.append({**head, **_iteration(body)})
        case "label":
            found.labels += _labels(book.events("label", body), head)
        case "weight":
            found.weights.append({**head, **_weight(body)})
        case "assignee":
            found.assignees += _assignees(body, book, head)
        case "issue_type":
            found.types += [{**head, "before": old, "after": new} for old, new in _TYPE.findall(body)]
        case "task":
            found.ticks += [{**head, **task} for task in (task_of(body),) if task is not None]
        case "description":
            found.texts.append(head)
        case str(action) if "parent" in action or "epic" in action:
            found.epics += [{**head, **event} for event in _epic(body, book)]
        case "relate" | "unrelate" | "blocks" | "blocked_by":
            found.related = True


def _milestone(body: str, book: Book) -> list[Row]:
    for words, action in (("changed milestone to", "add"), ("removed milestone", "remove")):
        if body.startswith(words):
            return [{"action": action, "milestone": _named(body[len(words) :].strip(), book)}]
    raise Unclear(body)


def _named(reference: str, book: Book) -> Row | None:
    """Find a milestone; one that was deleted has left no reference at all."""
    if not reference:
        return None
    parts = _MILESTONE.match(reference)
    if parts is None:
        raise Unclear(reference)
    title = parts["title"] or parts["word"]
    owner = parts["path"].strip("/") or book.project
    known = book.titles.get(title) if title else book.milestones.get((owner, parts["iid"]))
    if known is None:
        raise Unclear(reference)
    return known


def _iteration(body: str) -> Row:
    """Read which iteration came or went; notes name it by its id."""
    named = _ITERATION.search(body)
    action = "add" if body.startswith("changed iteration to") else "remove"
    if named is None or named["id"] is None or not body.startswith(("changed iteration to", "removed iteration")):
        raise Unclear(body)
    return {"action": action, "iteration": {"id": int(named["id"])}}


def _epic(body: str, book: Book) -> Iterator[Row]:
    """Read which epic an issue was put under or taken out of; one that was not read is left out."""
    named = _EPIC.search(body)
    if named is not None:
        owner = named["path"] or book.project.rpartition("/")[0]
        known = book.epics.get((owner, named["iid"]))
        if known is not None:
            yield {"action": "remove" if body.startswith("removed") else "add", "epic": {"id": known}}


def _labels(rows: list[Row], head: Row) -> list[Row]:
    return [{**head, **row, "id": f"{head['id']}.{place:03}"} for place, row in enumerate(rows)]


def _named_labels(body: str, book: Book) -> list[Row]:
    """Read which labels came and which went; the latter first, as GitLab does with labels of one scope."""
    rows = list(_label_words(body, book))
    if not rows:
        raise Unclear(body)
    return sorted(rows, key=lambda row: row["action"] == "add")


def _label_words(body: str, book: Book) -> Iterator[Row]:
    action = ""
    for verb, quoted, native, word, deleted in _LABEL_WORD.findall(body):
        if verb:
            action = "add" if verb == "added" else "remove"
            continue
        if not action or (native and native not in book.labels):
            raise Unclear(body)
        name = quoted or word or (book.labels[native] if native else None)
        for _ in range(int(deleted or 1)):
            yield {"action": action, "label": {"name": name} if name else None}


def _weight(body: str) -> Row:
    came, former = _WEIGHT.search(body), _FORMER_WEIGHT.search(body)
    if came is None and "removed" not in body:
        raise Unclear(body)
    row: dict[str, Any] = {"weight": int(came[1]) if came else None}
    return {**row, "previous_weight": int(former[1])} if former else row


def _assignees(body: str, book: Book, head: Row) -> list[Row]:
    rows = []
    for verb, names in _ASSIGNED.findall(body):
        action = "add" if verb == "assigned to" else "remove"
        rows += [{"action": action, "who": book.users.get(name, name), "name": name} for name in _NAME.findall(names)]
    return [{**head, **row, "place": place} for place, row in enumerate(rows)]


_SENTENCES: dict[str, Callable[[str, Book], list[Row]]] = {"milestone": _milestone, "label": _named_labels}
