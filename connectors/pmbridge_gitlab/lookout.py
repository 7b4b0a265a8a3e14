"""Looking at a source's projects at a glance, so that what has not changed is not asked for again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from pmbridge.errors import RateLimited, Rejected, Unavailable
from pmbridge_gitlab import glance_queries
from pmbridge_gitlab.glance import Glance, read_glance
from pmbridge_gitlab.group_lists import GroupLists
from pmbridge_gitlab.roads import REFUSALS
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.client_pool import ClientPool

log = logging.getLogger(__name__)

#: How some projects are asked about: what was told of those that are shown.
_Ask: TypeAlias = "Callable[[GitlabClient, Sequence[str]], dict[str, Glance]]"
#: What a glance tells of a project that is used once, and then asked for anew.
_PARTS = frozenset({"count", "issues", "merge_requests", "deployments", "pipelines", "requirements"})


@dataclass(slots=True)
class Lookout:
    """Keeps the last glance at each project; every part of it serves once, since it ages while other things go on.

    ``lists`` is whether the server finds many projects by their paths; ``refusal`` says why it is not asked this way
    at all any more.
    """

    pool: ClientPool
    url: str
    lists: bool = True
    refusal: str | None = None
    _groups: GroupLists | None = None
    _seen: dict[str, Glance] = field(default_factory=dict)
    _fresh: set[tuple[str, str]] = field(default_factory=set)

    def look(self, projects: Sequence[str]) -> dict[str, Glance]:
        """Look at some projects; those that are not shown, or not this way, are missing in the answer."""
        found = self._asked(self._many, projects, glance_queries.MANY) if len(projects) > glance_queries.FEW else {}
        left = [project for project in projects if project not in found]
        found |= self._asked(self._few, left, glance_queries.FEW)
        self._groups = GroupLists(self.pool.lead, tuple(projects)) if self.refusal else None
        self._seen |= found
        for project in projects:
            self._fresh -= {(project, part) for part in _PARTS}
        self._fresh |= {(project, part) for project in found for part in _PARTS}
        return found

    def _asked(self, ask: _Ask, projects: Sequence[str], size: int) -> dict[str, Glance]:
        batches = [projects[at : at + size] for at in range(0, len(projects), size)]
        parts = self.pool.each(ask, batches) if self.refusal is None else []
        return {project: seen for part in parts for project, seen in part.items()}

    def take(self, project: str, part: str) -> Glance | None:
        """Return the glance at a project if this part of it was not taken yet."""
        if (project, part) not in self._fresh:
            return None
        self._fresh.discard((project, part))
        return self._seen[project]

    def nothing_since(self, project: str, kind: str, since: datetime | None) -> bool:
        """Tell whether nothing of a kind was touched since an instant, for sure; asked once a glance.

        Where nothing is shown at a glance, the list of a group may tell it of its projects.
        """
        seen = self.take(project, kind)
        if since is None:
            return False
        if seen is not None:
            return seen.nothing_since(kind, since)
        return self._groups is not None and self._groups.nothing_since(project, kind, since)

    def tiers(self, project: str) -> dict[str, str | None] | None:
        """Return the tiers of a project's environments by name, where they are known."""
        return self._seen[project].tiers if project in self._seen else None

    def _many(self, client: GitlabClient, projects: Sequence[str]) -> dict[str, Glance]:
        """Ask for a list of projects; for half of it where that takes the server too long."""
        if not self.lists:
            return {}
        question, values = glance_queries.many(projects)
        try:
            nodes = client.graphql(question, values)["projects"]["nodes"]
        except RateLimited:
            raise
        except Unavailable:
            middle = len(projects) // 2
            if middle < glance_queries.FEW:
                return {}
            return {**self._many(client, projects[:middle]), **self._many(client, projects[middle:])}
        except REFUSALS as refusal:
            self.lists = False
            if not isinstance(refusal, Rejected):
                self.refusal = str(refusal)
            log.info("Projects are looked at in another way from now on: %s", refusal)
            return {}
        told = {str(node["fullPath"]).casefold(): node for node in nodes}
        return self._read((project, told.get(project.casefold())) for project in projects)

    def _few(self, client: GitlabClient, projects: Sequence[str]) -> dict[str, Glance]:
        """Ask for each project by itself, two in one question."""
        if self.refusal is not None:
            return {}
        question, values = glance_queries.glance(projects)
        try:
            answer = client.graphql(question, values)
        except RateLimited:
            raise
        except (*REFUSALS, Unavailable) as refusal:
            if len(projects) > 1 and (isinstance(refusal, Unavailable) or "complexity" in str(refusal)):
                return {key: seen for project in projects for key, seen in self._few(client, [project]).items()}
            if isinstance(refusal, Unavailable):
                return {}
            self.refusal = str(refusal)
            log.info("Projects are looked at list by list from now on: %s", refusal)
            return {}
        return self._read((project, answer.get(f"p{place}")) for place, project in enumerate(projects))

    def _read(self, told: Iterable[tuple[str, Row | None]]) -> dict[str, Glance]:
        return {project: read_glance(row, self.url) for project, row in told if row}
