"""What a source of kind gitlab may say in the configuration."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(_Section):
    """A personal, project or group access token: ``read_api`` reads, ``api`` writes too."""

    token: SecretStr


class LabelScopes(_Section):
    """Scopes of labels that stand for a field where GitLab has none: ``priority`` reads ``priority::1``.

    ``None`` switches a reading off. An issue's own weight and severity win over labels.
    """

    priority: str | None = "priority"
    severity: str | None = "severity"
    points: str | None = "weight"


class ArtifactSettings(_Section):
    """A JUnit file to read where the server itself reads no test reports: a pattern of job names, and its path."""

    job: str
    path: str

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        if path.startswith("/") or ".." in path.split("/") or not path.strip("/ "):
            raise ValueError(f"{path!r} is no path within a job's artifacts: write it like reports/junit.xml")
        return path


class PipelineSettings(_Section):
    """Which pipelines prove something: ``refs`` are patterns of branches and tags, ``suites`` of names of suites.

    ``latest`` is the most that is read in one run; 0 reads none and costs no request. ``artifacts`` are files that are
    read of pipelines of which the server has no test report.
    """

    refs: tuple[str, ...] = ("main", "master", "release/*", "release-*", "v[0-9]*")
    suites: tuple[str, ...] = ("*accept*", "*e2e*", "*end-to-end*", "*uat*")
    latest: int = Field(default=10, ge=0, le=100)
    artifacts: tuple[ArtifactSettings, ...] = ()


class DeliverySettings(_Section):
    """What is read of the code behind the issues, and how many ``days`` back the first time.

    Users work in an environment of the tier production; ``production`` are patterns of names that say so where the
    server tells no tier. Deployments to ``skip_environments`` are left out.
    """

    merge_requests: bool = True
    deployments: bool = True
    days: int = Field(default=730, ge=1, le=36_500)
    production: tuple[str, ...] = ("prod*", "prd*", "live*")
    skip_environments: tuple[str, ...] = ("review/*",)


class GitlabSettings(_Section):
    """One GitLab server, and which of its projects are read.

    ``groups`` stand for all their projects, those of subgroups too. ``internal_notes`` makes our comments visible
    to members only. ``iterations`` and ``epics`` (Premium) become milestones too where they are wanted. ``connections``
    read histories side by side. ``history: events`` reads them from event lists alone, which costs four requests an
    issue where the activity costs a fiftieth. ``pipelines`` tell which test reports are read, ``delivery`` which merge
    requests and deployments.
    """

    url: str = "https://gitlab.com"
    auth: Auth
    projects: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    labels: LabelScopes = Field(default_factory=LabelScopes)
    internal_notes: bool = False
    iterations: bool = False
    epics: bool = False
    history: Literal["auto", "events"] = "auto"
    pipelines: PipelineSettings = Field(default_factory=PipelineSettings)
    delivery: DeliverySettings = Field(default_factory=DeliverySettings)
    connections: int = Field(default=4, ge=1, le=16)
    timeout_seconds: float = Field(default=60, gt=0)
    ca_bundle: str | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ValueError(f"{url!r} is no address of a GitLab server: write it like https://gitlab.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the address of a GitLab server holds no account, query or fragment: use auth.token")
        return url.rstrip("/").removesuffix("/api/v4")

    @field_validator("projects", "groups")
    @classmethod
    def _are_paths(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            if "://" in path or not path.strip("/ "):
                raise ValueError(f"{path!r} is no path: write it like acme/shop-web, without the server's address")
        return tuple(dict.fromkeys(path.strip("/ ") for path in paths))

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if not self.projects and not self.groups:
            raise ValueError("name what to read: projects: [acme/shop-web] or groups: [acme]")
        return self
