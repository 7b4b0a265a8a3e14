"""Running passes by the clock on one machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from pmbridge.config import Settings
from pmbridge.errors import PmbridgeError
from pmbridge.jobs.installation import Installation, open_installation
from pmbridge.jobs.recording import Recording, recorded
from pmbridge.jobs.run import run_pass
from pmbridge.jobs.settling import settle
from pmbridge.jobs.stopping import Stopped, Stopping
from pmbridge.jobs.sync import sync_all
from pmbridge.store.holder import this_run

log = structlog.get_logger("pmbridge.jobs")

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def cron_trigger(line: str, zone: Any = None) -> CronTrigger:
    """Read five cron fields as cron does: the library counts weekdays from Monday, cron from Sunday."""
    *fields, weekday = line.split()
    named = re.sub(r"(?<![/\d])[0-7](?!\d)", lambda day: _DAYS[int(day.group())], weekday)
    if "sun-" in named:
        named = named.replace("sun-sat", "*").replace("sun-", "sun,mon-")
    return CronTrigger.from_crontab(" ".join((*fields, named)), timezone=zone)


def serve(settings: Settings, stopping: Stopping, *, beat: Callable[[], None] = lambda: None) -> None:
    """Run both cron lines until somebody wishes to stop; the pass under way then ends after its page.

    One pass runs at a time. One that is due while another runs, or came due while the machine slept, follows at once,
    and several missed ones count as one. ``beat`` is called about every second.
    """
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)})
    options = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    passes = (("sync", settings.schedule.sync, read_and_assess), ("publish", settings.schedule.publish, whole_pass))
    for name, line, work in passes:
        scheduler.add_job(once, cron_trigger(line), args=(settings, stopping, work), id=name, **options)
    scheduler.start()
    try:
        while not stopping.wished.wait(1.0):
            beat()
    finally:
        scheduler.shutdown(wait=True)


Work = Callable[[Installation, Stopping, Recording], None]


def once(settings: Settings, stopping: Stopping, work: Work) -> None:
    """Carry out one pass; trouble ends the pass and not the schedule."""
    if stopping.wished.is_set():
        return
    try:
        with (
            open_installation(settings) as installation,
            recorded(installation.store, work.__name__, "all sources") as recording,
        ):
            work(installation, stopping, recording)
    except Stopped as stopped:
        log.info("stopped", reason=str(stopped))
    except PmbridgeError as error:
        log.error("pass failed", error=str(error))


def read_and_assess(installation: Installation, stopping: Stopping, recording: Recording) -> None:
    """Read every source and assess every product of which something has changed; write nothing into a tracker."""
    proofs = sync_all(installation, holder=this_run(), report=stopping.watching())
    recording.facts["requests"] = sum(p.requests for p in proofs)
    recording.facts["certificates"] = [p.status.value for p in proofs]
    counted = {"assessed": 0, "unchanged": 0}
    for name in installation.settings.products:
        stopping.check()
        counted["unchanged" if settle(installation, name).fresh is None else "assessed"] += 1
        recording.facts.update(counted)


def whole_pass(installation: Installation, stopping: Stopping, recording: Recording) -> None:
    """Read, assess and write what changed."""
    done = run_pass(
        installation,
        run_id=recording.id,
        holder=this_run(),
        now=lambda: datetime.now(UTC),
        report=stopping.watching(),
        planned=lambda _plan: stopping.check(),
    )
    recording.facts.update(done.figures)
