from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pmbridge.model import Change, FieldName, Item, Milestone, MilestoneKind, StatusCategory
from pmbridge.store import Store, open_store

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pmbridge.db"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url, patience=0.1) as opened:
        yield opened


@pytest.fixture
def file_store(path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{path}", patience=0.1) as opened:
        yield opened


@pytest.fixture
def item() -> Callable[..., Item]:
    def make(number: int = 1, **values: Any) -> Item:
        given: dict[str, Any] = {
            "source": "jira",
            "id": str(10000 + number),
            "key": f"SHOP-{number}",
            "project": "SHOP",
            "url": f"https://tracker.example/browse/SHOP-{number}",
            "title": "Pay by card",
            "type": "Story",
            "status": "3",
            "status_name": "In Progress",
            "category": StatusCategory.ACTIVE,
            "created_at": NOON,
            "updated_at": NOON,
        }
        return Item(**given | values)

    return make


@pytest.fixture
def change() -> Callable[..., Change]:
    def make(number: int = 1, history: str = "1", position: int = 0, **values: Any) -> Change:
        given: dict[str, Any] = {
            "source": "jira",
            "item": str(10000 + number),
            "history": history,
            "position": position,
            "at": NOON,
            "field": FieldName.STATUS,
            "before": "1",
            "after": "3",
        }
        return Change(**given | values)

    return make


@pytest.fixture
def milestone() -> Callable[..., Milestone]:
    def make(native_id: str = "77", **values: Any) -> Milestone:
        given: dict[str, Any] = {
            "source": "jira",
            "id": f"version:{native_id}",
            "native_id": native_id,
            "kind": MilestoneKind.VERSION,
            "project": "SHOP",
            "title": "4.2",
        }
        return Milestone(**given | values)

    return make


@pytest.fixture
def page() -> Callable[..., Any]:
    def make(**parts: Any) -> Any:
        empty: dict[str, Any] = dict.fromkeys(
            (
                "items",
                "changes",
                "links",
                "worklogs",
                "whole_worklogs",
                "gone_worklogs",
                "people",
                "tests",
                "executions",
                "partial_history",
            ),
            (),
        )
        return SimpleNamespace(**empty | {"raw": {}} | parts)

    return make


@pytest.fixture
def reference() -> Callable[..., Any]:
    def make(**parts: Any) -> Any:
        return SimpleNamespace(**dict.fromkeys(("statuses", "people", "milestones"), ()) | parts)

    return make
