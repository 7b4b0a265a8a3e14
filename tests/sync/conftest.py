from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pmbridge.connector import CheckResult, Observation, Page, Place, Reference, Step, Usage, Written
from pmbridge.errors import PmbridgeError
from pmbridge.model import Change, FieldName, History, Item, MilestoneKind, Person, StatusCategory
from pmbridge.store import Store, open_store, read_history

START = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Settings(BaseModel):
    """A tracker in memory needs none."""


class MemoryTracker:
    """A tracker of plain values with a clock of its own; it remembers what it was asked for."""

    Settings = Settings
    kind = "memory"
    capabilities = frozenset[Any]()
    milestone_kinds = frozenset({MilestoneKind.VERSION})

    def __init__(self, name: str = "jira", settings: Any = None, *, owner: str = "test") -> None:
        self.name = name
        self.url = "https://tracker.example"
        self.clock = START
        self.items: dict[str, Item] = {}
        self.changes: dict[str, tuple[Change, ...]] = {}
        self.reference = Reference()
        self.listed: tuple[str, ...] = ("SHOP",)
        self.page_size = 2
        self.partial: set[str] = set()
        self.asked: list[tuple[str, datetime | None, str | None]] = []
        self.pages_sent: list[tuple[str, ...]] = []
        self.failures: dict[str, PmbridgeError] = {}
        self.after_page: Callable[[int], None] = lambda _number: None
        self.counts: Callable[[str], int | None] | None = None
        self.cost = Usage()

    def put(self, number: int, *changes: Change, project: str = "SHOP", **values: Any) -> Item:
        """Create or edit an item now."""
        given: dict[str, Any] = {
            "source": self.name,
            "id": str(10000 + number),
            "key": f"{project}-{number}",
            "project": project,
            "url": f"https://tracker.example/{project}-{number}",
            "title": "Pay by card",
            "type": "Story",
            "status": "3",
            "status_name": "In Progress",
            "category": StatusCategory.ACTIVE,
            "created_at": START - timedelta(days=9),
            "updated_at": self.clock,
        }
        item = Item(**given | values)
        self.items[item.id] = item
        self.changes[item.id] = self.changes.get(item.id, ()) + changes
        return item

    def change(self, number: int, history: str, before: str | None, after: str | None) -> Change:
        return Change(
            source=self.name,
            item=str(10000 + number),
            history=history,
            position=0,
            at=self.clock,
            field=FieldName.STATUS,
            before=before,
            after=after,
        )

    def _fail(self, where: str) -> None:
        if where in self.failures:
            raise self.failures[where]

    def whoami(self) -> Person:
        return Person(source=self.name, id="me", name="pmbridge")

    def now(self) -> datetime:
        self._fail("now")
        return self.clock

    def diagnose(self, projects: Sequence[str]) -> Iterator[CheckResult]:
        return iter(())

    def projects(self) -> Sequence[str]:
        return self.listed

    def fetch_reference(self, projects: Sequence[str]) -> Reference:
        self._fail("reference")
        for project in projects:
            self._fail(f"reference of {project}")
        return self.reference

    def fetch_pages(
        self, project: str, *, since: datetime | None, cursor: str | None, reference: Reference
    ) -> Iterator[Page]:
        self.asked.append((project, since, cursor))
        if cursor is not None:
            self._fail("cursor")
        self._fail(project)
        number = 0
        left = self._after(project, since, cursor)
        while left:
            page = left[: self.page_size]
            more = len(left) > len(page)
            self.cost.requests += 1
            self.cost.bytes_received += 1000
            self.pages_sent.append(tuple(item.id for item in page))
            yield self._page(page, page[-1].id if more else None)
            number += 1
            self.after_page(number)
            left = self._after(project, since, page[-1].id) if more else []

    def _after(self, project: str, since: datetime | None, cursor: str | None) -> list[Item]:
        return sorted(
            (
                item
                for item in self.items.values()
                if item.project == project
                and (since is None or item.updated_at >= since)
                and (cursor is None or int(item.id) > int(cursor))
            ),
            key=lambda item: int(item.id),
        )

    def _page(self, items: Sequence[Item], cursor: str | None) -> Page:
        return Page(
            items=tuple(items),
            changes=tuple(change for item in items for change in self.changes[item.id]),
            partial_history=tuple(item.id for item in items if item.id in self.partial),
            raw={item.id: {"id": item.id} for item in items},
            cursor=cursor,
        )

    def count(self, project: str) -> int | None:
        self._fail("count")
        if self.counts is not None:
            return self.counts(project)
        return sum(item.project == project for item in self.items.values())

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        return iter(())

    def write(self, step: Step) -> Written:
        raise NotImplementedError

    def usage(self) -> Usage:
        return self.cost

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def tracker() -> MemoryTracker:
    return MemoryTracker()


@pytest.fixture
def make_tracker() -> Callable[[str], MemoryTracker]:
    return MemoryTracker


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pmbridge.db"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url, patience=0.1) as opened:
        yield opened


@pytest.fixture
def held(store: Store) -> Callable[..., History]:
    def read(source: str = "jira", *projects: str) -> History:
        with store.read() as conn:
            return read_history(conn, {source: projects or ("SHOP",)})

    return read
