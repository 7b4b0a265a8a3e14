"""Working as one of many machines on the shared queue."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from pmbridge.config import Settings
from pmbridge.errors import StoreUnavailable
from pmbridge.jobs.queue.schema import ensure_queue
from pmbridge.jobs.queue.tasks import make_app, rescue_stalled
from pmbridge.jobs.queue.work import Work
from pmbridge.jobs.stopping import Stopping
from pmbridge.logs import everywhere

log = structlog.get_logger("pmbridge.jobs")

#: How often the queue is looked at where no message wakes the worker: a job that waited for a lock has none.
POLLING = 1.0
#: How many seconds a worker waits before it looks again for a server that was lost.
PAUSE = 2.0


def work_off(settings: Settings, *, forever: bool = True, beat: Callable[[], None] = lambda: None) -> None:
    """Do jobs until SIGTERM, or until none is left; jobs under way stop after their page and go back to the queue.

    A server that is lost is waited for. ``beat`` is called about every second while the worker's loop turns. Raises
    `StoreUnavailable` if the server is lost while the rest of the queue is worked off.
    """
    ensure_queue(settings.store)
    asyncio.run(_run(settings, Stopping(), forever=forever, beat=beat))


async def _run(settings: Settings, stopping: Stopping, *, forever: bool, beat: Callable[[], None]) -> None:
    name = f"{socket.gethostname()}-{os.getpid()}"
    everywhere(worker=name)
    async with _beside(_beat(beat)):
        while True:
            try:
                await _stretch(settings, stopping, name, forever=forever)
            except ConnectorException as lost:
                if not forever:
                    raise StoreUnavailable(f"The queue was lost: {lost.__cause__ or lost}") from None
            if not forever or stopping.wished.is_set():
                return
            log.warning("server lost, looking again", seconds=PAUSE)
            await asyncio.sleep(PAUSE)
            if stopping.wished.is_set():
                return


async def _stretch(settings: Settings, stopping: Stopping, name: str, *, forever: bool) -> None:
    """Do jobs until told to stop, until none is left, or until the server is lost."""
    app = make_app(settings.store, Work(settings, stopping))
    limits = settings.worker
    async with app.open_async(), _beside(_rescue(app, limits.stalled_after)):
        worker = asyncio.create_task(
            app.run_worker_async(
                name=name,
                wait=forever,
                concurrency=limits.concurrency,
                fetch_job_polling_interval=POLLING,
                install_signal_handlers=False,
                update_heartbeat_interval=max(0.5, limits.stalled_after / 4),
                stalled_worker_timeout=limits.stalled_after,
            )
        )
        _stop_on_signals(worker, stopping)
        with contextlib.suppress(asyncio.CancelledError):
            await worker


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let something run meanwhile."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _again_and_again(what: str, seconds: float, once: Callable[[], Awaitable[None]]) -> None:
    """Do something every so often; what goes wrong is logged, and does not end it."""
    while True:
        try:
            await once()
        except ConnectorException:
            # Whoever does the jobs notices by itself that the server is gone.
            log.info("server lost", beside=what)
        except Exception as error:
            log.error("something went wrong beside the jobs", beside=what, error=str(error), exc_info=error)
        await asyncio.sleep(seconds)


async def _beat(beat: Callable[[], None]) -> None:
    async def once() -> None:
        beat()

    await _again_and_again("beat", 1.0, once)


async def _rescue(app: App, seconds: float) -> None:
    """Look for lost workers now and then: the minute's own job does so too, but may itself have been theirs."""

    async def once() -> None:
        await rescue_stalled(app, seconds)

    await _again_and_again("rescue", max(1.0, seconds / 2), once)


def _stop_on_signals(worker: asyncio.Task[None], stopping: Stopping) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.wish()
        worker.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    if stopping.wished.is_set():
        # The signal came while the server was looked for.
        worker.cancel()
