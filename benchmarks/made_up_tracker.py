"""A tracker of a made-up organisation in memory, as slow to answer as a real one is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel

from benchmarks.organisation import END, SOURCE, Organisation
from pmbridge.connector import CheckResult, Observation, Page, Place, Reference, Step, Usage, Written
from pmbridge.model import Instant, MilestoneKind, Person


class NoSettings(BaseModel):
    """There is nothing to configure."""


class MadeUpTracker:
    """A connector to an organisation that changes no more: after a first read there is nothing new."""

    Settings: ClassVar[type[BaseModel]] = NoSettings
    kind: ClassVar[str] = "made-up"
    capabilities: ClassVar[frozenset[Any]] = frozenset()
    milestone_kinds: ClassVar[frozenset[MilestoneKind]] = frozenset({MilestoneKind.VERSION})
    name = SOURCE
    url = "https://jira.example"

    def __init__(self, organisation: Organisation, latency: float = 0.0) -> None:
        self._organisation = organisation
        self._latency = latency
        self._usage = Usage()

    def whoami(self) -> Person:
        """Return the account of the benchmark."""
        return Person(source=SOURCE, id="bench", name="Bench")

    def now(self) -> Instant:
        """Return an instant after the last change."""
        self._answer()
        return END + timedelta(days=1)

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        """Find nothing."""
        return iter(())

    def projects(self) -> Sequence[str]:
        """List all projects."""
        return self._organisation.names

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        """Return the reference of the organisation, with the milestones of these projects only."""
        self._answer()
        whole, wanted = self._organisation.reference(), set(projects)
        return whole.model_copy(update={"milestones": tuple(m for m in whole.milestones if m.project in wanted)})

    def fetch_pages(
        self, project: str, *, since: Instant | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield everything to whoever has nothing yet."""
        self._answer()
        if since is None:
            for number, page in enumerate(self._organisation.pages(int(project[1:]))):
                self._answer()
                yield page.model_copy(update={"cursor": str(number)})

    def count(self, project: str) -> int | None:
        """Count the items of a project."""
        self._answer()
        return self._organisation.count(int(project[1:]))

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """See nothing of ours anywhere."""
        return (Observation(place=place) for place in places)

    def write(self, step: Step) -> Written:
        """Refuse: a benchmark writes nowhere."""
        raise NotImplementedError(step)

    def usage(self) -> Usage:
        """Return how often it was asked."""
        return self._usage

    def close(self) -> None:
        """Do nothing."""

    def _answer(self) -> None:
        self._usage.requests += 1
        time.sleep(self._latency)


def part(organisation: Organisation, projects: int) -> Organisation:
    """Return an organisation of the first projects only."""
    return replace(organisation, projects=projects)
