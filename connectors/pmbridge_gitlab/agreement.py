"""Whether a told history ends where the issue stands now; pure."""

from __future__ import annotations

from pmbridge_gitlab.activity import Told
from pmbridge_gitlab.fields import label_names
from pmbridge_gitlab.rows import Row


def agrees(issue: Row, events: Told) -> bool:
    """Play the events of an issue from its beginning; each field must end at its present value."""
    fields = (_state, _labels, _weight)
    return (
        all(fits(issue, events) for fits in fields)
        and _container(issue, events.milestones, "milestone")
        and ("iteration" not in issue or _container(issue, events.iterations, "iteration"))
    )


def _state(issue: Row, events: Told) -> bool:
    last = events.states[-1]["state"] if events.states else "opened"
    return bool((last == "closed") == (issue["state"] == "closed"))


def _container(issue: Row, events: list[Row], kind: str) -> bool:
    current: Row | None = None
    for event in events:
        named = event[kind]
        if event["action"] == "add":
            current = named
        elif named is None or current is None or named["id"] == current["id"]:
            current = None
    return (current or {}).get("id") == (issue.get(kind) or {}).get("id")


def _labels(issue: Row, events: Told) -> bool:
    carried: set[str] = set()
    for event in events.labels:
        name = (event["label"] or {}).get("name")
        if name is not None:
            (carried.add if event["action"] == "add" else carried.discard)(name)
    return carried == set(label_names(issue))


def _weight(issue: Row, events: Told) -> bool:
    if "weight" not in issue:
        return True
    last = events.weights[-1]["weight"] if events.weights else None
    return bool(last == issue["weight"])
