"""What happened to an issue, from the event lists that GitLab keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmbridge.model import Change, FieldName, trusted_change
from pmbridge_gitlab.fields import decimal, in_scope, label_fields, settled
from pmbridge_gitlab.history import IssueHistory
from pmbridge_gitlab.rows import Row, epic_id, instant, iteration_id, milestone_id, user_id
from pmbridge_gitlab.settings import LabelScopes

OPENED, CLOSED = "opened", "closed"
#: What a milestone event does to the set: taking out is always position 0, putting in always position 1.
_OUT, _IN = 0, 1
#: Where the fields that a label stands for come within its event, after the label itself.
_POSITIONS = {FieldName.PRIORITY: 1, FieldName.SEVERITY: 2, FieldName.POINTS: 3}


#: How each kind of container is named in pmbridge's vocabulary.
_NAMES = {"milestone": milestone_id, "iteration": iteration_id, "epic": epic_id}


@dataclass(frozen=True, slots=True)
class Log:
    """Writes changes of one issue."""

    source: str
    item: str

    def entry(self, history: str, position: int, at: datetime, by: Row | None, field: FieldName, **ends: Any) -> Change:
        """Write one change."""
        return trusted_change(self.source, self.item, history, position, at, user_id(by), field, **ends)


def changes(issue: Row, history: IssueHistory, source: str, scopes: LabelScopes) -> list[Change]:
    """Return all changes of an issue, ordered by instant."""
    log = Log(source, str(issue["id"]))
    found = [
        *state_changes(log, issue, history.states),
        *membership_changes(log, history.milestones, "milestone"),
        *membership_changes(log, history.iterations, "iteration"),
        *membership_changes(log, history.epics, "epic"),
        *label_changes(log, issue, history.labels, scopes),
        *weight_changes(log, history.weights),
        *assignee_changes(log, history.assignees),
        *type_changes(log, history.types),
        *text_changes(log, history.texts),
    ]
    return sorted(found, key=lambda change: change.at)


def text_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield edits of the description, whose texts GitLab keeps to itself: the note's id stands for what came."""
    for event in events:
        at, id_ = instant(event["created_at"]), str(event["id"])
        yield log.entry(f"text-{id_}", 0, at, event.get("user"), FieldName.DESCRIPTION, after=id_)


def in_order(events: Iterable[Row]) -> list[Row]:
    """Sort events by instant; their rank in the telling, or else the id, settles what happened in one moment."""
    return sorted(events, key=lambda event: (instant(event["created_at"]), event.get("rank") or 0, event["id"]))


def state_changes(log: Log, issue: Row, events: Iterable[Row]) -> Iterator[Change]:
    """Yield closings and reopenings; being opened at creation is no event of GitLab.

    Two closings at once, by a person and by a merge, are one: the second one found it closed.
    """
    known: str | None = None
    for event in in_order(events):
        state = CLOSED if event["state"] == CLOSED else OPENED
        if state != known:
            yield _status(log, f"state:{event['id']}", instant(event["created_at"]), event.get("user"), state)
        known = state
    if issue["state"] == CLOSED and known != CLOSED:
        yield _unrecorded_closing(log, issue)


def _unrecorded_closing(log: Log, issue: Row) -> Change:
    # Closings of old versions, of imports and of some merges left no event. Without closed_at, the last update
    # is the latest instant at which it can have happened.
    at = instant(issue.get("closed_at") or issue["updated_at"])
    return _status(log, "closed_at", at, issue.get("closed_by"), CLOSED)


def _status(log: Log, history: str, at: datetime, by: Row | None, after: str) -> Change:
    before = OPENED if after == CLOSED else CLOSED
    names = {"before_name": before, "after_name": after}
    return log.entry(history, 0, at, by, FieldName.STATUS, before=before, after=after, **names)


