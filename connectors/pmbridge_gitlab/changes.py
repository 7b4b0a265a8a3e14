"""What happened to an issue, from the event lists that GitLab keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter, ge

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
_AT = attrgetter("at")

#: How each kind of container is named in pmbridge's vocabulary.
_NAMES = {"milestone": milestone_id, "iteration": iteration_id, "epic": epic_id}


@dataclass(frozen=True, slots=True)
class Log:
    """Writes changes of one issue."""

    source: str
    item: str

    def of(
        self,
        event: Row,
        history: str,
        position: int,
        field: FieldName,
        before: str | None,
        after: str | None,
        before_name: str | None = None,
        after_name: str | None = None,
    ) -> Change:
        """Write one change that an event made."""
        at, by = instant(event["created_at"]), user_id(event.get("user"))
        names = before_name, after_name
        return trusted_change(self.source, self.item, history, position, at, by, field, before, after, *names)


def changes(issue: Row, history: IssueHistory, source: str, scopes: LabelScopes) -> list[Change]:
    """Return all changes of an issue, ordered by instant."""
    log = Log(source, str(issue["id"]))
    found = [*state_changes(log, issue, history.states)]
    for kind in _NAMES:
        if events := getattr(history, f"{kind}s"):
            found += membership_changes(log, events, kind)
    if history.labels:
        found += label_changes(log, issue, history.labels, scopes)
    for events, read in (
        (history.weights, weight_changes),
        (history.assignees, assignee_changes),
        (history.types, type_changes),
        (history.texts, text_changes),
    ):
        if events:
            found += read(log, events)
    return sorted(found, key=_AT)


def text_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield edits of the description, whose texts GitLab keeps to itself: the note's id stands for what came."""
    for event in events:
        id_ = str(event["id"])
        yield log.of(event, f"text-{id_}", 0, FieldName.DESCRIPTION, None, id_)


def in_order(events: Iterable[Row]) -> list[Row]:
    """Sort events by instant; their rank in the telling, or else the id, settles what happened in one moment."""
    found = list(events)
    moments = [instant(event["created_at"]) for event in found]
    # They nearly always come in their order.
    if any(map(ge, moments, moments[1:])):
        found.sort(key=lambda event: (instant(event["created_at"]), event.get("rank") or 0, event["id"]))
    return found


def state_changes(log: Log, issue: Row, events: Iterable[Row]) -> Iterator[Change]:
    """Yield closings and reopenings; being opened at creation is no event of GitLab.

    Two closings at once, by a person and by a merge, are one: the second one found it closed.
    """
    known: str | None = None
    for event in in_order(events):
        state = CLOSED if event["state"] == CLOSED else OPENED
        if state != known:
            before = OPENED if state == CLOSED else CLOSED
            yield log.of(event, f"state:{event['id']}", 0, FieldName.STATUS, before, state, before, state)
        known = state
    if issue["state"] == CLOSED and known != CLOSED:
        yield _unrecorded_closing(log, issue)


def _unrecorded_closing(log: Log, issue: Row) -> Change:
    # Closings of old versions, of imports and of some merges left no event. Without closed_at, the last update
    # is the latest instant at which it can have happened.
    event = {"created_at": issue.get("closed_at") or issue["updated_at"], "user": issue.get("closed_by")}
    return log.of(event, "closed_at", 0, FieldName.STATUS, OPENED, CLOSED, OPENED, CLOSED)


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
    history, id_, title = f"{kind}:{event['id']}", _NAMES[kind](milestone["id"]), milestone.get("title")
    if position == _IN:
        return log.of(event, history, _IN, FieldName.MILESTONES, None, id_, None, title)
    return log.of(event, history, _OUT, FieldName.MILESTONES, id_, None, title, None)


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
        history = f"label:{event['id']}"
        ends: tuple[str | None, str | None] = (None, label) if event["action"] == "add" else (label, None)
        yield log.of(event, history, 0, FieldName.LABELS, *ends, *ends)
        for name, scope in scope_of.items():
            value = in_scope(label, scope)
            ends = (None, None) if value is None else _moved(name, carried[name], value, event["action"])
            if ends[0] != ends[1]:
                yield log.of(event, history, _POSITIONS[name], name, *ends, *ends)


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


def weight_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield estimates; each event holds the new weight, and newer servers the previous one too."""
    previous: str | None = None
    for event in in_order(events):
        before = decimal(event["previous_weight"]) if "previous_weight" in event else previous
        after = decimal(event.get("weight"))
        if before != after:
            yield log.of(event, f"weight:{event['id']}", 0, FieldName.POINTS, before, after)
        previous = after


def assignee_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield who came to hold the issue and who no longer does; several may in one edit."""
    for event in events:
        history, place, who, name = f"assignee:{event['id']}", event["place"], event["who"], event["name"]
        if event["action"] == "add":
            yield log.of(event, history, place, FieldName.ASSIGNEES, None, who, None, name)
        else:
            yield log.of(event, history, place, FieldName.ASSIGNEES, who, None, name, None)


def type_changes(log: Log, events: Iterable[Row]) -> Iterator[Change]:
    """Yield changes of type, in the words the issue itself has for types."""
    for event in events:
        before, after = (event[end].lower().replace(" ", "_") for end in ("before", "after"))
        yield log.of(event, f"type:{event['id']}", 0, FieldName.TYPE, before, after, before, after)
