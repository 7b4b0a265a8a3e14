"""What goes through the whole store holds a part of it at a time: three times the items take no more memory."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pmbridge.model import FieldName
from pmbridge.store import Store, open_store
from pmbridge.store.anonymous import copy_anonymous
from pmbridge.store.check import check
from pmbridge.store.ingest import write_page, write_source
from pmbridge.store.payloads import batches
from pmbridge.store.pseudonyms import Pseudonyms
from pmbridge.store.star import VIEWS
from pmbridge.store.temporal import rebuild
from pmbridge.store.transfer import copy_store

FEW, MANY = 2000, 6000


def checked(store: Store, _other: Store) -> None:
    with store.read() as conn:
        assert check(conn).findings == ()


def moved(store: Store, other: Store) -> None:
    assert copy_store(store, other)


def anonymized(store: Store, other: Store) -> None:
    assert copy_anonymous(store, other, Pseudonyms())["items"]


def exported(store: Store, _other: Store) -> None:
    with store.read() as conn:
        for view in VIEWS:
            deque(view.rows(conn), maxlen=0)


def normalized(store: Store, _other: Store) -> None:
    with store.write() as conn:
        deque(batches(conn, "jira"), maxlen=0)
        rebuild(conn, "jira")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Store]]:
    opened: dict[int, Store] = {}
    yield lambda items: opened.setdefault(items, open_store(f"sqlite:///{tmp_path_factory.mktemp('m')}/{items}.db"))
    for store in opened.values():
        store.close()


@pytest.fixture
def filled(stores: Callable[[int], Store], page: Any, item: Any, change: Any, noon: Any) -> Callable[[int], Store]:
    def fill(items: int) -> Store:
        store = stores(items)
        with store.write() as conn:
            write_source(conn, "jira", "jira", "https://tracker.example")
            for start in range(1, items, 500):
                numbers = range(start, start + 500)
                changes = [change(n, f"{n}{k}", field=f) for n in numbers for k, f in enumerate(list(FieldName)[:3])]
                made = [item(n, title=f"Story {n}", description=f"Text {n} " * 20) for n in numbers]
                raw = {one.id: {"id": one.id, "text": one.description} for one in made}
                write_page(conn, "jira", page(items=made, changes=changes, raw=raw), seen_at=noon)
        return store

    return fill


def peak(work: Callable[[Store, Store], None], store: Store, file: Path) -> int:
    with open_store(f"sqlite:///{file}") as other:
        tracemalloc.start()
        try:
            work(store, other)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("work", [checked, moved, anonymized, exported, normalized])
def test_three_times_the_items_take_no_more_memory(
    filled: Callable[[int], Store], tmp_path: Path, work: Callable[[Store, Store], None]
) -> None:
    few, many = (peak(work, filled(items), tmp_path / f"{items}.db") for items in (FEW, MANY))
    # Another part may be under way when the collector comes; all the other items would take three times as much.
    assert many - few < 2_500_000
