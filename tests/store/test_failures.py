from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Connection, text

from pmbridge.errors import StoreError
from pmbridge.store import Store
from pmbridge.store.failures import explain
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
