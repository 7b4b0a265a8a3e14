"""The contract between pmbridge and a tracker: what a connector reads, shows and writes, and how it is found.

A connector is a class behind an entry point of the group ``pmbridge.connectors``. It reads pages of normalized rows,
reports what it sees of our own texts, and carries out one step of a plan at a time. It knows no metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from pmbridge.document import Document
from pmbridge.model import (
    Change,
    Comment,
    Execution,
    Frozen,
    Instant,
    Item,
    Link,
    Milestone,
    MilestoneKind,
    Person,
    Ref,
    RefKind,
    StatusDefinition,
    TestCase,
    Worklog,
)

ENTRY_POINT_GROUP = "pmbridge.connectors"


class Surface(StrEnum):
    """The kinds of places we write to, from quiet to loud."""

    DESCRIPTION = "description"
    WIKI = "wiki"
    LABELS = "labels"
    COMMENT = "comment"


class Usage(BaseModel):
    """What a source has cost so far in this run."""

    requests: int = 0
    writes: int = 0
    bytes_received: int = 0
    waited_seconds: float = 0.0


class Reference(Frozen):
    """The small collections of a source that are read whole on every run."""

    statuses: tuple[StatusDefinition, ...] = ()
    people: tuple[Person, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    missing_fields: tuple[str, ...] = ()


class Page(Frozen):
    """Normalized rows that are stored in one transaction together with ``cursor``.

    ``cursor`` is opaque and resumes the reading after this page; ``None`` on the last page. ``changes`` holds the
    complete known history of every item in ``items`` unless ``partial_history`` names it. ``raw`` maps item ids to the
    tracker's payload, so that a later mapping can derive the rows again without asking the tracker.
    ``whole_worklogs`` names the items all of whose worklogs are here: time that was taken back is gone. ``notes`` are
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


class Artifact(Frozen):
    """A text we want to stand somewhere: ``slot`` names it for good, ``watermark`` is the newest datum it rests on.

    ``worth_saying`` is false when there is nothing that would justify a first notification (all green).
    """

    target: Ref
    surface: Surface
    slot: str
    document: Document
    fingerprint: str
    watermark: Instant
    worth_saying: bool = True


class Place(Frozen):
    """Where to look for one artifact."""

    target: Ref
    surface: Surface
    slot: str


class Observation(Frozen):
    """What stands at a place now.

    ``remote_id`` is ``None`` when nothing of ours is there. ``copies`` are the ids of further texts with the same
    marker, oldest first, without ``remote_id``, the oldest. ``fingerprint`` and ``watermark`` come from the marker.
    ``text`` is the visible text on surfaces that cannot hide a marker. ``malformed`` says why a marker that is
    there cannot be trusted (an end without a beginning, for one). ``muted`` is true where people asked us to be silent.
    ``customer_facing`` is true where a comment would reach customers. ``denied`` names the right that is missing to
    write there, ``unseen`` why the place could not be looked at at all.
    """

    place: Place
    remote_id: str | None = None
    fingerprint: str | None = None
    watermark: Instant | None = None
    author_is_me: bool = True
    edited_by_other: bool = False
    copies: tuple[str, ...] = ()
    text: str | None = None
    malformed: str | None = None
    muted: bool = False
    customer_facing: bool = False
    denied: str | None = None
    unseen: str | None = None


class Action(StrEnum):
    """What a step of a plan does."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    KEEP = "KEEP"
    PRUNE = "PRUNE"
    SKIP = "SKIP"
    CONFLICT = "CONFLICT"
    DELETE = "DELETE"


#: The actions that send something to a tracker.
WRITING = frozenset({Action.CREATE, Action.UPDATE, Action.PRUNE, Action.DELETE})


class Step(Frozen):
    """One row of a plan: what will happen at one place, why, and who will be notified of it.

    ``remote_id`` names what is updated or deleted. ``before`` is what stood there when the plan was made: its
    fingerprint, or its visible line. ``takes_over`` says that a person's edit is knowingly overwritten. ``artifact``
    is ``None`` for a deletion.
    """

    place: Place
    action: Action
    reason: str
    artifact: Artifact | None = None
    remote_id: str | None = None
    before: str | None = None
    notifies: str = "nobody"
    takes_over: bool = False


class Written(Frozen):
    """What a write left in the tracker."""

    remote_id: str | None
    url: str | None = None


class CheckStatus(StrEnum):
    """The outcome of one check of the doctor."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class CheckResult(Frozen):
    """One line of the doctor's report: what was looked at, what was found, what to do about it."""

    name: str
    status: CheckStatus
    text: str
    remedy: str | None = None


