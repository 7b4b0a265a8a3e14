"""JUnit files among the artifacts of a pipeline's jobs, for servers that read no test reports themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pmbridge.connector import Evidence, JUnitFile
from pmbridge.errors import NotFound, PermissionDenied, Unavailable
from pmbridge_gitlab import paths
from pmbridge_gitlab.rows import Row, instant

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.settings import ArtifactSettings


@dataclass(frozen=True, slots=True)
class Artifacts:
    """Fetches the configured files of the jobs with the configured names, as they are."""

    client: GitlabClient
    source: str
    wanted: tuple[ArtifactSettings, ...]

    def of(self, project: str, pipeline: Row) -> Evidence:
        """Return the files of a pipeline's jobs; one that is too large, or is not there, is a note."""
        if not self.wanted:
            return Evidence()
        try:
            jobs = list(self.client.every(f"{paths.project(project)}/pipelines/{pipeline['id']}/jobs"))
        except (NotFound, PermissionDenied) as error:
            return Evidence(notes=(f"Jobs of pipeline {pipeline['id']} of {project} were not read: {error}",))
        files: list[JUnitFile] = []
        notes: list[str] = []
        for job, path in self._named(jobs):
            try:
                files.append(self._file(project, pipeline, job, path))
            except (NotFound, PermissionDenied, Unavailable) as error:
                notes.append(f"{path} of job {job.get('name')} of {project} was not read: {error}")
        return Evidence(reports=tuple(files), notes=tuple(notes))

    def _named(self, jobs: list[Row]) -> Iterator[tuple[Row, str]]:
        for job in jobs:
            for wanted in self.wanted:
                if fnmatchcase(str(job.get("name") or ""), wanted.job):
                    yield job, wanted.path

    def _file(self, project: str, pipeline: Row, job: Row, path: str) -> JUnitFile:
        address = f"{paths.project(project)}/jobs/{int(job['id'])}/artifacts/{paths.segments(path)}"
        ended = job.get("finished_at") or pipeline.get("updated_at") or pipeline["created_at"]
        return JUnitFile(
            source=self.source,
            project=project,
            name=f"{path} of job {job.get('name')}",
            content=self.client.content(address),
            at=instant(ended),
            build=f"pipeline {pipeline['id']}",
            commit=pipeline.get("sha"),
        )
