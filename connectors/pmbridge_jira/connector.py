"""The Jira connector: the contract of `pmbridge.connector`, fulfilled by the modules beside this one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar

from pydantic import BaseModel

from pmbridge.connector import (
    AcceptanceSource,
    CheckResult,
    Held,
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
from pmbridge.errors import BadAnswer, NotFound
from pmbridge.model import Comment, Instant, Item, Milestone, MilestoneKind, Person, RefKind
from pmbridge_jira import doctor, normalize
from pmbridge_jira.boards import sprints
from pmbridge_jira.changelog import Lexicon
from pmbridge_jira.client import SERVER_API, Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.datacenter import DataCenter
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.epics import epics
from pmbridge_jira.fields import FIELD_FACTS, FieldMap, discover
from pmbridge_jira.hearing import comments
from pmbridge_jira.instants import instant
from pmbridge_jira.normalize import Site
from pmbridge_jira.reading import Reader, project_jql
from pmbridge_jira.reading import page as reread
from pmbridge_jira.rights import Rights
from pmbridge_jira.scouting import Scout
from pmbridge_jira.settings import JiraSettings
from pmbridge_jira.shape import Json, expected, listing, mapping
from pmbridge_jira.surfaces import CAPABILITIES, Surfaces
from pmbridge_jira.whereabouts import whereabouts
from pmbridge_jira.worklogs import Spent, spent

#: Answers on either deployment, so that it is asked before anything is known.
_WHO = f"{SERVER_API}serverInfo"


class JiraConnector:
    """One Jira: Cloud, or Data Center, which it finds out by asking.

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
        self._deployed: Callable[[Client], Deployment] | None = None
        self._clients: list[Client] = []
        self._times: dict[int, Spent] = {}
        self._scout = Scout()
        self._lexicon: Lexicon | None = None
        self._now: Instant | None = None

    def whoami(self) -> Person:
        """Return the account the token belongs to."""
        return self._me

    def now(self) -> Instant:
        """Return the tracker's own clock; raises `BadAnswer` if there is no Jira."""
        with expected(self.name, "serverInfo"):
            self._now = instant(self._server_info()["serverTime"])
            return self._now

    def scout(self, held: Mapping[str, Held | None]) -> None:
        """Find out by two requests in which of many projects nothing happened, and by two what is in new ones."""
        with expected(self.name, "a search of several projects"):
            self._scout.look(Cloud(self._client) if self._deployment is Cloud else DataCenter(self._client), held)

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
        yield from doctor.guarded("fields", lambda: self._field_checks(projects), "check the account's rights")
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
        """Read statuses, versions and, if configured, sprints and epics whole; look for the custom fields anew.

        Versions, sprints and epics of projects in which nothing happened are read once an hour.
        """
        for learned in ("_fields", "_field_list"):
            self.__dict__.pop(learned, None)
        self._times.clear()
        self._lexicon = None
        site = self._site()
        resting = () if self._now is None else self._scout.resting(projects, self._now)
        projects = [project for project in projects if project not in resting]
        statuses = listing(self._client.get("status"), "status")
        with expected(self.name, "the list of statuses, versions, sprints or epics"):
            defined = tuple(normalize.status_definition(status, self.name) for status in statuses)
            versions = {key: list(self._jira.versions(key)) for key in projects}
            return Reference(
                statuses=defined,
                milestones=tuple(self._milestones(versions, site)),
                missing_fields=self._fields.missing,
                tallies=tuple(tally for key in projects for tally in normalize.tallies(versions[key], key)),
                unread=resting,
            )

    def fetch_pages(
        self, project: str, *, since: Instant | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        """Yield pages with their history: on Cloud a hundred items by one request or two, on Data Center fifty."""
        deployed = self._deployment
        for client in self._readers:
            client.api = self._client.api
        reader = Reader(
            *self._readers,
            self._site(project),
            self._lexicon_of(self._fields),
            deployed,
            self._harvesters if deployed is Cloud and self._settings.connections > 1 else (),
            remote_links=self._settings.remote_links,
            full_history=self._settings.full_history or self._settings.epics,
            spent=self._spent if self._settings.worklogs else None,
        )
        quiet = cursor is None and self._scout.nothing_since(project, since)
        listed = self._scout.listed(project) if cursor is None and since is None else None
        yield from reader.pages(project, since, cursor, quiet=quiet, listed=listed, notes=self._scout.notes)

    def normalizes_by(self) -> str | None:
        """Return the site's list of fields, by which custom fields get their meaning."""
        return json.dumps(self._field_list) if "_field_list" in self.__dict__ else None

    def normalize(self, project: str, raw: Mapping[str, Any], by: str | None) -> Page:
        """Map payloads that an earlier sync kept; fields are matched anew by the list that sync saw."""
        fields = discover(json.loads(by or "[]"), self._settings.fields)
        site = Site(self.name, self._settings.browse_url, fields, project)
        return reread(list(raw.values()), site, self._lexicon_of(fields), None)

    def count(self, project: str) -> int | None:
        """Return Jira's own count, which Cloud calls approximate."""
        seen = self._scout.count(project)
        if seen is not None:
            return seen
        with expected(self.name, "the count"):
            return self._jira.count(project_jql(project))

    def list_ids(self, project: str) -> Iterator[str]:
        """Yield the id of every issue Jira shows in a project."""
        with expected(self.name, "a list of ids"):
            yield from self._jira.ids(f"{project_jql(project)} ORDER BY created ASC, key ASC")

    def list_members(self, project: str, milestone: str) -> Iterator[str]:
        """Yield the id of every issue of a project that Jira shows in a version."""
        native = milestone.rpartition(":")[2]
        with expected(self.name, "a list of ids"):
            yield from self._jira.ids(f"{project_jql(project)} AND fixVersion = {native} ORDER BY created ASC, key ASC")

    def find(self, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
        """Look for issues directly, given as keys by ids."""
        with expected(self.name, "an issue"):
            yield from whereabouts(self._jira, project, items)

    def acceptance_sources(self) -> Sequence[AcceptanceSource]:
        """Return the app that manages tests, if one is configured."""
        from pmbridge_jira.test_apps import acceptance_source

        app = self._settings.tests
        return () if app is None else (acceptance_source(self.name, app, self._door, self._settings.browse_url),)

    def fetch_comments(self, items: Sequence[Item]) -> Iterator[Comment]:
        """Yield what people wrote under some issues."""
        return comments(self._client, self.name, items)

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
    def _door(self) -> Client:
        return self._open()

    @property
    def _client(self) -> Client:
        """A client that speaks this deployment's interface."""
        if self._deployed is None:
            self._server_info()
        return self._door

    @cached_property
    def _readers(self) -> tuple[Client, Client]:
        """Two clients for the two threads of reading: a session is no thing to share."""
        return self._open(), self._open()

    @cached_property
    def _harvesters(self) -> tuple[Client, ...]:
        return tuple(self._open() for _ in range(self._settings.connections))

    @property
    def _deployment(self) -> Callable[[Client], Deployment]:
        """The way this deployment is read."""
        if self._deployed is None:
            self._server_info()
        assert self._deployed is not None
        return self._deployed

    @cached_property
    def _jira(self) -> Deployment:
        return self._deployment(self._client)

    @cached_property
    def _fields(self) -> FieldMap:
        with expected(self.name, "the list of fields"):
            return discover(self._field_list, self._settings.fields)

    @cached_property
    def _field_list(self) -> list[Json]:
        known = listing(self._client.get("field"), "field")
        return [{name: field.get(name) for name in FIELD_FACTS} for field in known]

    @cached_property
    def _me(self) -> Person:
        with expected(self.name, "myself"):
            return normalize.person(mapping(self._client.get("myself"), "myself"), self.name)

    @cached_property
    def _surfaces(self) -> Surfaces:
        return Surfaces(
            self._client,
            self._jira,
            owner=self._owner,
            me=self._me.id,
            browse_url=self._settings.browse_url,
        )

    def _site(self, project: str | None = None) -> Site:
        return Site(self.name, self._settings.browse_url, self._fields, project)

    def _spent(self, client: Client, since: int) -> Spent:
        """Ask once a run: Jira's lists of time are those of the whole site, whatever the project."""
        known = next((told for earlier, told in self._times.items() if earlier <= since), None)
        if known is None:
            with expected(self.name, "the list of changed worklogs"):
                known = self._times[since] = spent(client, since)
        return known

    def _lexicon_of(self, fields: FieldMap) -> Lexicon:
        """Return what histories mean by these fields; what it remembers of people is gone with the next reference."""
        if self._lexicon is None or self._lexicon.fields != fields:
            self._lexicon = Lexicon(fields)
        return self._lexicon

    def _milestones(self, versions: Mapping[str, Sequence[Json]], site: Site) -> Iterator[Milestone]:
        for project, payloads in versions.items():
            yield from (normalize.version(payload, project, site) for payload in payloads)
            if self._settings.epics:
                yield from epics(self._client, self._jira, project, site)
        if self._settings.sprints:
            yield from sprints(self._client, [*versions], self._settings.projects, site)

    def _server_info(self) -> Json:
        try:
            info = mapping(self._door.get(_WHO), "serverInfo")
        except NotFound as error:
            text = f"{self.name}: there is no Jira at {self.url} ({error}) Is `url` the tracker's base address?"
            raise BadAnswer(text, source=self.name, status=error.status, request=error.request) from None
        if info.get("deploymentType") == "Cloud":
            self._deployed = Cloud
        elif "version" in info or "versionNumbers" in info:
            self._door.api = SERVER_API
            self._deployed = self._data_center
        else:
            text = f"{self.name}: {self.url} does not answer like a Jira. Is `url` the tracker's base address?"
            raise BadAnswer(text, source=self.name)
        return info

    def _data_center(self, client: Client) -> DataCenter:
        made = DataCenter(client)
        made.epic_fields = self._fields.epic
        return made

    def _reachability(self) -> Iterator[CheckResult]:
        yield from doctor.reachability(self._server_info(), datetime.now(UTC))

    def _field_checks(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        with expected(self.name, "a field, an item or a board"):
            yield from doctor.fields(self._client, self._jira, self._field_list, self._fields, self._settings, projects)

    def _account(self) -> Iterator[CheckResult]:
        yield from doctor.account(self._me.name)
