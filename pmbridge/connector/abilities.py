"""What a connector may be able to do beside the contract; a sync asks each one whether it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from pmbridge.connector.reading import Page, Whereabouts
from pmbridge.model import Comment, Deployment, Execution, Frozen, Instant, Item, MergeRequest, TestCase


@runtime_checkable
class Reconciling(Protocol):
    """A connector that can tell what its tracker no longer shows; one that cannot has deletions as gaps."""

    def list_ids(self, project: str) -> Iterator[str]:
        """Yield the id of every item the tracker shows in a project, and nothing else of it."""

    def find(self, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
        """Look for items directly, given as keys by ids; one answer an item."""


@runtime_checkable
class Tallying(Protocol):
    """A connector whose tracker counts the items of its milestones, and lists them where counts disagree."""

    def list_members(self, project: str, milestone: str) -> Iterator[str]:
        """Yield the id of every item of a project that the tracker shows in a milestone, given as `Milestone.id`."""


class Held(Frozen):
    """What a store holds of a project: all up to ``until``, and how many items; ``since`` is what a run asks from."""

    until: Instant
    since: Instant
    items: int


@runtime_checkable
class Scouting(Protocol):
    """A connector that can see at once in which of many projects nothing happened."""

    def scout(self, held: Mapping[str, Held | None]) -> None:
        """Look at projects before any of them is read in a run, so that those in which nothing happened cost nothing.

        Of a project that was never read to its end nothing is held.
        `Connector.count` and `Connector.fetch_pages` may answer once each from what was seen, and the milestones of
        such projects may be left as they are, as `Reference.unread` says.
        """


class JUnitFile(Frozen):
    """A report as its tool wrote it, with what its run was about; whoever takes it reads it with care."""

    source: str
    project: str
    name: str
    content: bytes
    at: Instant
    build: str | None = None
    commit: str | None = None


class Evidence(Frozen):
    """Tests and executions of a project from one place; ``notes`` say what of it could not be read, and why.

    ``reports`` are files that hold more of them, which a connector hands over unread.
    """

    tests: tuple[TestCase, ...] = ()
    executions: tuple[Execution, ...] = ()
    reports: tuple[JUnitFile, ...] = ()
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


class Delivery(Frozen):
    """Merge requests and deployments of a project; ``notes`` say what of it could not be read, and why."""

    deployments: tuple[Deployment, ...] = ()
    merge_requests: tuple[MergeRequest, ...] = ()
    notes: tuple[str, ...] = ()


@runtime_checkable
class Delivering(Protocol):
    """A connector that knows the code behind the items, and when it reached users.

    What may not be read is told in a note, never raised: the rest of a sync does not depend on it.
    """

    def fetch_delivery(self, project: str, *, since: Instant | None) -> Iterator[Delivery]:
        """Yield what there is of a project, or what was touched since an instant."""


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
        """Yield the comments under some items, with what is ``ours`` marked so; one that may not be read has none."""
