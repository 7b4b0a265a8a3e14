"""What a tracker no longer shows is found, confirmed, buried, and raised again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from pmbridge.connector import Finding, Whereabouts
from pmbridge.store.tombstones import buried
from pmbridge.sync import CertificateStatus, GapKind, sync_source

DAY = timedelta(days=1)


@pytest.fixture
def tracker(make_tracker: Any) -> Any:
    """The tracker in memory, able to list ids and to look directly."""
    base = type(make_tracker())

    class Reconciling(base):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__()
            self.hidden: set[str] = set()
            self.archived: set[str] = set()
            self.listings = 0

        def list_ids(self, project: str) -> Iterator[str]:
            self.listings += 1
            self._fail("list")
            yield from (i for i, item in self.items.items() if item.project == project and i not in self.hidden)

        def find(self, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
            self._fail("find")
            for native in items:
                item = self.items.get(native)
                if item is None:
                    yield Whereabouts(item=native, finding=Finding.GONE)
                elif native in self.archived:
                    yield Whereabouts(item=native, finding=Finding.ARCHIVED, key=item.key)
                else:
                    found = Finding.HERE if item.project == project else Finding.MOVED
                    yield Whereabouts(item=native, finding=found, key=item.key)

        def count(self, project: str) -> int:
            return sum(i not in self.hidden for i, item in self.items.items() if item.project == project)

    return Reconciling()


@pytest.fixture
def sync(store: Any, tracker: Any) -> Any:
    def run(**options: Any) -> Any:
        tracker.clock += timedelta(minutes=30)
        return sync_source(tracker, store, holder="tests", **options)

    return run


@pytest.fixture
def stones(store: Any) -> Any:
    def read() -> dict[str, str]:
        with store.read() as conn:
            return {stone.key: stone.reason for stone in buried(conn, "jira")}

    return read


def test_a_deleted_item_is_buried_and_leaves_the_history(tracker, sync, held, stones):
    for n in range(5):
        tracker.put(n)
    assert sync().status is CertificateStatus.COMPLETE
    del tracker.items["10003"]
    proof = sync()
    assert proof.status is CertificateStatus.COMPLETE
    assert (proof.items_stored, proof.items_tracker, proof.tombstones) == (4, 4, 1)
    assert any("SHOP-3 is gone: deleted" in note for note in proof.notes)
    assert stones() == {"SHOP-3": "deleted, or no longer visible to this token"}
    assert [item.id for item in held().items] == ["10000", "10001", "10002", "10004"]
    assert sync().tombstones == 1


def test_a_moved_and_an_archived_item_say_so(tracker, sync, stones):
    for n in range(4):
        tracker.put(n)
    sync()
    tracker.items["10001"] = tracker.items["10001"].model_copy(update={"project": "PAY", "key": "PAY-9"})
    tracker.hidden.add("10002")
    tracker.archived.add("10002")
    assert sync().status is CertificateStatus.COMPLETE
    assert stones() == {"SHOP-1": "moved, and called PAY-9 now", "SHOP-2": "archived"}


def test_what_is_shown_again_comes_back_with_its_history(tracker, sync, held, stones):
    for n in range(4):
        tracker.put(n, tracker.change(n, "1", "1", "3"))
    sync()
    item = tracker.items.pop("10002")
    sync()
    assert len(held().items) == 3
    tracker.items["10002"] = item
    proof = sync()
    assert proof.status is CertificateStatus.COMPLETE
    assert stones() == {}
    assert {i.id for i in held().items} == {"10000", "10001", "10002", "10003"}
    assert len(held().changes) == 4


def test_a_listing_that_lags_behind_buries_nothing(tracker, sync, stones):
    for n in range(4):
        tracker.put(n)
    sync()
    tracker.hidden.add("10001")
    sync()
    assert stones() == {}


def test_one_bad_answer_never_buries_many_at_once(tracker, sync, held, stones):
    for n in range(100):
        tracker.put(n)
    sync()
    lost = {native: tracker.items.pop(native) for native in list(tracker.items)[30:70]}
    proof = sync()
    assert proof.status is CertificateStatus.PARTIAL
    (gap,) = [gap for gap in proof.gaps if gap.kind is GapKind.MASS_LOSS]
    assert "40 of 100 items" in gap.text
    assert "--accept-losses" in gap.text
    assert len(gap.items) == 20
    assert (stones(), len(held().items)) == ({}, 100)
    tracker.items |= lost
    assert sync().status is CertificateStatus.COMPLETE


def test_a_person_may_accept_a_mass_loss(tracker, sync, held):
    for n in range(100):
        tracker.put(n)
    sync()
    for native in list(tracker.items)[30:70]:
        del tracker.items[native]
    proof = sync(full=True, accept_losses=True)
    assert (proof.status, proof.tombstones, len(held().items)) == (CertificateStatus.COMPLETE, 40, 60)


def test_it_is_looked_into_once_a_day_and_where_counts_disagree(tracker, sync):
    tracker.put(1)
    sync()
    assert tracker.listings == 0, "a whole read that agrees with the count has met every item"
    sync()
    assert tracker.listings == 0
    tracker.clock += DAY
    sync()
    assert tracker.listings == 1
    sync(full=True)
    assert tracker.listings == 1
    tracker.counts = None
    del tracker.items["10001"]
    sync()
    assert tracker.listings == 2


def test_a_full_read_that_misses_an_item_is_compared_item_by_item(tracker, sync, stones):
    for n in range(3):
        tracker.put(n)
    sync()
    del tracker.items["10001"]
    proof = sync(full=True)
    assert (tracker.listings, proof.status) == (1, CertificateStatus.COMPLETE)
    assert list(stones()) == ["SHOP-1"]


@pytest.mark.parametrize("where", ["list", "find"])
def test_a_look_that_fails_buries_nothing_and_is_a_gap(tracker, sync, stones, where):
    from pmbridge.errors import Rejected

    for n in range(3):
        tracker.put(n)
    sync()
    del tracker.items["10001"]
    tracker.failures[where] = Rejected("no")
    proof = sync()
    assert proof.status is not CertificateStatus.COMPLETE
    assert stones() == {}


def test_time_that_was_taken_back_is_gone_and_other_time_stays(tracker, sync, held, store, monkeypatch):
    from pmbridge.model import Worklog

    def log(number: int, item: str) -> Worklog:
        return Worklog(source="jira", id=str(number), item=item, author="a", started_at=tracker.clock, seconds=60)

    tracker.put(1)
    tracker.put(2)
    known = [log(1, "10001"), log(2, "10001"), log(3, "10002")]
    whole = {"10001"}
    page_of = tracker._page

    def with_time(items, cursor):
        ids = {item.id for item in items}
        found = tuple(log for log in known if log.item in ids)
        return page_of(items, cursor).model_copy(update={"worklogs": found, "whole_worklogs": tuple(ids & whole)})

    monkeypatch.setattr(tracker, "_page", with_time)
    sync()
    assert [log.id for log in held().worklogs] == ["1", "2", "3"]
    del known[1:]
    tracker.put(1)
    tracker.put(2)
    sync()
    assert [log.id for log in held().worklogs] == ["1", "3"]