@runtime_checkable
class Connector(Protocol):
    """One configured source. Every method may raise the `ConnectorError` family and nothing else.

    A connector is made with ``Settings`` (its section of the configuration), the source's name and the owner that
    marks our texts; making it sends no request.
    """

    Settings: ClassVar[type[BaseModel]]
    kind: ClassVar[str]
    capabilities: ClassVar[frozenset[tuple[Surface, RefKind]]]
    milestone_kinds: ClassVar[frozenset[MilestoneKind]]
    name: str
    url: str

    def __init__(self, name: str, settings: Any, *, owner: str) -> None:
        """Keep the settings; send nothing."""

    def whoami(self) -> Person:
        """Return the account the token belongs to."""

    def now(self) -> Instant:
        """Return the tracker's own clock."""

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        """Look at reachability, rights, clock and fields; never raise for a finding."""

    def projects(self) -> Sequence[str]:
        """List the configured projects, groups expanded, in a stable order."""

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        """Read statuses, people and milestones whole."""

    def fetch_pages(
        self, project: str, *, since: Instant | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield pages of items updated at or after ``since`` with their history; resume after ``cursor``."""

    def count(self, project: str) -> int | None:
        """Return how many items the tracker says the project has; ``None`` where it does not say."""

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Report what stands at each place, one observation a place, in the order given."""

    def write(self, step: Step) -> Written:
        """Carry out one step; markers and text travel in one request."""

    def usage(self) -> Usage:
        """Return requests, writes, bytes and waiting so far."""

    def close(self) -> None:
        """Release connections."""


@runtime_checkable
class Reconciling(Protocol):
    """A connector that can tell what its tracker no longer shows; one that cannot has deletions as gaps."""

    def list_ids(self, project: str) -> Iterator[str]:
        """Yield the id of every item the tracker shows in a project, and nothing else of it."""

    def find(self, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
        """Look for items directly, given as keys by ids; one answer an item."""


class Evidence(Frozen):
    """Tests and executions of a project from one place; ``notes`` say what of it could not be read, and why."""

    tests: tuple[TestCase, ...] = ()
    executions: tuple[Execution, ...] = ()
    notes: tuple[str, ...] = ()


@runtime_checkable
class AcceptanceSource(Protocol):
    """A place that holds tests and their executions: a tracker's pipelines, or an app for managing tests.

    What may not be read is told in a note, never raised: the rest of a sync does not depend on it.
    """

    def fetch_evidence(self, project: str, *, since: Instant | None) -> Iterator[Evidence]:
        """Yield what there is of a project, or what is new since an instant."""


@runtime_checkable
class Proving(Protocol):
    """A connector that knows places with evidence of acceptance."""

    def acceptance_sources(self) -> Sequence[AcceptanceSource]:
        """Return the places, in the order in which they are read."""


@runtime_checkable
class Normalizing(Protocol):
    """A connector that derives rows again from payloads it once put into ``Page.raw``, without asking its tracker."""

    def normalizes_by(self) -> str | None:
        """Return what this run learned of the tracker that `normalize` needs, to be kept beside the payloads."""

    def normalize(self, project: str, raw: Mapping[str, Any], by: str | None) -> Page:
        """Map payloads of a project, given by item, with today's settings; sends nothing."""


@runtime_checkable
class Hearing(Protocol):
    """A connector that can tell what people wrote under an item."""

    def fetch_comments(self, items: Sequence[Item]) -> Iterator[Comment]:
        """Yield the comments that people wrote under some items; one that may not be read has none."""


def names(group: Callable[[], Iterable[EntryPoint]] | None = None) -> dict[str, EntryPoint]:
    """List the installed connectors by name without importing one."""
    found = group() if group else entry_points(group=ENTRY_POINT_GROUP)
    return {point.name: point for point in sorted(found, key=lambda p: p.name)}


def load(name: str) -> type[Connector]:
    """Import one connector; raises `KeyError` for an unknown name and `ImportError` if its client is missing."""
    loaded: type[Connector] = names()[name].load()
    return loaded
