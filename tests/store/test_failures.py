from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from pmbridge.errors import StoreError
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.failures import explain
from pmbridge.store.ingest import write_page
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark


def fill(conn: Connection) -> None:
    conn.execute(text("PRAGMA max_page_count = 60"))
    for number in range(1000):
        write_watermark(conn, Watermark("jira", f"P{number}", cursor="c" * 1000))


def test_a_full_disk_is_told_and_takes_nothing(file_store: Store, path: object) -> None:
    with pytest.raises(StoreError, match="no space left") as caught, file_store.write() as conn:
        fill(conn)
    assert str(path) in str(caught.value)
    with file_store.read() as conn:
        assert read_watermark(conn, "jira", "P0") == Watermark("jira", "P0")


def test_any_other_trouble_is_told_in_the_words_of_the_database() -> None:
    error = explain(sqlite3.OperationalError("no such table: invoices"), "/data/pmbridge.db")
    assert type(error) is StoreError
    assert str(error) == "The store /data/pmbridge.db refused: no such table: invoices."


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('FATAL:  database "shop" does not exist', "no database of this name"),
        ('FATAL:  role "pm" does not exist', "does not know this user"),
        ("FATAL:  the database system is shutting down", "cannot be reached"),
        ("FATAL:  the database system is starting up", "cannot be reached"),
    ],
)
def test_a_server_that_restarts_is_no_database_that_is_missing(told: str, words: str) -> None:
    cause = Exception(f"connection to server failed: {told}")
    assert words in str(explain(DBAPIError("", None, cause), "the database shop"))


def test_a_disk_that_fills_up_within_a_page_takes_nothing_of_it(
    file_store: Store, page: Callable[..., Any], item: Callable[..., Any], noon: Any
) -> None:
    first, long = page(items=[item(1)]), page(items=[item(n, description="long " * 400) for n in range(2, 500)])
    with file_store.write() as conn:
        write_page(conn, "jira", first, seen_at=noon)
        used = conn.execute(text("PRAGMA page_count")).scalar_one()
        conn.execute(text(f"PRAGMA max_page_count = {used + 20}"))
    with pytest.raises(StoreError, match="no space left"), file_store.write() as conn:
        write_page(conn, "jira", long, seen_at=noon)
    with file_store.read() as conn:
        assert [one.key for one in read_history(conn, {"jira": ["SHOP"]}).items] == ["SHOP-1"]


def write_on_a_read_only_disk(conn: Connection) -> None:
    conn.execute(text("PRAGMA query_only = ON"))
    write_watermark(conn, Watermark("jira", "P0"))


def test_a_file_on_a_read_only_disk_can_be_read_and_says_why_it_is_not_written(file_store: Store, path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened for writing") as caught, file_store.write() as conn:
        write_on_a_read_only_disk(conn)
    assert str(path) in str(caught.value)
    with file_store.read() as conn:
        assert read_watermark(conn, "jira", "P0") == Watermark("jira", "P0")


@pytest.mark.parametrize(
    ("code", "words", "told"),
    [
        ("53100", "could not extend file: No space left on device", "no space left"),
        ("25006", "cannot execute INSERT in a read-only transaction", "takes no writes"),
        ("0A000", "cannot set transaction read-write mode during recovery", "takes no writes"),
        ("42501", "permission denied for table items", "lacks a right"),
    ],
)
def test_a_server_that_cannot_write_says_why_and_keeps_nothing(
    postgres_url: str, code: str, words: str, told: str
) -> None:
    with open_store(postgres_url) as store:
        with pytest.raises(StoreError, match=told), store.write() as conn:
            fail(conn, code, words)
        with store.read() as conn:
            assert read_watermark(conn, "jira", "P0") == Watermark("jira", "P0")


def fail(conn: Connection, code: str, words: str) -> None:
    """Write, and let the server fail as it does in that trouble."""
    write_watermark(conn, Watermark("jira", "P0", cursor="c"))
    conn.execute(text(f"DO $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '{code}'; END $$"))


def test_a_typo_in_the_address_is_told_with_the_right_form() -> None:
    for url in ("sqlite//pmbridge.db", "postgres://u:secret@h/d", "postgresq://u:secret@h/d", "pmbridge.db"):
        with pytest.raises(StoreError, match="Write `store` like sqlite:///") as caught:
            open_store(url)
        assert "secret" not in str(caught.value)
