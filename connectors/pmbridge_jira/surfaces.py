"""The places in a Jira that we write to, behind one door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.connector import Action, Artifact, Observation, Place, Step, Surface, Written
from pmbridge.errors import NotFound, Rejected
from pmbridge.model import RefKind
from pmbridge_jira import comments
from pmbridge_jira.client import PAGE_SIZE, Client
from pmbridge_jira.comments import Comments
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.descriptions import Descriptions
from pmbridge_jira.normalize import is_service_desk
from pmbridge_jira.rights import FOR_COMMENTS, FOR_VERSIONS, Rights
from pmbridge_jira.shape import Json, mapping

CAPABILITIES: frozenset[tuple[Surface, RefKind]] = frozenset(
    {
        (Surface.COMMENT, RefKind.ITEM),
        (Surface.DESCRIPTION, RefKind.VERSION),
    }
)

_READ_ONLY = "a Jira Data Center is read and not written to by this connector"


class Surfaces:
    """Observes and writes for one account and one owner."""

    def __init__(self, client: Client, jira: Deployment, *, owner: str, me: str, browse_url: str) -> None:
        self._client, self._jira = client, jira
        self._owner, self._me = owner, me
        self._rights = Rights(client)
        self._comments = Comments(client, owner, browse_url)
        self._descriptions = Descriptions(client, owner, browse_url)
        self._service_desks: dict[str, bool] = {}

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Report on each place in order; issues are read a hundred at a time, their comments once each."""
        if not self._jira.rich:
            yield from (Observation(place=place, denied=_READ_ONLY) for place in places)
            return
        for start in range(0, len(places), PAGE_SIZE):
            some = places[start : start + PAGE_SIZE]
            ids = [place.target.id for place in some if place.surface is Surface.COMMENT]
            issues = self._jira.issues(ids, ["labels", "project"]) if ids else {}
            read: dict[str, list[Json]] = {}
            for place in some:
                yield self._look(place, issues, read)

    def _look(self, place: Place, issues: dict[str, Json], read: dict[str, list[Json]]) -> Observation:
        if (place.surface, place.target.kind) not in CAPABILITIES:
            return Observation(place=place, denied=f"Jira has no {place.surface} on a {place.target.kind}")
        project = place.target.project
        if place.surface is Surface.DESCRIPTION:
            return self._descriptions.observe(place, denied=self._rights.missing(project, FOR_VERSIONS))
        issue = issues.get(place.target.id)
        if issue is None:
            return Observation(place=place, denied="the ticket is gone, or this account may not see it")
        if place.target.id not in read:
            read[place.target.id] = self._comments.on(place.target.id)
        home = issue["fields"].get("project") or {}
        project = home.get("key") or project
        self._service_desks[project] = is_service_desk(home)
        return comments.look(
            place,
            issue,
            read[place.target.id],
            owner=self._owner,
            me=self._me,
            denied=self._rights.missing(project, FOR_COMMENTS),
        )

    def write(self, step: Step) -> Written:
        """Carry out one step; raises `Rejected` for a step that writes nothing or cannot be understood."""
        place, artifact = step.place, step.artifact
        if not self._jira.rich:
            raise Rejected(f"Nothing is written at {place.target.key}: {_READ_ONLY}.")
        if (place.surface, place.target.kind) not in CAPABILITIES:
            raise Rejected(f"Jira has no {place.surface} on a {place.target.kind}.")
        match step.action, artifact, step.remote_id:
            case ((Action.CREATE | Action.UPDATE), Artifact(), _) if place.surface is Surface.DESCRIPTION:
                return self._descriptions.write(artifact)
            case ((Action.PRUNE | Action.DELETE), _, _) if place.surface is Surface.DESCRIPTION:
                return self._descriptions.delete(place.target)
            case Action.CREATE, Artifact(), _:
                return self._comments.create(artifact, internal=self._is_service_desk(place.target.project))
            case Action.UPDATE, Artifact(), str(comment):
                internal = self._is_service_desk(place.target.project)
                return self._comments.update(artifact, comment, internal=internal, keep=step.takes_over)
            case ((Action.PRUNE | Action.DELETE), _, str(comment)):
                return self._comments.delete(place.target, comment, keep=step.takes_over)
        raise Rejected(f"The step {step.action} at {place.target.key} cannot be carried out.")

    def _is_service_desk(self, project: str) -> bool:
        """Ask once a project; one that cannot be seen is taken for a service desk, since that only hides a text."""
        if project not in self._service_desks:
            try:
                answer = mapping(self._client.get(f"project/{project}"), "project")
                self._service_desks[project] = is_service_desk(answer)
            except NotFound:
                self._service_desks[project] = True
        return self._service_desks[project]
