"""A worker of the shared queue over a made-up organisation: run as a process of its own by `benchmarks.scale`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.made_up_tracker import MadeUpTracker, NoSettings, part
from benchmarks.organisation import FULL, SOURCE
from pmbridge.config import ProductSettings, Settings
from pmbridge.config.running import WorkerSettings
from pmbridge.config.settings import Schedule, SourceSettings

LATENCY = 0.05
NEVER = "0 0 29 2 *"


class Hired(MadeUpTracker):
    """The tracker as a connector that an installation makes by itself."""

    def __init__(self, name: str, settings: NoSettings, *, owner: str) -> None:
        super().__init__(part(FULL, FULL.projects), LATENCY)


def an_installation(url: str, projects: tuple[str, ...]) -> Settings:
    """Return settings with some projects, each a product of its own, and one job at a time in every worker."""
    return Settings(
        store=url,
        sources={SOURCE: SourceSettings(connector=MadeUpTracker.kind, options=NoSettings())},
        products={
            name.lower(): ProductSettings(title=name, zone="Europe/Berlin", projects={SOURCE: (name,)})
            for name in projects
        },
        schedule=Schedule(sync=NEVER, publish=NEVER),
        worker=WorkerSettings(concurrency=1),
        path=Path("benchmark.yaml"),
    )


def main() -> int:
    """Work the queue off."""
    from pmbridge.jobs import installation
    from pmbridge.jobs.queue.worker import work_off
    from pmbridge.logs import configure

    installation.load = lambda _kind: Hired  # type: ignore[assignment]
    configure("error", json=True)
    work_off(an_installation(sys.argv[1], tuple(sys.argv[2:])), forever=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
