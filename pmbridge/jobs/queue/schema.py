"""The queue's own tables, made by its library in the store's database."""

from __future__ import annotations

from procrastinate import App, SyncPsycopgConnector

from pmbridge.store import open_store
from pmbridge.store.postgresql import conninfo


def ensure_queue(url: str) -> None:
    """Create the queue's tables where they are not there yet; of several workers that start at once, one does."""
    info = conninfo(url)
    with open_store(url) as store, store.write() as conn:
        known = conn.exec_driver_sql("SELECT to_regclass('procrastinate_jobs')").scalar()
        if known is None:
            with App(connector=SyncPsycopgConnector(conninfo=info)).open() as app:
                app.schema_manager.apply_schema()
