"""What the store knows of one product: the raw matter that every metric is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pmbridge.model.comments import Comment
from pmbridge.model.decisions import Decisions
from pmbridge.model.delivery import Deployment, MergeRequest
from pmbridge.model.items import Change, Item, Link, StatusDefinition, Worklog
from pmbridge.model.milestones import Milestone
from pmbridge.model.refs import Person
from pmbridge.model.tests import Execution, TestCase

#: What stands where nobody has decided anything.
NO_DECISIONS = Decisions()


@dataclass(frozen=True, slots=True)
class MilestoneObservation:
    """Title and dates of a container as one sync saw them first; no tracker keeps that history."""

    source: str
    milestone: str
    seen_at: datetime
    title: str
    start: date | None
    due: date | None


@dataclass(frozen=True, slots=True)
class SourceState:
    """How one source stood at its last sync; ``certificate`` is the JSON form of the run's proof.

    ``interval`` is how long it usually was from one sync to the next, ``None`` before there were some.
    """

    name: str
    kind: str
    url: str
    synced_at: datetime | None = None
    certificate: Mapping[str, object] | None = None
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All rows of one product, in a stable order: items by source and key, changes by instant, history, position.

    Changes may be a tuple, or columns that only become values for who asks (`Changes`).
    """

    items: tuple[Item, ...] = ()
    changes: Sequence[Change] = ()
    milestones: tuple[Milestone, ...] = ()
    links: tuple[Link, ...] = ()
    worklogs: tuple[Worklog, ...] = ()
    people: tuple[Person, ...] = ()
    statuses: tuple[StatusDefinition, ...] = ()
    observations: tuple[MilestoneObservation, ...] = ()
    sources: tuple[SourceState, ...] = field(default=())
    tests: tuple[TestCase, ...] = ()
    executions: tuple[Execution, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    merge_requests: tuple[MergeRequest, ...] = ()
    comments: tuple[Comment, ...] = ()
    decisions: Decisions = NO_DECISIONS
