"""Items, their changes, links and worklogs: what people work on and what happened to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pmbridge.model.refs import Frozen, Instant
from pmbridge.model.trusted import put_extra, put_given, put_private, put_values


class StatusCategory(StrEnum):
    """Where an item stands, in the six words every tracker's statuses are mapped to."""

    TODO = "todo"
    ACTIVE = "active"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    UNMAPPED = "unmapped"


class Level(StrEnum):
    """The level of an item in its tracker's hierarchy; metrics count at one level only."""

    EPIC = "epic"
    STANDARD = "standard"
    SUBTASK = "subtask"


class Check(Frozen):
    """One box of a checklist in an item's description."""

    text: str
    ticked: bool


class StatusDefinition(Frozen):
    """A status as the tracker defines it. ``id`` is what changes refer to; names may be renamed."""

    source: str
    id: str
    name: str
    category: StatusCategory


class RemoteLink(Frozen):
    """A link from an item to a page outside its tracker; ``relationship`` in the tracker's words."""

    url: str
    title: str = ""
    relationship: str = ""


class Item(Frozen):
    """An issue of any tracker, as it is now.

    ``milestones`` holds the ids of every milestone of the same source it belongs to (see `Milestone.id`).
    ``type``, ``status_name``, ``priority`` and ``resolution`` are the tracker's own words. ``points`` is the
    estimate in points or weight, ``*_seconds`` are time tracking. ``restricted`` items never show their title
    outside their own ticket. ``also_at`` are other addresses of the same page. Absent is ``None``, never 0 or an empty
    text.
    """

    source: str
    id: str
    key: str
    project: str
    url: str
    title: str
    type: str
    level: Level = Level.STANDARD
    status: str
    status_name: str
    category: StatusCategory
    resolution: str | None = None
    created_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None
    author: str | None = None
    assignees: tuple[str, ...] = ()
    priority: str | None = None
    severity: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    affects: tuple[str, ...] = ()
    parent: str | None = None
    points: float | None = None
    estimate_seconds: int | None = None
    remaining_seconds: int | None = None
    spent_seconds: int | None = None
    start: date | None = None
    due: date | None = None
    flagged: bool = False
    restricted: bool = False
    customer_facing: bool = False
    description: str | None = None
    checklist: tuple[Check, ...] = ()
    remote_links: tuple[RemoteLink, ...] = ()
    also_at: tuple[str, ...] = ()


class FieldName(StrEnum):
    """The fields whose history is kept, in one vocabulary for all trackers.

    ``milestones``, ``labels``, ``assignees``, ``components`` and ``affects`` are sets: a change of theirs takes one
    value out (``before``) or puts one in (``after``). The others are scalars that go from ``before`` to ``after``.
    """

    STATUS = "status"
    RESOLUTION = "resolution"
    MILESTONES = "milestones"
    POINTS = "points"
    ASSIGNEES = "assignees"
    LABELS = "labels"
    COMPONENTS = "components"
    AFFECTS = "affects"
    PRIORITY = "priority"
    SEVERITY = "severity"
    TYPE = "type"
    TITLE = "title"
    DESCRIPTION = "description"
    DUE = "due"
    PARENT = "parent"
    FLAGGED = "flagged"
    PROJECT = "project"
    ESTIMATE = "estimate"


#: Fields that hold several values at once.
SET_FIELDS = frozenset(
    {FieldName.MILESTONES, FieldName.LABELS, FieldName.ASSIGNEES, FieldName.COMPONENTS, FieldName.AFFECTS}
)


class Change(Frozen):
    """One field of one item changing at one instant.

    Its identity is ``(source, item, history, position)``: the tracker's id of the edit and the place within it, so
    that two changes of one field in one edit are two. Ids stand in ``before`` and ``after``, the names of the
    time in ``before_name`` and ``after_name``. Points are written as plain decimals, dates as ``yyyy-mm-dd``,
    flags as ``true`` or ``None``, seconds as integers.
    """

    source: str
    item: str
    history: str
    position: int
    at: Instant
    author: str | None = None
    field: FieldName
    before: str | None = None
    after: str | None = None
    before_name: str | None = None
    after_name: str | None = None

    @property
    def identity(self) -> str:
        """The change's id as reports print it."""
        return f"{self.source}:{self.item}:{self.history}:{self.position}"


_new, _GIVEN = Change.__new__, set(Change.model_fields)


def trusted_change(
    source: str,
    item: str,
    history: str,
    position: int,
    at: datetime,
    author: str | None,
    field: FieldName,
    before: str | None = None,
    after: str | None = None,
    before_name: str | None = None,
    after_name: str | None = None,
) -> Change:
    """Make a change of values whose types are known to be right, ``at`` in UTC; histories hold them by the million.

    It equals what `Change` makes, without looking at every value once more.
    """
    made = _new(Change)
    values = {
        "source": source,
        "item": item,
        "history": history,
        "position": position,
        "at": at,
        "author": author,
        "field": field,
        "before": before,
        "after": after,
        "before_name": before_name,
        "after_name": after_name,
    }
    put_values(made, values)
    put_given(made, _GIVEN)
    put_extra(made, None)
    put_private(made, None)
    return made


class LinkKind(StrEnum):
    """What a link means, read from its source end."""

    BLOCKS = "blocks"
    DUPLICATES = "duplicates"
    TESTS = "tests"
    CAUSES = "causes"
    MIRRORS = "mirrors"
    SPLITS = "splits"
    RELATES = "relates"
    OTHER = "other"


class Link(Frozen):
    """A directed link between two items of one source: ``item`` ``phrase`` ``target``.

    ``kind`` is the meaning from ``item`` to ``target``; ``type`` and ``phrase`` are the tracker's words. A link is
    stored once, from its source end, whichever end it was read from.
    """

    source: str
    id: str
    item: str
    target: str
    kind: LinkKind
    type: str
    phrase: str


class Worklog(Frozen):
    """Time spent on an item by a person; ``started_at`` is when the work was done, not when it was entered."""

    source: str
    id: str
    item: str
    author: str | None
    started_at: Instant
    seconds: int
