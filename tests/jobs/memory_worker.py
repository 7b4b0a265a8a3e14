"""A worker's program over a tracker in memory: run as a process of its own by the tests of the queue."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from pmbridge.config import ProductSettings, Settings
from pmbridge.config.running import WorkerSettings
from pmbridge.config.settings import Schedule, SourceSettings
from pmbridge.connector import Page, Reference, Usage
from pmbridge.errors import RateLimited
from pmbridge.model import Item, StatusCategory

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEVER = "0 0 29 2 *"


class Options(BaseModel):
    """What the tracker in memory is told: where it notes what was asked of it, and whom it lets hang."""

    folder: Path
    projects: tuple[str, ...]
    pages: int = 1
    seconds: float = 0.02


class MemoryTracker:
    """A tracker that answers from nothing, slowly, and writes down who asked for which project."""

    Settings: ClassVar[type[BaseModel]] = Options
    kind = "memory"
    capabilities: frozenset[Any] = frozenset()
    milestone_kinds: frozenset[Any] = frozenset()

    def __init__(self, name: str, settings: Options, *, owner: str) -> None:
        self.name, self.url, self._settings, self._spent = name, "https://tracker.example", settings, 0

    def projects(self) -> Sequence[str]:
        return self._settings.projects

    def now(self) -> datetime:
        return NOW

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        return Reference()

    def fetch_pages(self, project: str, **_: Any) -> Iterator[Page]:
        folder = self._settings.folder
        with (folder / "asked").open("a", encoding="utf-8") as asked:
            asked.write(json.dumps({"project": project, "pid": os.getpid(), "at": time.time()}) + "\n")
        for page in range(self._settings.pages):
            time.sleep(self._settings.seconds)
            self._spent += 1
            self._obey(folder, project)
            last = page == self._settings.pages - 1
            item = an_item(self.name, project, page)
            yield Page(items=(item,), raw={item.id: {"id": item.id}}, cursor=None if last else str(page))

    def _obey(self, folder: Path, project: str) -> None:
        """Do what a test left a note for, once."""
        for word in ("hang", "refuse"):
            note = folder / f"{word}-{project}"
            try:
                note.rename(folder / f"{word}ing-{os.getpid()}")
            except FileNotFoundError:
                continue
            if word == "refuse":
                raise RateLimited("slow down", source=self.name)
            time.sleep(60)

    def count(self, project: str) -> int:
        return self._settings.pages

    def usage(self) -> Usage:
        return Usage(requests=self._spent)

    def close(self) -> None:
        """Nothing is open."""


def an_item(source: str, project: str, page: int) -> Item:
    return Item(
        source=source,
        id=f"{project}-{page}",
        key=f"{project}-{page}",
        project=project,
        url=f"https://tracker.example/{project}-{page}",
        title="Pay by card",
        type="Story",
        status="3",
        status_name="In Progress",
        category=StatusCategory.ACTIVE,
        created_at=NOW,
        updated_at=NOW,
    )


def load_memory(_name: str) -> type[MemoryTracker]:
    """Stand in for the loading of a connector."""
    return MemoryTracker


def an_installation(store: str, folder: Path, projects: Sequence[str], **options: Any) -> Settings:
    """Return settings with one source in memory, and one product of all its projects."""
    worker, sync = options.pop("worker", {}), options.pop("sync", NEVER)
    told = Options(folder=folder, projects=tuple(projects), **options)
    return Settings(
        store=store,
        sources={"memory": SourceSettings(connector="memory", options=told)},
        products={"shop": ProductSettings(title="Shop", projects={"memory": list(projects)})},
        schedule=Schedule(sync=sync, publish=NEVER),
        worker=WorkerSettings(**{"concurrency": 1, "stalled_after": 2.0} | worker),
        path=folder / "config.yaml",
    )


if __name__ == "__main__":
    from pmbridge.jobs import installation
    from pmbridge.jobs.queue.worker import work_off
    from pmbridge.logs import configure

    installation.load = load_memory  # type: ignore[assignment]
    given = json.loads(sys.argv[1])
    configure(given.pop("log", "error"), json=True)
    forever = given.pop("forever", False)
    store, folder = given.pop("store"), Path(given.pop("folder"))
    work_off(an_installation(store, folder, given.pop("projects"), **given), forever=forever)
