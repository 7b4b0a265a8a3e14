"""The whole configuration, validated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator

from pmbridge.config.people import PeopleMap
from pmbridge.config.product import ProductSettings
from pmbridge.config.running import RetentionSettings, WorkerSettings
from pmbridge.config.section import Name, Section, Words

_CRON = re.compile(r"[\w*,/?-]+( +[\w*,/?-]+){4}")


def _cron(text: str) -> str:
    if not _CRON.fullmatch(text.strip()):
        raise ValueError(
            f'{text!r} is no schedule: write five fields like "*/15 * * * *" (minute hour day month weekday)'
        )
    return " ".join(text.split())


_RELATIVE = re.compile(r"sqlite:///(?!/|:memory:|[A-Za-z]:)(?P<path>.+)")

Cron = Annotated[str, AfterValidator(_cron)]


class Schedule(Section):
    """When a machine that runs by itself reads the trackers, and when it writes; five cron fields each."""

    sync: Cron = "*/15 * * * *"
    publish: Cron = "0 7 * * mon-fri"


class SourceSettings(Section):
    """One tracker: the connector's name and its own validated settings."""

    connector: str
    options: BaseModel


class Settings(Section):
    """Everything one installation is told; ``path`` is the file it came from.

    ``owner`` names the installation in every marker. A relative path in ``store`` begins at the file's folder, so that
    the place a command is called from does not matter. ``secrets`` holds every secret that went into it, so that they
    can be masked in whatever leaves the program.
    """

    owner: Name = "pmbridge"
    store: str = Field("sqlite:///pmbridge.db", repr=False)
    sources: dict[Name, SourceSettings]
    products: dict[Name, ProductSettings]
    people: PeopleMap = Field(default_factory=dict)
    bots: tuple[Words, ...] = ()
    schedule: Schedule = Schedule()
    worker: WorkerSettings = WorkerSettings()
    retention: RetentionSettings = RetentionSettings()
    path: Path
    secrets: tuple[SecretStr, ...] = Field((), exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _anchor_store(cls, data: dict[str, Any]) -> dict[str, Any]:
        path, store = data.get("path"), data.get("store") or cls.model_fields["store"].default
        found = _RELATIVE.fullmatch(store) if isinstance(store, str) else None
        if found is None or not isinstance(path, Path):
            return data
        return {**data, "store": f"sqlite:///{path.absolute().parent / found['path']}"}

    @property
    def secret_values(self) -> tuple[str, ...]:
        """The secrets in clear, for a redactor and nothing else."""
        return tuple(secret.get_secret_value() for secret in self.secrets)
