"""GitLab behind the contract that every connector fulfils."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from pmbridge.connector import (
    AcceptanceSource,
    CheckResult,
    Delivery,
    Observation,
    Page,
    Place,
    Reference,
    Step,
    Surface,
    Usage,
    Whereabouts,
    Written,
)
from pmbridge.model import Comment, Instant, Item, MilestoneKind, Person, RefKind
from pmbridge_gitlab import doctor, paths, reference, surfaces, whereabouts
from pmbridge_gitlab.activity import Book
from pmbridge_gitlab.archive import Archive
from pmbridge_gitlab.delivery import DeliveryReader
from pmbridge_gitlab.glossary import make_book
from pmbridge_gitlab.hearing import comments
from pmbridge_gitlab.lookout import Lookout
from pmbridge_gitlab.normalize import Origin, person
from pmbridge_gitlab.pages import PageReader, page_of, unpacked
from pmbridge_gitlab.pipelines import PipelineReports
from pmbridge_gitlab.requirements import RequirementReports
from pmbridge_gitlab.rights import Rights
from pmbridge_gitlab.roads import Road, Roads
from pmbridge_gitlab.rows import user_id
from pmbridge_gitlab.settings import GitlabSettings

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.client_pool import ClientPool


class GitlabConnector:
    """One GitLab server: gitlab.com or self-managed, any tier."""

    Settings: ClassVar[type[BaseModel]] = GitlabSettings
    kind: ClassVar[str] = "gitlab"
    capabilities: ClassVar[frozenset[tuple[Surface, RefKind]]] = surfaces.CAPABILITIES
    milestone_kinds: ClassVar[frozenset[MilestoneKind]] = frozenset(
        {MilestoneKind.MILESTONE, MilestoneKind.ITERATION, MilestoneKind.EPIC}
    )

    def __init__(self, name: str, settings: GitlabSettings, *, owner: str) -> None:
        self.name = name
        self.url = settings.url
        self._settings = settings
        self._owner = owner
        self._numbers: dict[str, str] = {}
        self._roads = Roads(Road.EVENTS if settings.history == "events" else Road.LINKED)

    @cached_property
    def _pool(self) -> ClientPool:
        # The library takes a third of a second to import; a command that asks no tracker must not pay for it.
        from pmbridge_gitlab.client import GitlabClient
        from pmbridge_gitlab.client_pool import ClientPool

        return ClientPool(lambda: GitlabClient(self.name, self._settings), self._settings.connections)

    @property
    def _client(self) -> GitlabClient:
        return self._pool.lead

    @cached_property
    def _rights(self) -> Rights:
        return Rights(self._client)

    @cached_property
    def _lookout(self) -> Lookout:
        return Lookout(self._pool, self.url)

    @cached_property
    def _delivery(self) -> DeliveryReader:
        return DeliveryReader(self._pool, self.name, self._settings.delivery, self._lookout)

    @cached_property
    def _projects(self) -> tuple[str, ...]:
        found = [
            project for group in self._settings.groups for project in reference.group_projects(self._client, group)
        ]
        return tuple(dict.fromkeys((*self._settings.projects, *found)))

    def whoami(self) -> Person:
        """Return the account the token belongs to."""
        return person(self._rights.account, self.name)

    def now(self) -> Instant:
        """Return the server's own clock, to the second."""
        return self._client.ask_clock()

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        """Look at reachability, account, scopes, rights and clock; never raise for a finding."""
        return doctor.diagnose(self._client, self._rights, self._settings, projects)

    def projects(self) -> Sequence[str]:
        """List the configured projects, then those of the configured groups."""
        return self._projects

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        """Read states, members and milestones whole."""
        glances = self._lookout.look(projects)
        wanted = {"iterations": self._settings.iterations, "epics": self._settings.epics}
        return reference.read_reference(self._client, self.name, projects, glances=glances, **wanted)

    def fetch_pages(
        self, project: str, *, since: datetime | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield pages of issues updated at or after ``since`` with their history; resume after ``cursor``."""
        origin = self._origin(project)
        pool = self._pool

        def book() -> Book:
            return make_book(pool.lead, project, reference.milestones, reference.people)

        if cursor is None and self._lookout.nothing_since(project, "issues", since):
            return iter((Page(),))
        archive = Archive(pool, project, book, self._roads)
        return PageReader(pool.scout, archive, origin, since).pages(cursor)

    def normalizes_by(self) -> str | None:
        """Return nothing: an issue's payload says all."""
        return None

    def normalize(self, project: str, raw: Mapping[str, Any], by: str | None) -> Page:
        """Map payloads that an earlier sync kept."""
        found = [unpacked(payload) for payload in raw.values()]
        return page_of(found, self._origin(project))

    def _origin(self, project: str) -> Origin:
        return Origin(self.name, project, self._settings.labels, self._settings.epics)

    def count(self, project: str) -> int | None:
        """Return how many issues the server counts in the project."""
        seen = self._lookout.take(project, "count")
        if seen is not None and seen.count is not None:
            return seen.count
        answer = self._client.get(f"{paths.project(project)}/issues_statistics", scope="all")
        counted = ((answer.get("statistics") or {}).get("counts") or {}).get("all")
        return None if counted is None else int(counted)

    def list_ids(self, project: str) -> Iterator[str]:
        """Yield the id of every issue the server shows in a project."""
        return whereabouts.list_ids(self._client, project, self._roads, self._numbers)

    def find(self, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
        """Look for issues directly, given as keys by ids."""
        return whereabouts.find(self._pool, project, items, self._numbers)

    def acceptance_sources(self) -> Sequence[AcceptanceSource]:
        """Return the pipelines, unless none are to be read, and what is reported on requirements."""
        own = self._settings.pipelines
        runs = (PipelineReports(self._client, self.name, own, self._lookout),) if own.latest else ()
        return (*runs, RequirementReports(self._client, self.name, self._lookout))

    def fetch_delivery(self, project: str, *, since: datetime | None) -> Iterator[Delivery]:
        """Yield merge requests and deployments of a project, or those touched since an instant."""
        return self._delivery.read(project, since)

    def fetch_comments(self, items: Sequence[Item]) -> Iterator[Comment]:
        """Yield what people wrote under some issues."""
        return comments(self._client, self.name, items, lambda: user_id(self._rights.account))

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Report what stands at each place, in the order given."""
        return surfaces.observe(self._client, self._rights, self._owner, places, internal=self._settings.internal_notes)

    def write(self, step: Step) -> Written:
        """Carry out one step; marker and text travel in one request."""
        return surfaces.write(self._client, self._owner, step, internal=self._settings.internal_notes)

    def usage(self) -> Usage:
        """Return requests, writes, bytes and waiting so far; nothing was spent before the first request."""
        return self._pool.usage() if "_pool" in self.__dict__ else Usage()

    def close(self) -> None:
        """Release connections."""
        if "_pool" in self.__dict__:
            self._pool.close()
