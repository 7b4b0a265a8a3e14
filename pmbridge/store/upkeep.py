"""The work that keeps a store healthy: its state, space given back, copies for bad days."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from pmbridge.errors import StoreError
from pmbridge.store.database import Store, open_store
from pmbridge.store.migrate import revision
from pmbridge.store.schema import metadata
from pmbridge.store.transfer import copy_store


@dataclass(frozen=True, slots=True)
class Status:
    """How a store stands: its engine and schema, its size in bytes, rows by table."""

    place: str
    engine: str
    revision: str | None
    size: int
    rows: dict[str, int]


def status(store: Store) -> Status:
    """Count everything a store holds."""
    with store.read() as conn:
        counts = {
            t.name: conn.execute(select(func.count()).select_from(t)).scalar_one() for t in metadata.sorted_tables
        }
        return Status(store.place, _engine(conn), revision(conn, store.place), _size(conn), counts)


def vacuum(store: Store) -> tuple[int, int]:
    """Give unused space back and refresh what the planner knows; return the size before and after."""
    with store.read() as conn:
        before = _size(conn)
    with store.outside_transactions() as conn:
        if store.kind == "sqlite":
            conn.exec_driver_sql("VACUUM")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.exec_driver_sql("PRAGMA optimize")
        else:
            conn.exec_driver_sql("VACUUM (ANALYZE)")
    with store.read() as conn:
        return before, _size(conn)


def backup(store: Store, file: Path) -> None:
    """Write one instant of a store into a new SQLite file, whatever is written to the store meanwhile.

    The file is a store by itself: name it in `store`, or move it into a database. It appears whole or not at all.
    """
    if file.exists():
        raise StoreError(f"{file} exists already. Name a new file.")
    if not file.absolute().parent.is_dir():
        raise StoreError(f"The folder {file.absolute().parent} does not exist. Create it, or name another file.")
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        _write_copy(store, half)
        half.replace(file)
    finally:
        for left in (half, Path(f"{half}-wal"), Path(f"{half}-shm")):
            left.unlink(missing_ok=True)


def _write_copy(store: Store, file: Path) -> None:
    if store.kind == "sqlite":
        with store.outside_transactions() as conn:
            conn.execute(text("VACUUM INTO :file"), {"file": str(file)})
        return
    with open_store(f"sqlite:///{file}") as target:
        copy_store(store, target)


def _engine(conn: Connection) -> str:
    if conn.dialect.name == "postgresql":
        return f"PostgreSQL {conn.exec_driver_sql('SHOW server_version').scalar_one()}"
    return f"SQLite {conn.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"


def _size(conn: Connection) -> int:
    if conn.dialect.name == "postgresql":
        return int(conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages) * int(conn.exec_driver_sql("PRAGMA page_size").scalar_one())
