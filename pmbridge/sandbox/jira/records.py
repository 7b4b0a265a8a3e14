"""The records a sandbox Jira keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Adf = dict[str, Any]


@dataclass(slots=True)
class User:
    """An account; ``zone`` is the IANA name of the time zone of its profile."""

    id: str
    name: str
    email: str
    bot: bool = False
    zone: str = "UTC"


@dataclass(slots=True)
class Project:
    """A project; ``last`` is the number of its newest key. ``service_desk`` makes comments reach customers."""

    id: str
    key: str
    name: str
    lead: str
    service_desk: bool = False
    last: int = 0


@dataclass(slots=True)
class Version:
    """A version of the project with the key ``project``."""

    id: str
    project: str
    name: str
    description: str = ""
    start: date | None = None
    release_date: date | None = None
    released: bool = False
    archived: bool = False


@dataclass(slots=True)
class Component:
    """A component of a project."""

    id: str
    project: str
    name: str


@dataclass(slots=True)
class Board:
    """A scrum board of a project."""

    id: int
    project: str
    name: str


@dataclass(slots=True)
class Sprint:
    """A sprint; ``state`` is ``future``, ``active`` or ``closed``."""

    id: int
    board: int
    name: str
    state: str = "future"
    start: datetime | None = None
    end: datetime | None = None
    completed: datetime | None = None
    goal: str = ""


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """One changed field of an edit: ids in ``before`` and ``after``, words in the texts."""

    field: str
    field_id: str | None
    before: str | None
    before_text: str | None
    after: str | None
    after_text: str | None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """One edit of an issue."""

    id: int
    at: datetime
    by: str
    items: tuple[ChangeItem, ...]


@dataclass(slots=True)
class Comment:
    """A comment with its entity properties."""

    id: str
    issue: str
    by: str
    at: datetime
    body: Adf
    updated: datetime
    updated_by: str
    public: bool = True
    visibility: dict[str, Any] | None = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Worklog:
    """Time spent; ``started`` is when the work was done, ``at`` when it was entered."""

    id: str
    issue: str
    by: str
    started: datetime
    at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the issue id ``source`` to ``target`` in the words of the type's outward phrase."""

    id: str
    type: str
    source: str
    target: str


@dataclass(slots=True)
class RemoteLink:
    """A link from an issue to a page elsewhere."""

    id: int
    issue: str
    url: str
    title: str
    relationship: str | None = None
    global_id: str | None = None
    summary: str | None = None
    application: dict[str, Any] = field(default_factory=dict)
    icon: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Issue:
    """An issue as it is now with its history; references are ids."""

    id: str
    key: str
    project: str
    type: str
    summary: str
    created: datetime
    updated: datetime
    by: str
    status: str
    description: Adf | None = None
    parent: str | None = None
    priority: str = "3"
    resolution: str | None = None
    resolved: datetime | None = None
    category_changed: datetime | None = None
    assignee: str | None = None
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    fix_versions: list[str] = field(default_factory=list)
    affects: list[str] = field(default_factory=list)
    sprints: list[str] = field(default_factory=list)
    points: float | None = None
    flagged: bool = False
    restricted: bool = False
    archived: datetime | None = None
    due: date | None = None
    histories: list[History] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    worklogs: list[Worklog] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    remote_links: list[RemoteLink] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
