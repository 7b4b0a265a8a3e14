from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pmbridge.errors import Rejected, Unavailable
from pmbridge.model import History
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.watermarks import read_watermark
from pmbridge.sync import CertificateStatus, Progress, sync_source

MINUTE = timedelta(minutes=1)
Held = Callable[..., History]


class Killed(BaseException):
    """The process ends here."""


def fill(tracker: Any, count: int = 7) -> None:
    for number in range(1, count + 1):
        opened = tracker.change(number, f"{number}0", "1", "2")
        started = tracker.change(number, f"{number}1", "2", "3")
        tracker.put(number, opened, started)
    tracker.clock += 60 * MINUTE


def untouched(tracker: Any, tmp_path: Path) -> History:
    """What a run that nothing disturbed would hold."""
    with open_store(f"sqlite:///{tmp_path / 'untouched.db'}") as store:
        tracker.after_page = lambda _number: None
        sync_source(tracker, store, holder="test")
        with store.read() as conn:
            return read_history(conn, {"jira": ["SHOP"]})


def comparable(found: History) -> tuple[Any, ...]:
    return found.items, found.changes, found.milestones, found.people, found.statuses


def kill_after(tracker: Any, pages: int) -> None:
    def kill(number: int) -> None:
        if number == pages:
            raise Killed

    tracker.after_page = kill


@pytest.mark.parametrize("pages", [1, 2, 3, 4])
def test_a_run_that_is_killed_between_pages_goes_on_there(
    tracker: Any, store: Store, held: Held, tmp_path: Path, pages: int
) -> None:
    fill(tracker)
    kill_after(tracker, pages)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    assert len(held().items) == min(2 * pages, 7)
    tracker.after_page = lambda _number: None
    proof = sync_source(tracker, store, holder="test")
    assert proof.status is CertificateStatus.COMPLETE
    sent = [id_ for page in tracker.pages_sent for id_ in page]
    assert len(sent) - len(set(sent)) <= tracker.page_size
    assert comparable(held()) == comparable(untouched(tracker, tmp_path))


@pytest.mark.parametrize("nth", range(1, 60, 2))
def test_a_run_that_is_killed_at_any_statement_repeats_at_most_a_page(
    tracker: Any, store: Store, held: Held, tmp_path: Path, nth: int
) -> None:
    fill(tracker)
    executed = 0

    def crash(*_: Any) -> None:
        nonlocal executed
        executed += 1
        if executed == nth:
            raise Killed

    engine = store._engine
    event.listen(engine, "before_cursor_execute", crash)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    event.remove(engine, "before_cursor_execute", crash)
    proof = sync_source(tracker, store, holder="test")
    assert proof.status is CertificateStatus.COMPLETE
    sent = [id_ for page in tracker.pages_sent for id_ in page]
    assert len(sent) - len(set(sent)) <= tracker.page_size
    assert comparable(held()) == comparable(untouched(tracker, tmp_path))


