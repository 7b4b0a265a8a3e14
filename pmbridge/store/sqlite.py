"""The embedded store: one file, one writer at a time, readers that never wait."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from pmbridge.errors import StoreError
from pmbridge.store.failures import is_locked

#: Seconds between two attempts where SQLite itself does not wait.
_PAUSE = 0.02


def place(url: URL) -> str:
    """Name the file; raises `StoreError` where its folder does not exist."""
    if not url.database or url.database == ":memory:":
        return "the store in memory"
    path = Path(url.database).absolute()
    if not path.parent.is_dir():
        raise StoreError(
            f"{path} cannot be opened: the folder {path.parent} does not exist. "
            "Create it, or change `store` in the configuration."
        )
    return str(path)


def connect(url: URL, patience: float) -> Engine:
    """Make the engine; ``patience`` is how many seconds SQLite waits for another writer."""
    engine = create_engine(url, connect_args={"timeout": patience})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def prepare(engine: Engine, patience: float) -> None:
    """Switch to the write-ahead log: readers are then never locked out by the writer. The mode stays in the file."""
    # SQLite does not wait by itself here when two programs create one store at the same time.
    deadline = time.monotonic() + patience
    with closing(engine.raw_connection()) as connection:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not is_locked(error) or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE)
            else:
                return


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by itself, and only before the first write.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin(conn: Connection) -> None:
    # A transaction that reads first and writes later fails as locked when another writer came between.
    if conn.get_execution_options().get("pmbridge_outside"):
        return
    writes = conn.get_execution_options().get("pmbridge_writes") is not None
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
