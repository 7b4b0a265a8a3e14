"""Whether a told history ends where the issue stands now; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pmbridge_gitlab.activity import Told
from pmbridge_gitlab.changes import in_order
from pmbridge_gitlab.fields import label_names
from pmbridge_gitlab.history import IssueHistory
from pmbridge_gitlab.rows import Row, instant

#: Servers record every kind of event since 13.3; of older issues, and of imported ones, less is known.
_RECORDED_SINCE = datetime(2021, 1, 1, tzinfo=UTC)


def agrees(issue: Row, events: Told | IssueHistory) -> bool:
    """Play the events of an issue from its beginning; each field must end at its present value."""
    fields = (_state, _labels, _weight)
    return (
        all(fits(issue, events) for fits in fields)
        and _container(issue, events.milestones, "milestone")
        and ("iteration" not in issue or _container(issue, events.iterations, "iteration"))
    )


def is_recorded(issue: Row) -> bool:
    """Tell whether a server must have recorded everything that happened to an issue."""
    return instant(issue["created_at"]) >= _RECORDED_SINCE and not issue.get("imported")


def agrees_on_epic(parent: Row | None, events: Told | IssueHistory) -> bool:
    """Tell whether the moves between epics end in the present one."""
    return _text(_ends(events.epics, "epic")) == _text((parent or {}).get("id"))


def _state(issue: Row, events: Told | IssueHistory) -> bool:
    last = in_order(events.states)[-1]["state"] if events.states else "opened"
    return bool((last == "closed") == (issue["state"] == "closed"))


def _container(issue: Row, events: list[Row], kind: str) -> bool:
    return _text(_ends(events, kind)) == _text((issue.get(kind) or {}).get("id"))


def _ends(events: list[Row], kind: str) -> Any:
    """Return the id of the container that the last move led into."""
    current: Row | None = None
    for event in in_order(events):
        named = event[kind]
        if event["action"] == "add":
            current = named
        elif named is None or current is None or named["id"] == current["id"]:
            current = None
    return (current or {}).get("id")


def _labels(issue: Row, events: Told | IssueHistory) -> bool:
    carried: set[str] = set()
    for event in in_order(events.labels):
        name = (event["label"] or {}).get("name")
        if name is not None:
            (carried.add if event["action"] == "add" else carried.discard)(name)
    return carried == set(label_names(issue))


def _weight(issue: Row, events: Told | IssueHistory) -> bool:
    if "weight" not in issue:
        return True
    last = in_order(events.weights)[-1]["weight"] if events.weights else None
    return _text(last) == _text(issue["weight"])


def _text(value: Any) -> str | None:
    """Write a number as text: some servers send one, some the other."""
    return None if value is None else str(value)
