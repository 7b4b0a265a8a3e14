from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Delivery
from pmbridge.errors import ConnectorError, Unavailable
from pmbridge.model import History, MergeRequest, MergeRequestState
from pmbridge.store import Store
from pmbridge.store.standing import standing
from pmbridge.sync import CertificateStatus, sync_source

Held = Callable[..., History]
HOUR, OVERLAP = timedelta(hours=1), timedelta(minutes=10)


class Code:
    """The merge requests of a tracker in memory, and since when it was asked for them."""

    def __init__(self, tracker: Any) -> None:
        self.tracker = tracker
        self.rows: list[MergeRequest] = []
        self.asked: list[datetime | None] = []
        self.failure: ConnectorError | None = None

    def merge(self, number: int) -> None:
        """Merge one now."""
        at = self.tracker.clock
        self.rows.append(
            MergeRequest(
                source="jira",
                id=str(number),
                key=f"SHOP!{number}",
                project="SHOP",
                title="Pay",
                branch="pay",
                state=MergeRequestState.MERGED,
                created_at=at,
                updated_at=at,
                merged_at=at,
                url="https://tracker.example/merge",
                items=(),
            )
        )

    def fetch(self, project: str, *, since: datetime | None) -> Iterator[Delivery]:
        self.asked.append(since)
        touched = [row for row in self.rows if since is None or row.updated_at >= since]
        yield Delivery(merge_requests=tuple(touched[:1]))
        if self.failure is not None:
            raise self.failure
        yield Delivery(merge_requests=tuple(touched[1:]))


@pytest.fixture
def code(tracker: Any) -> Code:
    made = Code(tracker)
    tracker.fetch_delivery = made.fetch
    tracker.put(1)
    return made


@pytest.fixture
def sync(tracker: Any, store: Store) -> Callable[..., tuple[str, ...]]:
    """Let an hour pass, sync, and return the notes of a run that holds all items."""

    def run(**options: Any) -> tuple[str, ...]:
        tracker.clock += HOUR
        proof = sync_source(tracker, store, holder="test", **options)
        assert proof.status is CertificateStatus.COMPLETE
        return proof.notes

    return run


Sync = Callable[..., tuple[str, ...]]


def test_each_run_reads_on_where_the_last_one_ended(tracker: Any, code: Code, sync: Sync) -> None:
    first = tracker.clock + HOUR
    sync()
    sync()
    sync()
    assert code.asked == [None, first - OVERLAP, first + HOUR - OVERLAP]
    sync(full=True)
    assert code.asked[-1] is None


def test_what_was_merged_while_the_server_failed_is_found_by_the_next_run(
    tracker: Any, code: Code, sync: Sync, held: Held
) -> None:
    sync()
    reached = tracker.clock - OVERLAP
    tracker.clock += HOUR
    code.merge(1)
    code.merge(2)
    code.failure = Unavailable("The server answered 502.")
    for _ in range(2):
        (note,) = sync()
        assert note == "Merge requests and deployments of SHOP were not read: The server answered 502."
    assert [row.key for row in held().merge_requests] == ["SHOP!1"]
    code.failure = None
    assert sync() == ()
    assert [row.key for row in held().merge_requests] == ["SHOP!1", "SHOP!2"]
    assert code.asked[1:] == [reached] * 3
    assert tracker.asked[-1][1] == tracker.clock - HOUR - OVERLAP, "items are read on all the same"


def test_a_first_reading_that_failed_is_done_again_from_its_beginning(code: Code, sync: Sync, held: Held) -> None:
    code.merge(1)
    code.merge(2)
    code.failure = Unavailable("The server answered 502.")
    sync()
    code.failure = None
    sync()
    assert code.asked == [None, None]
    assert len(held().merge_requests) == 2


def test_how_far_the_code_was_read_is_no_project_that_lags(code: Code, sync: Sync, store: Store) -> None:
    sync()
    with store.read() as conn:
        lags = standing(conn, datetime(2026, 3, 2, 14, tzinfo=UTC)).lags
    assert [project for _, project, _ in lags] == ["SHOP"]