def membership_changes(log: Log, events: Iterable[Row], kind: str) -> Iterator[Change]:
    """Yield every leaving and entering of a milestone, an iteration or an epic; an issue is in one at most.

    GitLab records only that B came when an issue moves from A to B; that A was left is added here, in the same
    edit. A milestone deleted since is null in its events: what it pushed out is still told.
    """
    current: Row | None = None
    left: set[int] = set()
    for event in in_order(events):
        milestone, adds = event.get(kind), event["action"] == "add"
        stays = _same(milestone, current)
        gone = (None if stays else current) if adds else (milestone or current)
        if gone and gone["id"] not in left:
            left.add(gone["id"])
            yield _membership(log, event, _OUT, gone, kind)
        if adds and milestone and not stays:
            left.discard(milestone["id"])
            yield _membership(log, event, _IN, milestone, kind)
        current = milestone if adds else (None if _same(gone, current) else current)


def _same(one: Row | None, other: Row | None) -> bool:
    return one is not None and other is not None and one["id"] == other["id"]


def _membership(log: Log, event: Row, position: int, milestone: Row, kind: str) -> Change:
    end = "after" if position == _IN else "before"
    values = {end: _NAMES[kind](milestone["id"]), f"{end}_name": milestone.get("title")}
    at = instant(event["created_at"])
    return log.entry(f"{kind}:{event['id']}", position, at, event.get("user"), FieldName.MILESTONES, **values)


def label_changes(log: Log, issue: Row, events: Iterable[Row], scopes: LabelScopes) -> Iterator[Change]:
    """Yield labels coming and going, and the fields that scoped labels stand for.

    A label deleted since has lost its name in the events and cannot be told any more.
    """
    carried: dict[FieldName, list[str]] = {name: [] for name in _POSITIONS}
    scope_of = label_fields(issue, scopes)
    for event in in_order(events):
        label = (event.get("label") or {}).get("name")
        if label is None:
            continue
        ends = _ends(None, label) if event["action"] == "add" else _ends(label, None)
        yield _by_label(log, event, 0, FieldName.LABELS, ends)
        for name, scope in scope_of.items():
            value = in_scope(label, scope)
            before, after = (None, None) if value is None else _moved(name, carried[name], value, event["action"])
            if before != after:
                yield _by_label(log, event, _POSITIONS[name], name, _ends(before, after))


def _moved(name: FieldName, carried: list[str], value: str, action: str) -> tuple[str | None, str | None]:
    """Return what a field was and is; ``carried`` are the values its labels give now, a label never seen was there."""
    if action != "add" and value not in carried:
        carried.append(value)
    before = settled(name, carried)
    if action == "add":
        carried.append(value)
    else:
        carried.remove(value)
    return before, settled(name, carried)


def _ends(before: str | None, after: str | None) -> dict[str, str | None]:
    return {"before": before, "after": after, "before_name": before, "after_name": after}


def _by_label(log: Log, event: Row, position: int, name: FieldName, ends: dict[str, str | None]) -> Change:
    history, at = f"label:{event['id']}", instant(event["created_at"])
    return log.entry(history, position, at, event.get("user"), name, **ends)


def weight_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield estimates; each event holds the new weight, and newer servers the previous one too."""
    previous: str | None = None
    for event in in_order(events):
        before = decimal(event["previous_weight"]) if "previous_weight" in event else previous
        after = decimal(event.get("weight"))
        if before != after:
            at = instant(event["created_at"])
            yield log.entry(
                f"weight:{event['id']}", 0, at, event.get("user"), FieldName.POINTS, before=before, after=after
            )
        previous = after


def assignee_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield who came to hold the issue and who no longer does; several may in one edit."""
    for event in events:
        end = "after" if event["action"] == "add" else "before"
        values = {end: event["who"], f"{end}_name": event["name"]}
        at, history = instant(event["created_at"]), f"assignee:{event['id']}"
        yield log.entry(history, event["place"], at, event.get("user"), FieldName.ASSIGNEES, **values)


def type_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield changes of type, in the words the issue itself has for types."""
    for event in events:
        before, after = (event[end].lower().replace(" ", "_") for end in ("before", "after"))
        at, history = instant(event["created_at"]), f"type:{event['id']}"
        yield log.entry(history, 0, at, event.get("user"), FieldName.TYPE, **_ends(before, after))
