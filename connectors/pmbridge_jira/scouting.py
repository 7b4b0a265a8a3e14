"""Finding out at once in which of many projects nothing happened."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pmbridge.connector import Held
from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.instants import epoch_milliseconds
from pmbridge_jira.reading import ORDER, quoted

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Scout:
    """What was seen of many projects before any of them was read; counts and lists are spared once each.

    ``quiet`` are the projects in which nothing was touched. ``notes`` say how far their counts can be trusted.
    """

    quiet: dict[str, Held] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    _unread: set[str] = field(default_factory=set)
    _counts: dict[str, int] = field(default_factory=dict)
    _listed: dict[str, list[str]] = field(default_factory=dict)

    def look(self, jira: Deployment, held: Mapping[str, Held | None]) -> None:
        """Ask what was touched, and whether the rest has as many issues as are held; and what is in new projects.

        Two requests for either. Where Jira refuses or there is too much for one answer, nothing is spared: each
        project is then asked about by itself.
        """
        self.quiet, self.notes, self._unread, self._counts, self._listed = {}, (), set(), {}, {}
        try:
            self._look_for_changes(jira, {project: known for project, known in held.items() if known})
            self._look_into_new(jira, [project for project, known in held.items() if known is None])
        except (Rejected, NotFound, PermissionDenied) as refusal:
            log.info("Projects are looked at one by one: %s", refusal)

    def _look_for_changes(self, jira: Deployment, held: Mapping[str, Held]) -> None:
        touched = _by_project(jira, " OR ".join(_touched(held)), held) if len(held) > 1 else None
        if touched is None:
            return
        quiet = {project: known for project, known in held.items() if project not in touched}
        total = jira.count(among(quiet)) if quiet else 0
        self.quiet, self._unread = quiet, set(quiet)
        if total == sum(known.items for known in quiet.values()):
            self._counts = {project: known.items for project, known in quiet.items()}
            self.notes = (_summed(len(quiet)),) if len(quiet) > 1 else ()

    def _look_into_new(self, jira: Deployment, projects: Collection[str]) -> None:
        found = _by_project(jira, f"{among(projects)}{ORDER}", projects) if len(projects) > 1 else None
        if found is None or jira.count(among(projects)) != sum(map(len, found.values())):
            return
        self._listed = {project: found.get(project, []) for project in projects}
        self._counts |= {project: len(ids) for project, ids in self._listed.items()}

    def listed(self, project: str) -> list[str] | None:
        """Return the ids of a new project's issues, in the order of their creation; told once."""
        return self._listed.pop(project, None)

    def count(self, project: str) -> int | None:
        """Return how many issues a quiet or new project has; told once."""
        return self._counts.pop(project, None)

    def nothing_since(self, project: str, since: datetime | None) -> bool:
        """Tell whether nothing was touched in a project since an instant, for sure; told once."""
        if project not in self._unread:
            return False
        self._unread.discard(project)
        return since is not None and self.quiet[project].since <= since

    def resting(self, projects: Collection[str], now: datetime) -> tuple[str, ...]:
        """Return the quiet projects that were read in this hour already."""
        hour = _hour(now)
        return tuple(p for p in projects if p in self.quiet and _hour(self.quiet[p].until) == hour)


def among(projects: Collection[str]) -> str:
    """Select some projects."""
    return f"project in ({', '.join(map(quoted, projects))})"


def _summed(projects: int) -> str:
    """Say what one sum cannot show: something less here and as much more there."""
    return (
        f"Counts of {projects} projects, in which nothing happened, were compared as one sum: differences between "
        "them that cancel out are found by the daily comparison."
    )


def _by_project(jira: Deployment, jql: str, projects: Collection[str]) -> dict[str, list[str]] | None:
    """Return the ids of a query's issues by project; ``None`` if they are more than one answer holds.

    A key tells its project, except where that was renamed: then nobody can say which one it is.
    """
    found: dict[str, list[str]] = defaultdict(list)
    keys = jira.keys(jql)
    for native, key in (keys or {}).items():
        found[key.rpartition("-")[0]].append(native)
    return None if keys is None or not found.keys() <= set(projects) else found


def _touched(held: Mapping[str, Held]) -> Iterator[str]:
    """Select what was touched, in a clause for each instant since which projects are asked about."""
    together: dict[datetime, list[str]] = defaultdict(list)
    for project, known in held.items():
        together[known.since].append(project)
    for since, projects in together.items():
        yield f"{among(projects)} AND updated >= {epoch_milliseconds(since)}"


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600
