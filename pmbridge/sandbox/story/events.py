"""What happens in the simulated project, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at an instant."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonePlanned(Event):
    """A milestone was set up."""

    title: str
    start: date
    due: date
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReleased(Event):
    """A milestone reached its users under ``tag``."""

    title: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """An item was written down."""

    ticket: int
    home: Home
    kind: Kind
    title: str
    by: Person
    body: Body | None
    milestone: str | None
    points: float | None
    priority: int
    labels: tuple[str, ...]
    component: str | None
    assignee: Person | None
    parent: int | None
    affects: str | None
    due: date | None
    restricted: bool
    mirrors: int | None
    reported: int | None = None


class Field(StrEnum):
    """The fields an edit may touch; each value is of the type `Ticket` has for it."""

    STATE = "state"
    OUTCOME = "outcome"
    MILESTONE = "milestone"
    PARENT = "parent"
    ASSIGNEE = "assignee"
    POINTS = "points"
    PRIORITY = "priority"
    BLOCKED = "blocked"
    VERDICT = "verdict"
    BODY = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Event):
    """One save of an item by a person, with every field it changed."""

    ticket: int
    by: Person
    changes: Mapping[Field, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Event):
    """Somebody wrote a comment; ``mention`` names an item whose address closes it."""

    ticket: int
    by: Person
    text: str
    mention: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related(Event):
    """Two items were linked: ``source`` ``relation`` ``target``."""

    source: int
    target: int
    relation: Relation
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked(Event):
    """Somebody logged ``seconds`` of work begun at ``started``."""

    ticket: int
    by: Person
    started: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Case:
    """The result of one test case; ``requirement`` is the item whose key its name begins with."""

    suite: str
    name: str
    status: str
    seconds: float
    requirement: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRan(Event):
    """A nightly pipeline of a GitLab project ended."""

    home: Home
    cases: tuple[Case, ...]

    @property
    def succeeded(self) -> bool:
        """Whether no test case failed."""
        return not any(case.status == "failed" for case in self.cases)
