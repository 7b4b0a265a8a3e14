"""What a failed look at a place of evidence leaves to the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Evidence
from pmbridge.errors import ConnectorError, Unavailable
from pmbridge.store import Store
from pmbridge.store.retention import forget
from pmbridge.sync import sync_source

HOUR, OVERLAP = timedelta(hours=1), timedelta(minutes=10)


class Pipelines:
    """A place that says since when it was asked, and fails if it is told to."""

    def __init__(self) -> None:
        self.asked: list[datetime | None] = []
        self.failure: ConnectorError | None = None

    def fetch_evidence(self, project: str, *, since: datetime | None) -> Iterator[Evidence]:
        self.asked.append(since)
        yield Evidence(notes=(f"{project} was looked at",))
        if self.failure is not None:
            raise self.failure


class Reports(Pipelines):
    """Another place."""


@pytest.fixture
def places(tracker: Any) -> tuple[Pipelines, Reports]:
    made = Pipelines(), Reports()
    tracker.acceptance_sources = lambda: made
    tracker.put(1)
    return made


@pytest.fixture
def sync(tracker: Any, store: Store) -> Callable[[], tuple[str, ...]]:
    def run() -> tuple[str, ...]:
        tracker.clock += HOUR
        return sync_source(tracker, store, holder="test").notes

    return run


def test_a_place_that_failed_is_asked_as_far_back_again_and_the_others_go_on(
    tracker: Any, places: tuple[Pipelines, Reports], sync: Callable[[], tuple[str, ...]]
) -> None:
    pipelines, reports = places
    first = tracker.clock + HOUR
    sync()
    pipelines.failure = Unavailable("jira answers 502")
    assert any("Evidence of SHOP was not read" in note for note in sync())
    pipelines.failure = None
    assert not any("was not read" in note for note in sync())
    assert pipelines.asked == [None, first - OVERLAP, first - OVERLAP]
    assert reports.asked == [None, first - OVERLAP, first + HOUR - OVERLAP]


def test_a_project_that_was_forgotten_is_read_from_its_beginning(
    tracker: Any, store: Store, places: tuple[Pipelines, Reports], sync: Callable[[], tuple[str, ...]]
) -> None:
    sync()
    with store.write() as conn:
        forget(conn, [("jira", "SHOP")])
    sync()
    assert places[0].asked == [None, None]