def test_a_process_that_is_killed_hard_loses_no_stored_page(path: Path) -> None:
    program = """
        import os, signal, sys
        sys.path.insert(0, sys.argv[2])
        from conftest import MemoryTracker
        from pmbridge.store import open_store
        from pmbridge.sync import sync_source
        tracker = MemoryTracker()
        for number in range(1, 8):
            tracker.put(number)
        tracker.after_page = lambda number: number == 3 and os.kill(os.getpid(), signal.SIGKILL)
        sync_source(tracker, open_store(f"sqlite:///{sys.argv[1]}"), holder="test")
    """
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", textwrap.dedent(program), str(path), here]
    ended = subprocess.run(command, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert ended.returncode == -signal.SIGKILL
    with open_store(f"sqlite:///{path}") as store, store.read() as conn:
        assert len(read_history(conn, {"jira": ["SHOP"]}).items) == 6
        assert read_watermark(conn, "jira", "SHOP").cursor == "10006"


def test_an_interrupted_run_is_ended_and_what_changed_since_it_began_is_read(tracker: Any, store: Store) -> None:
    fill(tracker)
    begun = tracker.clock
    kill_after(tracker, 2)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    tracker.after_page = lambda _number: None
    tracker.clock += 600 * MINUTE
    tracker.put(1, tracker.change(1, "99", "3", "4"))
    proof = sync_source(tracker, store, holder="test")
    assert proof.status is CertificateStatus.COMPLETE
    assert tracker.asked[1:] == [("SHOP", None, "10004"), ("SHOP", begun - 10 * MINUTE, None)]
    with store.read() as conn:
        mark = read_watermark(conn, "jira", "SHOP")
        found = read_history(conn, {"jira": ["SHOP"]})
    assert (mark.instant, mark.cursor, mark.started_at) == (tracker.clock, None, None)
    assert [change.after for change in found.changes if change.item == "10001"] == ["2", "3", "4"]


def test_a_run_that_is_killed_after_the_rest_of_another_still_knows_where_that_began(
    tracker: Any, store: Store
) -> None:
    fill(tracker)
    begun = tracker.clock
    kill_after(tracker, 2)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    tracker.clock += 600 * MINUTE
    for number in (1, 2, 3):
        tracker.put(number)
    kill_after(tracker, 2)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    with store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").started_at == begun


def test_an_increment_asks_from_the_watermark_with_an_overlap(tracker: Any, store: Store) -> None:
    fill(tracker, 3)
    first = tracker.clock
    sync_source(tracker, store, holder="test")
    tracker.clock += 60 * MINUTE
    tracker.put(2)
    tracker.pages_sent.clear()
    sync_source(tracker, store, holder="test")
    assert tracker.asked == [("SHOP", None, None), ("SHOP", first - 10 * MINUTE, None)]
    with store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").instant == tracker.clock


def test_an_increment_brings_what_changed_and_keeps_the_rest(
    tracker: Any, store: Store, held: Held, tmp_path: Path
) -> None:
    fill(tracker)
    sync_source(tracker, store, holder="test")
    tracker.clock += 60 * MINUTE
    tracker.put(2, tracker.change(2, "25", "3", "4"), status="4")
    tracker.put(8)
    tracker.pages_sent.clear()
    proof = sync_source(tracker, store, holder="test")
    assert tracker.pages_sent == [("10002", "10008")]
    assert (proof.status, proof.items_stored, proof.changes_stored) == ("complete", 8, 15)
    assert comparable(held()) == comparable(untouched(tracker, tmp_path))


def test_an_item_that_is_indexed_late_is_caught_by_the_overlap(tracker: Any, store: Store, held: Held) -> None:
    fill(tracker, 2)
    sync_source(tracker, store, holder="test")
    late = tracker.clock - 3 * MINUTE
    tracker.clock += 5 * MINUTE
    tracker.put(3, updated_at=late)
    assert sync_source(tracker, store, holder="test").status is CertificateStatus.COMPLETE
    assert len(held().items) == 3


def test_a_full_run_reads_everything_again(tracker: Any, store: Store) -> None:
    fill(tracker, 3)
    sync_source(tracker, store, holder="test")
    sync_source(tracker, store, holder="test", full=True)
    assert tracker.asked == [("SHOP", None, None)] * 2
    assert [id_ for page in tracker.pages_sent for id_ in page] == ["10001", "10002", "10003"] * 2


def test_an_interrupted_full_run_is_taken_up_again(tracker: Any, store: Store) -> None:
    fill(tracker)
    sync_source(tracker, store, holder="test")
    kill_after(tracker, 2)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test", full=True)
    tracker.after_page = lambda _number: None
    tracker.asked.clear()
    assert sync_source(tracker, store, holder="test", full=True).status is CertificateStatus.COMPLETE
    assert tracker.asked[0] == ("SHOP", None, "10004")


def test_a_full_run_does_not_take_up_an_interrupted_increment(tracker: Any, store: Store) -> None:
    fill(tracker)
    sync_source(tracker, store, holder="test")
    for number in range(1, 5):
        tracker.put(number)
    kill_after(tracker, 1)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    tracker.after_page = lambda _number: None
    tracker.asked.clear()
    sync_source(tracker, store, holder="test", full=True)
    assert tracker.asked == [("SHOP", None, None)]


def test_a_cursor_that_the_tracker_forgot_does_not_stop_the_source(tracker: Any, store: Store, held: Held) -> None:
    fill(tracker)
    kill_after(tracker, 2)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test")
    tracker.after_page = lambda _number: None
    tracker.failures["cursor"] = Rejected("The next page token is invalid.")
    assert sync_source(tracker, store, holder="test").status is CertificateStatus.COMPLETE
    assert len(held().items) == 7


def test_a_tracker_that_goes_away_midway_leaves_the_cursor(tracker: Any, store: Store, held: Held) -> None:
    fill(tracker)

    def go_away(number: int) -> None:
        if number == 2:
            raise Unavailable("jira answered 503.", source="jira", status=503)

    tracker.after_page = go_away
    proof = sync_source(tracker, store, holder="test")
    assert proof.status is CertificateStatus.FAILED
    assert (proof.items_stored, proof.items_tracker) == (4, None)
    assert "SHOP could not be read to its end: jira answered 503." in proof.gaps[0].text
    tracker.after_page = lambda _number: None
    assert sync_source(tracker, store, holder="test").status is CertificateStatus.COMPLETE
    assert tracker.asked[1] == ("SHOP", None, "10004")


def test_progress_tells_how_many_of_how_many(tracker: Any, store: Store) -> None:
    told: list[Progress] = []
    fill(tracker, 5)
    kill_after(tracker, 2)
    with pytest.raises(Killed):
        sync_source(tracker, store, holder="test", progress=told.append)
    tracker.after_page = lambda _number: None
    sync_source(tracker, store, holder="test", progress=told.append)
    tracker.clock += 60 * MINUTE
    tracker.put(1)
    sync_source(tracker, store, holder="test", progress=told.append)
    assert [(p.items_done, p.items_total) for p in told] == [(2, 5), (4, 5), (5, 5), (1, None)]
    assert {(p.source, p.project) for p in told} == {("jira", "SHOP")}
