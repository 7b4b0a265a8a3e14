"""Looking at a source's projects at a glance, so that what has not changed is not asked for again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pmbridge.errors import RateLimited, Unavailable
from pmbridge_gitlab import glance_queries
from pmbridge_gitlab.glance import Glance, read_glance
from pmbridge_gitlab.roads import REFUSALS

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.client_pool import ClientPool

log = logging.getLogger(__name__)

#: What a glance tells of a project that is used once, and then asked for anew.
_PARTS = frozenset({"count", "issues", "merge_requests", "deployments", "pipelines", "requirements"})


@dataclass(slots=True)
class Lookout:
    """Keeps the last glance at each project; every part of it serves once, since it ages while other things go on.

    ``refusal`` says why the server is not asked this way any more.
    """

    pool: ClientPool
    url: str
    refusal: str | None = None
    _seen: dict[str, Glance] = field(default_factory=dict)
    _fresh: set[tuple[str, str]] = field(default_factory=set)

    def look(self, projects: Sequence[str]) -> dict[str, Glance]:
        """Look at some projects; those that are not shown, or not this way, are missing in the answer."""
        batches = [
            projects[at : at + glance_queries.PROJECTS] for at in range(0, len(projects), glance_queries.PROJECTS)
        ]
        found: dict[str, Glance] = {}
        if self.refusal is None and batches:
            for part in self.pool.each(self._batch, batches):
                found |= part
        self._seen |= found
        for project in projects:
            self._fresh -= {(project, part) for part in _PARTS}
        self._fresh |= {(project, part) for project in found for part in _PARTS}
        return found

    def take(self, project: str, part: str) -> Glance | None:
        """Return the glance at a project if this part of it was not taken yet."""
        if (project, part) not in self._fresh:
            return None
        self._fresh.discard((project, part))
        return self._seen[project]

    def nothing_since(self, project: str, kind: str, since: datetime | None) -> bool:
        """Tell whether nothing of a kind was touched since an instant, for sure; asked once a glance."""
        seen = self.take(project, kind)
        return seen is not None and since is not None and seen.nothing_since(kind, since)

    def tiers(self, project: str) -> dict[str, str | None] | None:
        """Return the tiers of a project's environments by name, where they are known."""
        return self._seen[project].tiers if project in self._seen else None

    def _batch(self, client: GitlabClient, projects: Sequence[str]) -> dict[str, Glance]:
        if self.refusal is not None:
            return {}
        question, values = glance_queries.glance(projects)
        try:
            answer = client.graphql(question, values)
        except RateLimited:
            raise
        except (*REFUSALS, Unavailable) as refusal:
            if len(projects) > 1 and (isinstance(refusal, Unavailable) or "complexity" in str(refusal)):
                return {key: seen for project in projects for key, seen in self._batch(client, [project]).items()}
            if isinstance(refusal, Unavailable):
                return {}
            self.refusal = str(refusal)
            log.info("Projects are looked at list by list from now on: %s", refusal)
            return {}
        told = ((project, answer.get(f"p{place}")) for place, project in enumerate(projects))
        return {project: read_glance(row, self.url) for project, row in told if row}
