"""Opening the store: connections, transactions, and an up-to-date schema."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from pmbridge.errors import StoreError
from pmbridge.store.failures import explain, is_locked
from pmbridge.store.migrate import bring_up_to_date

#: Seconds between two attempts where SQLite itself does not wait.
_PAUSE = 0.02


class Store:
    """An open store. ``place`` is how messages name it: a path, or a URL without its password."""

    def __init__(self, engine: Engine, place: str) -> None:
        self.place = place
        self._readers = engine
        self._writers = engine.execution_options(pmbridge_writes=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one instant of the store, whatever is written meanwhile."""
        with self._explained(), self._readers.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is committed whole on leaving, and not at all on an error.

        One writer at a time: raises `StoreLocked` when another one does not finish in time.
        """
        with self._explained(), self._writers.begin() as conn:
            yield conn

    def close(self) -> None:
        """Release the connections."""
        self._readers.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise explain(error, self.place) from error


def open_store(url: str, *, patience: float = 10.0) -> Store:
    """Open the store at an SQLAlchemy URL; create or migrate its tables where needed.

    ``patience`` is how many seconds to wait for another writer. Raises `StoreCorrupt` for a damaged or foreign
    file, `SchemaMismatch` for a newer store, `StoreLocked`, and `StoreError` where nothing can be opened.
    """
    parsed = _parsed(url)
    place = _place(parsed)
    store = Store(_engine(parsed, patience), place)
    try:
        with store._explained():
            _use_write_ahead_log(store._readers, patience)
        bring_up_to_date(store.read, store.write, place)
    except BaseException:
        store.close()
        raise
    return store


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("`store` is not a database URL. Write it like sqlite:///pmbridge.db.") from None
    if parsed.get_backend_name() != "sqlite":
        name = parsed.get_backend_name()
        raise StoreError(f"A store in {name} is not supported. Write `store` like sqlite:///pmbridge.db.")
    return parsed


def _place(url: URL) -> str:
    if not url.database or url.database == ":memory:":
        return "the store in memory"
    path = Path(url.database).absolute()
    if not path.parent.is_dir():
        raise StoreError(
            f"{path} cannot be opened: the folder {path.parent} does not exist. "
            "Create it, or change `store` in the configuration."
        )
    return str(path)


def _engine(url: URL, patience: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": patience})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by itself, and only before the first write.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin(conn: Connection) -> None:
    # A transaction that reads first and writes later fails as locked when another writer came between.
    writes = conn.get_execution_options().get("pmbridge_writes", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_write_ahead_log(engine: Engine, patience: float) -> None:
    # Readers are then never locked out by the writer. The mode stays in the file. SQLite does not wait by itself here
    # when two programs create one store at the same time.
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
