"""Opening the store: connections, transactions, and an up-to-date schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from pmbridge.errors import StoreUnavailable
from pmbridge.store.engines import parsed
from pmbridge.store.failures import explain
from pmbridge.store.migrate import bring_up_to_date, require_current


class Store:
    """An open store. ``place`` is how messages name it: a path, or a database without its password."""

    def __init__(self, engine: Engine, place: str, snapshot: Mapping[str, Any]) -> None:
        self.place = place
        self.kind = engine.dialect.name
        self._engine = engine
        self._readers = engine.execution_options(**snapshot)
        self._outside = engine.execution_options(isolation_level="AUTOCOMMIT", pmbridge_outside=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one instant of the store, whatever is written meanwhile."""
        with self._explained(), self._readers.begin() as conn:
            yield conn

    @contextmanager
    def write(self, scope: str = "") -> Iterator[Connection]:
        """Give a connection whose work is committed whole on leaving, and not at all on an error.

        One writer at a time; in PostgreSQL writers of different scopes work side by side. Raises `StoreLocked` when
        another one does not finish in time.
        """
        with self._explained(), self._engine.execution_options(pmbridge_writes=scope).begin() as conn:
            yield conn

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """Give a connection for commands that no transaction may hold, such as vacuum."""
        with self._explained(), self._outside.connect() as conn:
            yield conn

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

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
            told = explain(error, self.place)
            if isinstance(told, StoreUnavailable):
                self._engine.dispose()
            raise told from error


def open_store(url: str, *, patience: float = 10.0, migrate: bool = True) -> Store:
    """Open the store at an SQLAlchemy URL; create or migrate its tables where needed.

    ``patience`` is how many seconds to wait for another writer. Without ``migrate`` an older store is refused as a
    newer one is. Raises `StoreCorrupt` for a damaged or foreign database, `SchemaMismatch`, `StoreLocked`,
    `StoreUnavailable` where the server cannot be reached, and `StoreError` where nothing can be opened.
    """
    address, kind = parsed(url)
    place = kind.place(address)
    store = Store(kind.connect(address, patience), place, kind.snapshot)
    try:
        with store._explained():
            kind.prepare(store._engine, patience)
        if migrate:
            bring_up_to_date(store.read, store.write, place)
        else:
            require_current(store.read, place)
    except BaseException:
        store.close()
        raise
    return store
