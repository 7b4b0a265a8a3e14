"""Working as one of many machines on the shared queue."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable

from procrastinate import App

from pmbridge.config import Settings
from pmbridge.jobs.queue.schema import ensure_queue
from pmbridge.jobs.queue.tasks import make_app, rescue_stalled
from pmbridge.jobs.queue.work import Work
from pmbridge.jobs.stopping import Stopping

#: How often the queue is looked at where no message wakes the worker: a job that waited for a lock has none.
POLLING = 1.0


def work_off(settings: Settings, *, forever: bool = True, beat: Callable[[], None] = lambda: None) -> None:
    """Do jobs until SIGTERM, or until none is left; jobs under way stop after their page and go back to the queue.

    ``beat`` is called about every second while the worker's loop turns.
    """
    ensure_queue(settings.store)
    stopping = Stopping()
    asyncio.run(_run(settings, stopping, forever=forever, beat=beat))


async def _run(settings: Settings, stopping: Stopping, *, forever: bool, beat: Callable[[], None]) -> None:
    app = make_app(settings.store, Work(settings, stopping))
    limits = settings.worker
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                name=f"{socket.gethostname()}-{os.getpid()}",
                wait=forever,
                concurrency=limits.concurrency,
                fetch_job_polling_interval=POLLING,
                install_signal_handlers=False,
                update_heartbeat_interval=max(0.5, limits.stalled_after / 4),
                stalled_worker_timeout=limits.stalled_after,
            )
        )
        rescuer = asyncio.create_task(_watch(app, limits.stalled_after, beat))
        _stop_on_signals(worker, stopping)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await worker
        finally:
            rescuer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescuer


async def _watch(app: App, seconds: float, beat: Callable[[], None]) -> None:
    """Look for lost workers now and then: the minute's own job does so too, but may itself have been theirs."""
    turns = 0
    while True:
        beat()
        await asyncio.sleep(1.0)
        turns += 1
        if turns % max(1, round(seconds / 2)) == 0:
            await rescue_stalled(app, seconds)


def _stop_on_signals(worker: asyncio.Task[None], stopping: Stopping) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.wish()
        worker.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
