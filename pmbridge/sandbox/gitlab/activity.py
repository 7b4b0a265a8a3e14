"""The activity of an issue in GitLab's sentences: notes made from its events, between the stored ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from pmbridge.sandbox.gitlab.records import Event, Issue, Note
from pmbridge.sandbox.gitlab.state import GitlabSite

#: What stored notes are about, by how they begin.
_ACTIONS = (
    ("assigned", "assignee"),
    ("unassigned", "assignee"),
    ("changed title", "title"),
    ("changed the description", "description"),
    ("changed due date", "due_date"),
    ("removed due date", "due_date"),
    ("changed type", "issue_type"),
    ("removed parent", "unrelate_from_parent"),
    ("added", "time_tracking"),
    ("marked the checklist item", "task"),
    ("marked", "relate"),
    ("moved", "moved"),
    ("made the issue", "confidential"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One note of the activity; ``kind`` is the class of its global id."""

    kind: str
    id: str
    at: datetime
    by: int
    body: str
    action: str


def activity(site: GitlabSite, issue: Issue) -> list[Told]:
    """Tell what happened to an issue, oldest first."""
    found = [
        *_states(issue),
        *(_milestone(site, event) for event in issue.milestone_events),
        *_labels(site, issue),
        *_weights(issue),
        *(_iteration(event) for event in issue.iteration_events),
        *(_stored(note) for note in issue.notes if note.system),
    ]
    return sorted(found, key=lambda told: told.at)


def _hash(*parts: object) -> str:
    return hashlib.sha1("-".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _synthetic(kind: str, event: Event, body: str, action: str) -> Told:
    return Told(kind, _hash(kind, event.id, event.by), event.at, event.by, body, action)


def _states(issue: Issue) -> Iterator[Told]:
    for event in issue.state_events:
        yield _synthetic("StateNote", event, event.action, "opened" if event.action == "reopened" else event.action)


def _milestone(site: GitlabSite, event: Event) -> Told:
    known = site.milestones.get(event.milestone or 0)
    reference = ""
    if known and known.project is not None:
        reference = f"/{site.projects[known.project].path}%{known.iid}"
    elif known:
        reference = f'/{site.groups[known.group or 0].path}%"{known.title}"'
    words = "removed milestone" if event.action == "remove" else "changed milestone to"
    return _synthetic("MilestoneNote", event, f"{words} {reference}", "milestone")


def _iteration(event: Event) -> Told:
    words = "removed iteration" if event.action == "remove" else "changed iteration to"
    return _synthetic("IterationNote", event, f"{words} *iteration:{event.iteration}", "iteration")


def _labels(site: GitlabSite, issue: Issue) -> Iterator[Told]:
    """Tell of all labels of one moment and account in one note."""
    for (at, by), events in groupby(issue.label_events, key=lambda event: (event.at, event.by)):
        named: dict[str, list[str]] = {"add": [], "remove": []}
        for event in events:
            known = site.labels.get((issue.project, event.label or ""))
            named[event.action].append(f"~{known.id}" if known else "")
        said = [_said(verb, named[action]) for verb, action in (("added", "add"), ("removed", "remove"))]
        yield Told("LabelNote", _hash("LabelNote", at, by), at, by, " and ".join(filter(None, said)), "label")


def _said(verb: str, references: list[str]) -> str:
    there, gone = [word for word in references if word], references.count("")
    parts = [" ".join(there), *([f"{gone} deleted"] if gone else [])]
    noun = "label" if len(references) == 1 else "labels"
    return f"{verb} {' + '.join(filter(None, parts))} {noun}" if references else ""


def _weights(issue: Issue) -> Iterator[Told]:
    former: int | None = None
    for event in issue.weight_events:
        if event.weight is None:
            body = f"removed weight of **{former}**"
        else:
            body = (
                f"set weight to **{event.weight}**"
                if former is None
                else (f"changed weight to **{event.weight}** from **{former}**")
            )
        former = event.weight
        yield _synthetic("WeightNote", event, body, "weight")


def _stored(note: Note) -> Told:
    action = next((action for start, action in _ACTIONS if note.body.startswith(start)), "note")
    if " as parent " in note.body:
        action = "relate_to_parent"
    return Told("Note", str(note.id), note.at, note.by, note.body, action)
