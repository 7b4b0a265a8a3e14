from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import structlog.testing

from pmbridge.errors import StoreError, StoreLocked, StoreUnavailable
from pmbridge.store import Store, acquire
from pmbridge.store.holder import is_dead, this_run
from pmbridge.store.lease import Lease
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_second_holder_is_told_who_holds_the_source_and_until_when(store: Store, clock: Clock) -> None:
    with (
        acquire(store, "jira", "nightly@host-a", clock=clock),
        pytest.raises(StoreLocked, match="nightly@host-a, until 2026-03-02 12:10:00 UTC"),
        acquire(store, "jira", "me@host-b", clock=clock),
    ):
        pass


def test_sources_are_held_apart(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "a", clock=clock), acquire(store, "gitlab", "b", clock=clock) as second:
        assert second.source == "gitlab"


def test_a_released_source_can_be_taken_at_once_with_a_higher_token(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "a", clock=clock) as first:
        pass
    with acquire(store, "jira", "b", clock=clock) as second:
        assert second.token > first.token


def test_a_source_is_released_when_the_run_fails(store: Store, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), acquire(store, "jira", "a", clock=clock):
        _ = 1 / 0
    with acquire(store, "jira", "b", clock=clock) as second:
        assert second.token == 2


def test_writing_holds_the_source_for_longer(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "a", clock=clock) as lease:
        clock.pass_minutes(9)
        with lease.write():
            pass
        clock.pass_minutes(9)
        with pytest.raises(StoreLocked), acquire(store, "jira", "b", clock=clock):
            pass


def test_an_expired_lease_is_taken_over_and_its_holder_can_write_no_more(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "slow", clock=clock) as slow:
        clock.pass_minutes(11)
        with acquire(store, "jira", "fresh", clock=clock) as fresh:
            with pytest.raises(StoreLocked, match="taken over by another run"), slow.write() as conn:
                write_watermark(conn, Watermark("jira", "SHOP", cursor="stale"))
            with fresh.write() as conn:
                assert read_watermark(conn, "jira", "SHOP").cursor is None


def test_an_expired_lease_that_nobody_took_still_serves(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "a", clock=clock) as lease:
        clock.pass_minutes(60)
        with lease.write() as conn:
            write_watermark(conn, Watermark("jira", "SHOP", cursor="page-2"))
    with store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").cursor == "page-2"


def test_a_late_release_leaves_the_new_holder_alone(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "slow", clock=clock):
        clock.pass_minutes(11)
        fresh = acquire(store, "jira", "fresh", clock=clock)
        fresh.__enter__()
    with pytest.raises(StoreLocked, match="fresh"), acquire(store, "jira", "third", clock=clock):
        pass
    fresh.__exit__(None, None, None)


def test_a_killed_run_of_the_same_name_starts_again_at_once(store: Store, clock: Clock) -> None:
    killed = acquire(store, "jira", "nightly@host-a", clock=clock)
    first = killed.__enter__()
    with acquire(store, "jira", "nightly@host-a", clock=clock) as second:
        assert second.token > first.token
    killed.__exit__(None, None, None)


def test_a_source_held_whole_excludes_its_projects_and_the_other_way_round(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "a", clock=clock):
        with pytest.raises(StoreLocked), acquire(store, "jira", "b", project="SHOP", clock=clock):
            pass
        with acquire(store, "jira-2", "b", project="SHOP", clock=clock):
            pass
    with (
        acquire(store, "jira", "a", project="SHOP", clock=clock),
        acquire(store, "jira", "b", project="PAY", clock=clock),
    ):
        with pytest.raises(StoreLocked, match="jira/"), acquire(store, "jira", "c", clock=clock):
            pass
        with pytest.raises(StoreLocked), acquire(store, "jira", "c", project="SHOP", clock=clock):
            pass


def test_whoever_takes_a_whole_source_over_keeps_its_projects_from_writing(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "slow", project="SHOP", clock=clock) as slow:
        clock.pass_minutes(11)
        with (
            acquire(store, "jira", "fresh", clock=clock),
            pytest.raises(StoreLocked, match="taken over"),
            slow.write() as conn,
        ):
            write_watermark(conn, Watermark("jira", "SHOP", cursor="stale"))


def test_a_clock_that_was_set_back_for_long_does_not_lock_the_source_for_long(store: Store, clock: Clock) -> None:
    killed = acquire(store, "jira", "a", clock=clock)
    killed.__enter__()
    clock.pass_minutes(-600)
    with acquire(store, "jira", "b", clock=clock) as second:
        assert second.token == 2
    killed.__exit__(None, None, None)


def test_two_runs_of_one_living_process_exclude_each_other(store: Store) -> None:
    with (
        acquire(store, "jira", this_run()),
        pytest.raises(StoreLocked, match=f"process {os.getpid()}"),
        acquire(store, "jira", this_run()),
    ):
        pass


def test_the_lease_of_a_killed_process_is_taken_over_at_once(store: Store) -> None:
    program = "from pmbridge.store.holder import this_run; print(this_run())"
    dead = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert is_dead(dead)
    assert not is_dead(this_run())
    assert not is_dead("nightly@host-a")
    killed = acquire(store, "jira", dead)
    killed.__enter__()
    with acquire(store, "jira", this_run()) as second:
        assert second.token == 2
    killed.__exit__(None, None, None)


def test_a_process_of_another_machine_is_not_known_to_be_dead() -> None:
    name, machine, *rest = this_run().split("/")
    assert not is_dead("/".join((name, machine + "x", "1", *rest[1:])))


def test_a_run_that_could_not_give_its_lease_back_does_not_hinder_the_next_of_its_process(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_lease: Lease) -> None:
        raise StoreUnavailable("the server is gone")

    first, second = this_run(), this_run()
    with monkeypatch.context() as gone:
        gone.setattr(Lease, "release", lost)
        with acquire(store, "jira", first), pytest.raises(StoreLocked), acquire(store, "jira", second):
            pass
    with acquire(store, "jira", second) as lease:
        assert lease.token > 1


@pytest.mark.parametrize("trouble", [StoreLocked("busy"), StoreError("the disk is full"), StoreUnavailable("gone")])
def test_a_lease_that_cannot_be_given_back_fails_no_run_and_hides_no_error(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, trouble: StoreError
) -> None:
    def fails(_lease: Lease) -> None:
        raise trouble

    holder = this_run()
    with monkeypatch.context() as broken:
        broken.setattr(Lease, "release", fails)
        with structlog.testing.capture_logs() as lines, acquire(store, "jira", holder, clock=clock):
            pass
        with pytest.raises(ZeroDivisionError), acquire(store, "gitlab", holder, clock=clock):
            _ = 1 / 0
    assert [(line["log_level"], line["reason"]) for line in lines] == [("warning", str(trouble))]
    with acquire(store, "jira", this_run(), clock=clock) as second:
        assert second.token == 2


def test_a_run_that_lost_its_lease_to_another_ends_without_a_crash(store: Store, clock: Clock) -> None:
    with acquire(store, "jira", "first", clock=clock):
        clock.pass_minutes(11)
        second = acquire(store, "jira", "second", clock=clock)
        lease = second.__enter__()
    with lease.write() as conn:
        write_watermark(conn, Watermark("jira", "SHOP", cursor="2"))
    second.__exit__(None, None, None)
    with store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").cursor == "2"
