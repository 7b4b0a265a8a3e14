"""The whole configuration, validated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from pmbridge.config.product import ProductSettings
from pmbridge.config.running import RetentionSettings, WorkerSettings
from pmbridge.config.section import Name, Section

_CRON = re.compile(r"[\w*,/?-]+( +[\w*,/?-]+){4}")


def _cron(text: str) -> str:
    if not _CRON.fullmatch(text.strip()):
        raise ValueError(
            f'{text!r} is no schedule: write five fields like "*/15 * * * *" (minute hour day month weekday)'
        )
    return " ".join(text.split())


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

    ``owner`` names the installation in every marker. ``secrets`` holds every secret that went into it, so that they
    can be masked in whatever leaves the program.
    """

    owner: Name = "pmbridge"
    store: str = Field("sqlite:///pmbridge.db", repr=False)
    sources: dict[Name, SourceSettings]
    products: dict[Name, ProductSettings]
    schedule: Schedule = Schedule()
    worker: WorkerSettings = WorkerSettings()
    retention: RetentionSettings = RetentionSettings()
    path: Path
    secrets: tuple[SecretStr, ...] = Field((), exclude=True)

    @property
    def secret_values(self) -> tuple[str, ...]:
        """The secrets in clear, for a redactor and nothing else."""
        return tuple(secret.get_secret_value() for secret in self.secrets)
