"""Looking at the queue, and giving a job another chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector

from pmbridge.errors import UsageError
from pmbridge.jobs.queue.schema import ensure_queue
from pmbridge.jobs.queue.tasks import ASKED, enqueue
from pmbridge.store.postgresql import conninfo


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """One job: what it does to what, how it stands, and since when."""

    id: int
    task: str
    subject: str
    status: str
    attempts: int
    at: datetime | None
    error: str | None


class Queue:
    """The queue of a store, to be looked at from outside."""

    def __init__(self, app: App) -> None:
        self._app = app

    def jobs(self, status: str | None = None) -> list[QueuedJob]:
        """List jobs, oldest first; ``failed`` are the dead ones."""
        rows = self._app.connector.get_sync_connector().execute_query_all(_JOBS, status=status)
        return [QueuedJob(**row) for row in rows]

    def retry(self, job_id: int | None = None) -> int:
        """Queue a dead job again, or all of them; return how many. Raises `UsageError` for one that is not dead."""
        dead = [job.id for job in self.jobs("failed") if job_id in (None, job.id)]
        if job_id is not None and not dead:
            raise UsageError(f"There is no dead job {job_id}. `pmbridge jobs list --status failed` shows them.")
        for id_ in dead:
            self._app.job_manager.retry_job_by_id(id_, retry_at=datetime.now(UTC))
        return len(dead)

    def ask(self, projects: list[tuple[str, str]]) -> int:
        """Queue projects before everything that waits, and write what comes of it."""
        return enqueue(self._app, projects, priority=ASKED, publish=True)


_JOBS = """
    SELECT j.id, j.task_name AS task, coalesce(j.lock, '') AS subject, j.status::text AS status, j.attempts,
           (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) AS at,
           (SELECT r.body::json ->> 'error' FROM runs r
             WHERE j.status = 'failed' AND r.outcome = 'failed'
               AND r.subject = coalesce(j.args ->> 'product', (j.args ->> 'source') || '/' || (j.args ->> 'project'))
             ORDER BY r.started_at DESC LIMIT 1) AS error
    FROM procrastinate_jobs j
    WHERE %(status)s::text IS NULL OR j.status::text = %(status)s
    ORDER BY j.id
"""


@contextmanager
def open_queue(url: str) -> Iterator[Queue]:
    """Open the queue of a store; raises `StoreError` where the store has none."""
    info: Any = conninfo(url)
    ensure_queue(url)
    with App(connector=SyncPsycopgConnector(conninfo=info)).open() as app:
        yield Queue(app)
