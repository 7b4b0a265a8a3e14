"""The queue itself: its tasks, how one leads to the next, and what one worker enqueues for all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from pmbridge.jobs.queue.retrying import Patience
from pmbridge.jobs.queue.work import NotConfigured, Work
from pmbridge.store.postgresql import conninfo

log = structlog.get_logger("pmbridge.jobs")

#: What a person asked for goes before what the clock asked for.
ASKED, ROUTINE = 100, 0


def make_app(url: str, work: Work | None) -> App:
    """Return the queue of a store; without ``work`` its jobs can be listed and added, but not done."""
    app = App(connector=PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4))
    if work is not None:
        _tasks(app, work)
    return app


def _tasks(app: App, work: Work) -> None:
    settings = work.settings

    @app.task(name="sync", retry=Patience(), pass_context=True)
    def sync(
        context: JobContext, source: str, project: str, publish: bool, full: bool = False, priority: int = ROUTINE
    ) -> None:
        done = _carried_out(context, partial(work.sync, source, project, full=full))
        for product in work.products_of(source, project) if done else ():
            defer(app, "assess", f"assess {product}", priority, product=product, publish=publish, priority=priority)

    @app.task(name="assess", retry=Patience(), pass_context=True)
    def assess(context: JobContext, product: str, publish: bool, priority: int = ROUTINE) -> None:
        if _carried_out(context, partial(work.assess, product)) and publish:
            defer(app, "publish", f"publish {product}", priority, product=product)

    @app.task(name="publish", retry=Patience(), pass_context=True)
    def publish(context: JobContext, product: str) -> None:
        _carried_out(context, partial(work.publish, product))

    @app.periodic(cron=settings.schedule.sync)
    @app.task(name="enqueue_syncs", queueing_lock="enqueue_syncs", pass_context=True)
    def enqueue_syncs(context: JobContext, timestamp: int) -> None:
        _carried_out(context, lambda: enqueue(app, work.projects()))

    @app.periodic(cron=settings.schedule.publish)
    @app.task(name="enqueue_publishes", queueing_lock="enqueue_publishes")
    def enqueue_publishes(timestamp: int) -> None:
        for product in settings.products:
            defer(app, "publish", f"publish {product}", ROUTINE, product=product)

    @app.periodic(cron="* * * * *")
    @app.task(name="rescue", queueing_lock="rescue", lock="rescue")
    async def rescue(timestamp: int) -> None:
        await rescue_stalled(app, settings.worker.stalled_after)


def enqueue(app: App, projects: list[tuple[str, str]], *, priority: int = ROUTINE, publish: bool = False) -> int:
    """Queue the reading of projects, and return how many were not queued already."""
    return sum(
        defer(app, "sync", f"{s}/{p}", priority, source=s, project=p, publish=publish, priority=priority)
        for s, p in projects
    )


def defer(app: App, task: str, lock: str, rank: int, /, **args: Any) -> bool:
    """Queue a job unless the same one waits already; jobs of one lock never run side by side."""
    try:
        app.configure_task(task, lock=lock, queueing_lock=lock, priority=rank, allow_unknown=True).defer(**args)
    except AlreadyEnqueued:
        return False
    return True


async def rescue_stalled(app: App, seconds: float) -> int:
    """Give the jobs of workers that are not heard of any more to the others, and return how many there were."""
    jobs = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in jobs:
        log.warning("worker lost, job retried", job=job.id, task=job.task_name)
        await app.job_manager.retry_job(job)
    return len(jobs)


def _carried_out(context: JobContext, job: Callable[[], object]) -> bool:
    """Do a job with its number in every line of the log; one whose subject left the configuration leads nowhere."""
    with structlog.contextvars.bound_contextvars(job=context.job.id, attempt=context.job.attempts):
        try:
            job()
        except NotConfigured as gone:
            log.warning("dropped", reason=str(gone))
            return False
    return True
