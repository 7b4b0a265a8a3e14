"""The metrics port of commands that go on and on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pmbridge.config import Settings

#: A loop that has not turned for so many seconds is stuck.
STUCK = 30.0


@contextmanager
def metrics(settings: Settings, port: int | None, host: str) -> Iterator[Callable[[], None]]:
    """Serve metrics and health meanwhile, if a port is given; gives what the loop calls to show that it turns."""
    last = [time.monotonic()]

    def beat() -> None:
        last[0] = time.monotonic()

    if port is None:
        yield beat
        return
    from pmbridge.jobs.telemetry import served

    with served(settings, port, lambda: time.monotonic() - last[0] < STUCK, host) as bound:
        click.echo(f"Metrics and health at http://{host}:{bound}/metrics and /health.", err=True)
        yield beat
