"""What every connector fulfils."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from pmbridge.connector.doctor import CheckResult
from pmbridge.connector.reading import Page, Reference, Usage
from pmbridge.connector.writing import Observation, Place, Step, Surface, Written
from pmbridge.model import Instant, MilestoneKind, Person, RefKind


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
