"""The Jira connector: the contract of `pmbridge.connector`, fulfilled by the modules beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import ClassVar

from pydantic import BaseModel

from pmbridge.connector import CheckResult, Observation, Page, Place, Reference, Step, Surface, Usage, Written
from pmbridge.errors import BadAnswer, NotFound
from pmbridge.model import Instant, Milestone, MilestoneKind, Person, RefKind
from pmbridge_jira import doctor, normalize
from pmbridge_jira.boards import sprints
from pmbridge_jira.client import Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.epics import epics
from pmbridge_jira.fields import FieldMap, discover
from pmbridge_jira.instants import instant
from pmbridge_jira.normalize import Site
from pmbridge_jira.reading import Reader, project_jql
from pmbridge_jira.rights import Rights
from pmbridge_jira.settings import JiraSettings
from pmbridge_jira.shape import Json, expected, listing, mapping
from pmbridge_jira.surfaces import CAPABILITIES, Surfaces


class JiraConnector:
    """One Jira Cloud.

    Versions become milestones, and sprints and epics do where the settings ask for them; items name all three.
    """

    Settings: ClassVar[type[BaseModel]] = JiraSettings
    kind: ClassVar[str] = "jira"
    capabilities: ClassVar[frozenset[tuple[Surface, RefKind]]] = CAPABILITIES
    milestone_kinds: ClassVar[frozenset[MilestoneKind]] = frozenset(
        {MilestoneKind.VERSION, MilestoneKind.SPRINT, MilestoneKind.EPIC}
    )

    def __init__(self, name: str, settings: JiraSettings, *, owner: str) -> None:
        self.name = name
        self.url = settings.url
        self._settings = settings
        self._owner = owner
        self._is_cloud = False
        self._clients: list[Client] = []

    def whoami(self) -> Person:
        """Return the account the token belongs to."""
        return self._me

    def now(self) -> Instant:
        """Return the tracker's own clock; raises `BadAnswer` if the tracker is no Jira Cloud."""
        with expected(self.name, "serverInfo"):
            return instant(self._server_info()["serverTime"])

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        """Check address, account, clock, fields and rights; each failure is a finding."""
        first = list(doctor.guarded("reachability", self._reachability, "check url and the network"))
        yield from first
        if doctor.failed(first):
            return
        checks = list(doctor.guarded("account", self._account, "renew the token and check auth.email"))
        yield from checks
        if doctor.failed(checks):
            return
        yield from doctor.guarded("fields", lambda: doctor.fields(self._fields), "check the account's rights")
        rights = Rights(self._client)
        for key in projects:
            yield from doctor.guarded(
                f"project {key}",
                lambda key=key: doctor.project(self._client, rights, key),  # type: ignore[misc]
                f"check the key {key}, or grant Browse projects to this account",
            )

    def projects(self) -> Sequence[str]:
        """List the configured project keys."""
        return self._settings.projects

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        """Read statuses, versions and, if configured, sprints and epics whole; look for the custom fields anew."""
        self.__dict__.pop("_fields", None)
        site = self._site()
        statuses = listing(self._client.get("status"), "status")
        with expected(self.name, "the list of statuses, versions, sprints or epics"):
            return Reference(
                statuses=tuple(normalize.status_definition(status, self.name) for status in statuses),
                milestones=tuple(milestone for key in projects for milestone in self._milestones(key, site)),
                missing_fields=self._fields.missing,
            )

    def fetch_pages(
        self, project: str, *, since: Instant | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield pages of a hundred items with their history; two requests each."""
        self._check_deployment()
        reader = Reader(
            *self._readers,
            self._site(),
            remote_links=self._settings.remote_links,
            full_history=self._settings.full_history or self._settings.epics,
        )
        yield from reader.pages(project, since, cursor)

    def count(self, project: str) -> int | None:
        """Return Jira's own count, which it calls approximate."""
        with expected(self.name, "the count"):
            return self._cloud.count(project_jql(project))

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Report what stands at each place, in order."""
        with expected(self.name, "a ticket, comment or version"):
            yield from self._surfaces.observe(places)

    def write(self, step: Step) -> Written:
        """Carry out one step."""
        return self._surfaces.write(step)

    def usage(self) -> Usage:
        """Return requests, writes, bytes and waiting so far."""
        spent = [client.usage() for client in self._clients]
        return Usage(
            requests=sum(usage.requests for usage in spent),
            writes=sum(usage.writes for usage in spent),
            bytes_received=sum(usage.bytes_received for usage in spent),
            waited_seconds=sum(usage.waited_seconds for usage in spent),
        )

    def close(self) -> None:
        """Close the connections, if any were opened."""
        for client in self._clients:
            client.close()

    def _open(self) -> Client:
        self._clients.append(Client(self.name, self._settings))
        return self._clients[-1]

    @cached_property
    def _client(self) -> Client:
        return self._open()

    @cached_property
    def _readers(self) -> tuple[Client, Client]:
        """Two clients for the two threads of reading: a session is no thing to share."""
        return self._open(), self._open()

    @cached_property
    def _cloud(self) -> Cloud:
        """The way this deployment is read; Cloud is the only one that is known."""
        self._check_deployment()
        return Cloud(self._client)

    @cached_property
    def _fields(self) -> FieldMap:
        with expected(self.name, "the list of fields"):
            return discover(listing(self._client.get("field"), "field"), self._settings.fields)

    @cached_property
    def _me(self) -> Person:
        with expected(self.name, "myself"):
            return normalize.person(mapping(self._client.get("myself"), "myself"), self.name)

    @cached_property
    def _surfaces(self) -> Surfaces:
        return Surfaces(
            self._client,
            self._cloud,
            owner=self._owner,
            me=self._me.id,
            browse_url=self._settings.browse_url,
        )

    def _site(self) -> Site:
        return Site(self.name, self._settings.browse_url, self._fields)

    def _milestones(self, project: str, site: Site) -> Iterator[Milestone]:
        for payload in self._client.rows(f"project/{project}/version"):
            yield normalize.version(payload, project, site)
        if self._settings.sprints:
            yield from sprints(self._client, project, site)
        if self._settings.epics:
            yield from epics(self._client, self._cloud, project, site)

    def _check_deployment(self) -> None:
        if not self._is_cloud:
            self._server_info()

    def _server_info(self) -> Json:
        try:
            info = mapping(self._client.get("serverInfo"), "serverInfo")
        except NotFound as error:
            text = f"{self.name}: there is no Jira at {self.url} ({error}) Is `url` the tracker's base address?"
            raise BadAnswer(text, source=self.name, status=error.status, request=error.request) from None
        deployment = info.get("deploymentType")
        if deployment != "Cloud":
            raise BadAnswer(
                f"{self.name}: {self.url} is a Jira {deployment or 'of unknown kind'} {info.get('version') or ''}, and "
                "this connector reads Jira Cloud only: paging by token, the bulk changelog and account ids are "
                "missing there.",
                source=self.name,
            )
        self._is_cloud = True
        return info

    def _reachability(self) -> Iterator[CheckResult]:
        yield from doctor.reachability(self._server_info(), datetime.now(UTC))

    def _account(self) -> Iterator[CheckResult]:
        yield from doctor.account(self._me.name)
