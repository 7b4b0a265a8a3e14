"""Bringing a store's schema to the revision this program works with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from pmbridge.errors import SchemaMismatch
from pmbridge.store.failures import damaged
from pmbridge.store.schema import REVISION

Opener = Callable[[], AbstractContextManager[Connection]]
MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(read: Opener, write: Opener, place: str) -> None:
    """Migrate the store if it is new or older; raise `SchemaMismatch` if it is newer.

    The whole way is one transaction: of two programs that open an old store at once, one migrates and the other waits.
    """
    with read() as conn:
        if revision(conn, place) == REVISION:
            return
    with write() as conn:
        found = revision(conn, place)
        if found != REVISION:
            _upgrade(conn, found, place)


def require_current(read: Opener, place: str) -> None:
    """Raise `SchemaMismatch` for a store that this program would have to migrate, or cannot read."""
    with read() as conn:
        found = revision(conn, place)
    if found != REVISION:
        raise SchemaMismatch(
            f"{place} has the schema {found or 'of an empty database'}, this pmbridge works with {REVISION}. "
            "Run `pmbridge store migrate`, or update pmbridge if the store is newer."
        )


def revision(conn: Connection, place: str) -> str | None:
    """Return the schema's revision, ``None`` for an empty database; raise `StoreCorrupt` for a foreign one."""
    tables = set(inspect(conn).get_table_names())
    if "alembic_version" in tables:
        found: str | None = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found
    if tables - {name for name in tables if name.startswith("procrastinate")}:
        raise damaged(place)
    return None


def _upgrade(conn: Connection, found: str | None, place: str) -> None:
    # Alembic takes long to import, and a store is up to date nearly always.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaMismatch(
            f"{place} was written by a newer pmbridge (schema {found}, this one knows {REVISION}). "
            "Update pmbridge, or use another store."
        )
    command.upgrade(config, "head")
