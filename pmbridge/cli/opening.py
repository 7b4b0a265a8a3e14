"""Opening an installation for a command: configuration, logs, store and connectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pmbridge.config import Settings
    from pmbridge.jobs.installation import Installation


#: Log levels by how often -v was given.
LEVELS = ("warning", "info", "debug")


def settings_of(context: click.Context, *, tokens: bool = False) -> Settings:
    """Load the configuration that the command line points at; ``tokens`` are for what talks to a tracker."""
    from pmbridge.config import load
    from pmbridge.logs import configure

    settings = load(context.obj["config"], tokens=tokens)
    configure(LEVELS[min(context.obj["verbose"], 2)], settings.secret_values)
    return settings


@contextmanager
def opened(context: click.Context, *, store_url: str | None = None, tokens: bool = True) -> Iterator[Installation]:
    """Open the configured installation; without ``tokens`` to look at its store only."""
    from pmbridge.jobs.installation import open_installation

    with open_installation(settings_of(context, tokens=tokens), store_url=store_url) as installation:
        yield installation


def utc_now() -> datetime:
    """Tell the machine's clock."""
    return datetime.now(UTC)
