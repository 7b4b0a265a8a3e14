"""GitLab behind the contract that every connector fulfils."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from pmbridge.connector import CheckResult, Observation, Page, Place, Reference, Step, Surface, Usage, Written
from pmbridge.model import Instant, MilestoneKind, Person
from pmbridge_gitlab import doctor, paths, reference, surfaces
from pmbridge_gitlab.normalize import Origin, person
from pmbridge_gitlab.pages import PageReader
from pmbridge_gitlab.rights import Rights
from pmbridge_gitlab.settings import GitlabSettings

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.crew import Crew


class GitlabConnector:
    """One GitLab server: gitlab.com or self-managed, any tier."""

    Settings: ClassVar[type[BaseModel]] = GitlabSettings
    kind: ClassVar[str] = "gitlab"
    capabilities: ClassVar[frozenset[tuple[Surface, str]]] = surfaces.CAPABILITIES
    milestone_kinds: ClassVar[frozenset[MilestoneKind]] = frozenset({MilestoneKind.MILESTONE})

    def __init__(self, name: str, settings: GitlabSettings, *, owner: str) -> None:
        self.name = name
        self.url = settings.url
        self._settings = settings
        self._owner = owner

    @cached_property
    def _crew(self) -> Crew:
        # The library takes a third of a second to import; a command that asks no tracker must not pay for it.
        from pmbridge_gitlab.client import GitlabClient
        from pmbridge_gitlab.crew import Crew

        return Crew(lambda: GitlabClient(self.name, self._settings), self._settings.connections)

    @property
    def _client(self) -> GitlabClient:
        return self._crew.lead

    @cached_property
    def _rights(self) -> Rights:
        return Rights(self._client)

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
        return self._client.clock()

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        """Look at reachability, account, scopes, rights and clock; never raise for a finding."""
        return doctor.diagnose(self._client, self._rights, projects)

    def projects(self) -> Sequence[str]:
        """List the configured projects, then those of the configured groups."""
        return self._projects

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        """Read states, members and milestones whole."""
        return reference.read_reference(self._client, self.name, projects)

    def fetch_pages(
        self, project: str, *, since: datetime | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield pages of issues updated at or after ``since`` with their history; resume after ``cursor``."""
        origin = Origin(self.name, project, self._settings.labels)
        return PageReader(self._crew, origin, since).pages(cursor)

    def count(self, project: str) -> int | None:
        """Return how many issues the server counts in the project."""
        answer = self._client.get(f"{paths.project(project)}/issues_statistics", scope="all")
        counted = ((answer.get("statistics") or {}).get("counts") or {}).get("all")
        return None if counted is None else int(counted)

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Report what stands at each place, in the order given."""
        return surfaces.observe(self._client, self._rights, self._owner, places, internal=self._settings.internal_notes)

    def write(self, step: Step) -> Written:
        """Carry out one step; marker and text travel in one request."""
        return surfaces.write(self._client, self._owner, step, internal=self._settings.internal_notes)

    def usage(self) -> Usage:
        """Return requests, writes, bytes and waiting so far; nothing was spent before the first request."""
        return self._crew.usage() if "_crew" in self.__dict__ else Usage()

    def close(self) -> None:
        """Release connections."""
        if "_crew" in self.__dict__:
            self._crew.close()
