"""What a sandbox GitLab knows of deliveries: releases, deployments, pipelines with their test reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.records import Deployment, Environment, Pipeline, Release
from pmbridge.sandbox.gitlab.structure import Structure


class Delivery(Structure):
    """Adds releases, environments, deployments and pipelines to the frame."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.releases: list[Release] = []
        self.environments: dict[int, Environment] = {}
        self.deployments: dict[int, Deployment] = {}
        self.pipelines: dict[int, Pipeline] = {}

    def add_release(
        self, project: int | str, tag: str, *, released_at: datetime, milestones: Iterable[int] = ()
    ) -> None:
        """Add a release of a tag with its milestones."""
        known = tuple(self.milestones[id].id for id in milestones)
        self.releases.append(Release(self.project(project).id, tag, released_at, known))

    def add_environment(self, project: int | str, name: str, tier: str) -> int:
        """Add an environment and return its id; one that exists is returned."""
        home = self.project(project)
        for environment in self.environments.values():
            if (environment.project, environment.name) == (home.id, name):
                return environment.id
        environment = Environment(next(self._ids), home.id, name, tier, self.clock.now())
        self.environments[environment.id] = environment
        return environment.id

    def add_deployment(
        self,
        project: int | str,
        environment: str,
        tier: str,
        *,
        finished_at: datetime | None,
        ref: str,
        status: str = "success",
        started_at: datetime | None = None,
    ) -> int:
        """Add a deployment, with its environment when it is new, and return its id; one under way is not finished."""
        home = self.project(project)
        place = self.add_environment(home.id, environment, tier)
        iid = 1 + sum(row.project == home.id for row in self.deployments.values())
        id, sha = next(self._ids), commit_of(ref)
        begun = started_at or finished_at or self.clock.now()
        ended = finished_at or begun
        self.deployments[id] = Deployment(id, iid, home.id, place, finished_at, ref, sha, status, begun, ended)
        return id

    def end_deployment(self, id: int, *, at: datetime, status: str = "success") -> None:
        """Let a deployment that is under way end."""
        deployment = self.deployments[id]
        deployment.finished_at, deployment.status, deployment.updated = at, status, at

    def add_pipeline(
        self,
        project: int | str,
        *,
        ref: str,
        sha: str | None = None,
        at: datetime,
        status: str,
        test_suites: Sequence[Mapping[str, Any]] = (),
        artifacts: Mapping[str, Mapping[str, str]] | None = None,
    ) -> int:
        """Add a pipeline and return its id; ``artifacts`` are texts by job and path.

        A suite is ``{"name", "cases": [{"name", "classname", "status", "execution_time", "system_output"}]}``.
        """
        home = self.project(project)
        iid = 1 + sum(row.project == home.id for row in self.pipelines.values())
        suites = tuple(dict(suite) for suite in test_suites)
        id = next(self._ids)
        kept = {job: dict(files) for job, files in (artifacts or {}).items()}
        commit = sha or commit_of(f"{ref}-{id}")
        self.pipelines[id] = Pipeline(id, iid, home.id, ref, commit, at, status, suites, kept)
        return id

    def end_pipeline(self, id: int, *, at: datetime, status: str) -> None:
        """Let a pipeline that runs end."""
        self.pipelines[id].at, self.pipelines[id].status = at, status


def commit_of(ref: str) -> str:
    """Make up the hash of a commit."""
    return hashlib.sha1(ref.encode(), usedforsecurity=False).hexdigest()
