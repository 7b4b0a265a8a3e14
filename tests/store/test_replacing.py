from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from pmbridge.model import FieldName
from pmbridge.store import Store, open_store, schema
from pmbridge.store.arrivals import write_items
from pmbridge.store.ingest import write_page
from pmbridge.store.rows import item_row

Make = Callable[..., Any]
TABLES = (schema.items, schema.changes, schema.intervals, schema.memberships, schema.raw_payloads)
histories = st.lists(
    st.tuples(
        st.integers(1, 4), st.integers(0, 2), st.sampled_from(["a", "b", None]), st.sampled_from(list(FieldName))
    ),
    max_size=6,
    unique_by=lambda step: step[:2],
)


def held(store: Store) -> list[Any]:
    with store.read() as conn:
        return [sorted(map(tuple, conn.execute(select(table))), key=repr) for table in TABLES]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=histories, second=histories)
def test_a_history_corrected_row_by_row_is_the_one_written_at_once(
    store: Store, page: Make, item: Make, change: Make, noon: Any, first: Any, second: Any
) -> None:
    def pages(steps: Any) -> Any:
        made = [
            change(1, str(h), p, at=noon + timedelta(hours=h), field=f, after=a, before=None) for h, p, a, f in steps
        ]
        return page(items=[item(1), item(2)], changes=[*made, change(2, "9")], raw={"10001": {"n": len(made)}})

    with store.write() as conn:
        conn.execute(schema.items.delete())
        write_page(conn, "jira", pages(second), seen_at=noon)
    once = held(store)
    with store.write() as conn:
        conn.execute(schema.items.delete())
        write_page(conn, "jira", pages(first), seen_at=noon)
        write_page(conn, "jira", pages(second), seen_at=noon)
    assert held(store) == once


def test_a_page_that_brings_nothing_new_writes_no_history(
    store: Store, page: Make, item: Make, change: Make, noon: Any
) -> None:
    full = page(items=[item(n) for n in range(1, 9)], changes=[change(n, str(n)) for n in range(1, 9)])
    with store.write() as conn:
        write_page(conn, "jira", full, seen_at=noon)
    told: list[str] = []
    with store.write() as conn:
        event.listen(conn, "before_cursor_execute", lambda _c, _cur, statement, *_: told.append(statement))
        write_page(conn, "jira", full, seen_at=noon)
    written = [one for one in told if not one.lstrip().startswith("SELECT")]
    assert [one for one in written if "changes" in one or "intervals" in one or "memberships" in one] == []
    assert any("items" in one for one in written)


def test_new_items_are_told_from_known_ones(store: Store, item: Make) -> None:
    with store.write() as conn:
        assert write_items(conn, [item_row(item(n), 0, None) for n in (1, 2)]) == {"10001", "10002"}
        assert write_items(conn, [item_row(item(n), 0, None) for n in (2, 3)]) == {"10003"}
        assert write_items(conn, []) == frozenset()


def test_one_new_item_that_two_projects_bring_at_once_is_stored_once(
    postgres_url: str, page: Make, item: Make, change: Make, noon: Any
) -> None:
    both = page(items=[item(1)], changes=[change(1, "1"), change(1, "2")], raw={"10001": {"id": 1}})
    inside, done = Event(), Event()

    def slow() -> None:
        with open_store(postgres_url) as store, store.write("jira/SHOP") as conn:
            write_page(conn, "jira", both, seen_at=noon)
            inside.set()
            assert not done.wait(0.5)

    def quick() -> None:
        assert inside.wait(5)
        with open_store(postgres_url) as store, store.write("jira/PAY") as conn:
            write_page(conn, "jira", both, seen_at=noon)
            done.set()

    with ThreadPoolExecutor(2) as pool:
        for ended in (pool.submit(slow), pool.submit(quick)):
            ended.result(timeout=30)
    with open_store(postgres_url) as store:
        assert [len(rows) for rows in held(store)][:2] == [1, 2]


def test_a_character_that_postgresql_cannot_hold_is_replaced_on_every_road(
    postgres_url: str, page: Make, item: Make, change: Make, noon: Any
) -> None:
    with open_store(postgres_url) as store:
        for after in ("x\0y", "x\0z"):
            with store.write() as conn:
                full = page(items=[item(1)], changes=[change(1, "1", after=after), change(1, "2", before=None)])
                write_page(conn, "jira", full, seen_at=noon)
        with store.read() as conn:
            found = conn.execute(select(schema.changes.c.after).order_by(schema.changes.c.history)).scalars().all()
    assert found == ["x\ufffdz", "3"]
