from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pmbridge.errors import StoreLocked
from pmbridge.store import Store, acquire
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
