"""What a connector hands over when it reads: small collections whole, items page by page, whereabouts one by one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from pmbridge.model import Change, Execution, Frozen, Item, Link, Milestone, Person, StatusDefinition, TestCase, Worklog


class Usage(BaseModel):
    """What a source has cost so far in this run."""

    requests: int = 0
    writes: int = 0
    bytes_received: int = 0
    waited_seconds: float = 0.0


class Tally(Frozen):
    """How many items a milestone has by its tracker's own count."""

    project: str
    milestone: str
    items: int


class Reference(Frozen):
    """The small collections of a source that are read whole on every run; ``tallies`` where the tracker counts.

    ``unread`` are projects in which nothing happened, whose milestones were read so lately that they were left out.
    """

    statuses: tuple[StatusDefinition, ...] = ()
    people: tuple[Person, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    missing_fields: tuple[str, ...] = ()
    tallies: tuple[Tally, ...] = ()
    unread: tuple[str, ...] = ()


class Page(Frozen):
    """Normalized rows that are stored in one transaction together with ``cursor``.

    ``cursor`` is opaque and resumes the reading after this page; ``None`` on the last page. ``changes`` holds the
    complete known history of every item in ``items`` unless ``partial_history`` names it. ``raw`` maps item ids to the
    tracker's payload, so that a later mapping can derive the rows again without asking the tracker.
    ``whole_worklogs`` names the items all of whose worklogs are here: time that was taken back is gone.
    ``gone_worklogs`` are ids of worklogs that the tracker says are deleted, of whatever item. ``notes`` are
    sentences for the proof of the run: how something was read, and what that way cannot see.
    """

    items: tuple[Item, ...] = ()
    changes: tuple[Change, ...] = ()
    links: tuple[Link, ...] = ()
    worklogs: tuple[Worklog, ...] = ()
    people: tuple[Person, ...] = ()
    tests: tuple[TestCase, ...] = ()
    executions: tuple[Execution, ...] = ()
    raw: Mapping[str, Any] = {}
    partial_history: tuple[str, ...] = ()
    whole_worklogs: tuple[str, ...] = ()
    gone_worklogs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cursor: str | None = None


class Finding(StrEnum):
    """What a direct look at an item showed that a listing of its project left out."""

    HERE = "here"
    MOVED = "moved"
    ARCHIVED = "archived"
    GONE = "gone"


class Whereabouts(Frozen):
    """Where an item is now.

    ``key`` is what it is called today, where it was found. `Finding.GONE` is deleted or hidden from this token:
    trackers do not tell the one from the other.
    """

    item: str
    finding: Finding
    key: str | None = None
