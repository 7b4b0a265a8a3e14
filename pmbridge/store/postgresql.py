"""The store that several machines share: a PostgreSQL database."""

from __future__ import annotations

from importlib.util import find_spec
from types import MappingProxyType

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from pmbridge.errors import StoreError

#: The oldest server that is tested.
OLDEST = 15

#: A reader sees one instant, whatever is committed meanwhile, and cannot write by mistake.
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

#: Whoever writes without a scope is alone; writers of a scope exclude it and one another.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('pmbridge', 0))"
_BESIDE_OTHERS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('pmbridge', 0))"
_IN_SCOPE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))"

_KEPT_ALIVE = MappingProxyType({"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10})


def place(url: URL) -> str:
    """Name the database without a password."""
    host = url.host or url.query.get("host") or "the local socket"
    port = f":{url.port}" if url.port else ""
    return f"the database {url.database or url.username or ''} at {host}{port}"


def connect(url: URL, patience: float) -> Engine:
    """Make the engine; ``patience`` is how many seconds a writer waits for another one."""
    if find_spec("psycopg") is None:
        raise StoreError("A store in PostgreSQL needs a driver: pip install 'pmbridge[postgresql]'.")
    options = f"-c lock_timeout={max(1, int(patience * 1000))} -c timezone=UTC"
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"options": options, "connect_timeout": 10, "application_name": "pmbridge", **_KEPT_ALIVE},
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=8,
    )
    event.listen(engine, "begin", _on_begin)
    return engine


def prepare(engine: Engine, _patience: float) -> None:
    """Refuse a server that is too old, or a database whose encoding cannot hold what people write."""
    with engine.connect() as conn:
        version = int(conn.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000
        encoding = conn.exec_driver_sql("SHOW server_encoding").scalar()
    if version < OLDEST:
        raise StoreError(f"The server is PostgreSQL {version}; pmbridge needs {OLDEST} or newer. Update it.")
    if encoding != "UTF8":
        raise StoreError(f"The database is encoded in {encoding}. Create it with ENCODING 'UTF8'.")


def _on_begin(conn: Connection) -> None:
    scope = conn.get_execution_options().get("pmbridge_writes")
    if scope is None:
        return
    if scope == "":
        conn.exec_driver_sql(_ALONE)
        return
    conn.exec_driver_sql(_BESIDE_OTHERS)
    conn.exec_driver_sql(_IN_SCOPE, (scope,))


def conninfo(url: str) -> str:
    """Return a store's URL as libpq reads it; raises `StoreError` for a store that has no room for a queue."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("`store` is not a database URL. Write it like postgresql://user@host/database.") from None
    if parsed.get_backend_name() != "postgresql":
        raise StoreError(
            "Workers share their jobs through PostgreSQL. Move the store with `pmbridge store move postgresql://...`, "
            "or use `pmbridge schedule` on one machine."
        )
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)
