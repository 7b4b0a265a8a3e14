"""The records a sandbox GitLab keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class User:
    """An account."""

    id: int
    username: str
    name: str
    bot: bool = False


@dataclass(slots=True)
class Group:
    """A top-level group or a subgroup, by its full path."""

    id: int
    path: str
    name: str


@dataclass(slots=True)
class Project:
    """A project; ``last`` is the iid of its newest issue."""

    id: int
    path: str
    name: str
    created: datetime
    last: int = 0
    last_milestone: int = 0
    archived: bool = False


@dataclass(slots=True)
class Label:
    """A label of a project."""

    id: int
    project: int
    name: str
    color: str
    description: str = ""


@dataclass(slots=True)
class Milestone:
    """A milestone of a project or, when ``group`` is set, of a group."""

    id: int
    iid: int
    title: str
    created: datetime
    updated: datetime
    project: int | None = None
    group: int | None = None
    description: str = ""
    state: str = "active"
    start: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One resource event: ``action`` is ``add`` or ``remove`` of ``label`` or ``milestone``, a state, or a weight."""

    id: int
    at: datetime
    by: int
    action: str = ""
    label: str | None = None
    milestone: int | None = None
    weight: int | None = None
    iteration: int | None = None


@dataclass(slots=True)
class Iteration:
    """A stretch of time a group plans with."""

    id: int
    iid: int
    group: int
    start: date
    due: date
    created: datetime
    title: str | None = None


@dataclass(slots=True)
class Epic:
    """A work item of a group that others belong to; ``id`` is that of the work item."""

    id: int
    iid: int
    group: int
    title: str
    created: datetime
    updated: datetime
    description: str | None = None
    state: str = "opened"
    closed: datetime | None = None
    start: date | None = None
    due: date | None = None
    type: str = "epic"


@dataclass(frozen=True, slots=True)
class TestReport:
    """What a pipeline, or a person, found of a requirement: ``passed`` or ``failed``."""

    id: int
    issue: int
    state: str
    at: datetime
    by: int | None


@dataclass(slots=True)
class Note:
    """A comment, or the record of a change when ``system``."""

    id: int
    issue: int
    by: int
    at: datetime
    updated: datetime
    body: str
    system: bool = False
    internal: bool = False


@dataclass(frozen=True, slots=True)
class TimeLog:
    """Time spent on an issue."""

    id: int
    issue: int
    by: int
    spent_at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class IssueLink:
    """A link between two issues; ``source`` relates to, or blocks, ``target``."""

    id: int
    source: int
    target: int
    blocks: bool
    at: datetime


@dataclass(slots=True)
class Issue:
    """An issue as it is now with its events and notes; references are ids, labels are names."""

    id: int
    iid: int
    project: int
    title: str
    created: datetime
    updated: datetime
    by: int
    description: str | None = None
    type: str = "issue"
    state: str = "opened"
    closed: datetime | None = None
    closed_by: int | None = None
    labels: list[str] = field(default_factory=list)
    milestone: int | None = None
    assignees: list[int] = field(default_factory=list)
    weight: int | None = None
    due: date | None = None
    confidential: bool = False
    moved_to: int | None = None
    parent: int | None = None
    iteration: int | None = None
    iteration_events: list[Event] = field(default_factory=list)
    state_events: list[Event] = field(default_factory=list)
    label_events: list[Event] = field(default_factory=list)
    milestone_events: list[Event] = field(default_factory=list)
    weight_events: list[Event] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    time_logs: list[TimeLog] = field(default_factory=list)
    links: list[IssueLink] = field(default_factory=list)


@dataclass(slots=True)
class Release:
    """A release of a tag with the ids of its milestones."""

    project: int
    tag: str
    released_at: datetime
    milestones: tuple[int, ...] = ()


@dataclass(slots=True)
class Environment:
    """A place a project is deployed to; ``tier`` is ``production``, ``staging``, ..."""

    id: int
    project: int
    name: str
    tier: str
    created: datetime


@dataclass(slots=True)
class Deployment:
    """One deployment to an environment."""

    id: int
    iid: int
    project: int
    environment: int
    finished_at: datetime | None
    ref: str
    sha: str
    status: str
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote under a merge request, or with ``action`` did to it: ``approved``, ``merged``, ``closed``.

    ``thread`` is the id of the thread it belongs to, which can be resolved; a plain comment has none.
    """

    id: int
    by: int
    at: datetime
    body: str
    action: str | None = None
    thread: int | None = None


@dataclass(slots=True)
class MergeRequest:
    """A merge request as it is now; ``closes`` are the ids of the issues it closes when it is merged."""

    id: int
    iid: int
    project: int
    title: str
    branch: str
    by: int
    created: datetime
    updated: datetime
    sha: str
    description: str = ""
    target: str = "main"
    draft: bool = False
    state: str = "opened"
    reviewers: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    merged: datetime | None = None
    closed: datetime | None = None
    ended_by: int | None = None
    merge_commit: str | None = None
    remarks: list[Remark] = field(default_factory=list)
    approvals_required: int = 0
    resolved: set[int] = field(default_factory=set)

    @property
    def threads(self) -> set[int]:
        """The ids of its threads."""
        return {remark.thread for remark in self.remarks if remark.thread is not None}

    @property
    def approvers(self) -> list[int]:
        """Who approved it, each once."""
        return list(dict.fromkeys(remark.by for remark in self.remarks if remark.action == "approved"))


@dataclass(slots=True)
class Pipeline:
    """A pipeline with the suites of its test report, as given, and the texts its jobs keep, by job and path."""

    id: int
    iid: int
    project: int
    ref: str
    sha: str
    at: datetime
    status: str
    test_suites: tuple[dict[str, Any], ...] = ()
    artifacts: dict[str, dict[str, str]] = field(default_factory=dict)
