"""An organisation of 500 projects: loading, an increment, reading, assessing everything, one process against two.

Run from the project's root: ``python benchmarks/scale.py [--share 0.1] [--engine sqlite] [--only load]``; with
``--share 1`` it is 1,000,000 items with 10,000,000 changes. Everything is measured in processes of its own, so that the
peak of memory is that of the work. What one process does with a twentieth of the projects, two do again, sharing them:
reading them from a tracker that takes 50 ms an answer, assessing them, and, on PostgreSQL, working off a queue of such
jobs. One and two take turns, and the fastest of three rounds counts. On a machine that others use too the clock tells
of their work as well: "waited" are the seconds in which ours could have gone on and no processor was free, of each
process; only Linux tells them.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.made_up_tracker import MadeUpTracker, part
from benchmarks.made_up_worker import LATENCY, an_installation
from benchmarks.organisation import END, FULL, SOURCE, Organisation
from benchmarks.places import ENGINES, kept, stores
from pmbridge.collector import rare_collection
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.ingest import write_page, write_reference, write_source
from pmbridge.store.upkeep import status
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark

INCREMENT, ROUNDS, TURNS = 200, 5, 3
#: The part of the projects, at least eight, that is shared by one and by two processes.
SHARED = 20


@dataclass(frozen=True)
class Line:
    """One line of the table: what was done, in how many seconds, those on and for a processor, the peak in MB."""

    what: str
    amount: str
    seconds: float
    cpu: float
    waited: float
    memory: int


class Spent(NamedTuple):
    """Seconds by the clock, of our own on the processor, and of waiting for one."""

    wall: float
    cpu: float
    waited: float


def load(organisation: Organisation, url: str) -> list[Line]:
    """Write every page of every project in a transaction of its own; making the rows up does not count.

    Projects that a kept store holds already are left out.
    """
    taken = [Spent(0.0, 0.0, 0.0)]
    with open_store(url) as store, rare_collection():
        with store.write() as conn:
            write_source(conn, SOURCE, "jira", "https://jira.example")
            write_reference(conn, SOURCE, organisation.reference(), seen_at=END)
        for number, name in _not_loaded(organisation, store):
            for page in organisation.pages(number):
                taken.append(_timed(partial(_write, store, page)))
            with store.write() as conn:
                write_watermark(conn, Watermark(SOURCE, name, END))
        held = status(store)
    rows = sum(held.rows.values())
    spent = Spent(*map(sum, zip(*taken, strict=True)))
    pace = f"{rows / spent.wall:,.0f} a second" if spent.wall else "there already"
    return [Line("load", f"{rows:,} rows, {pace}, {held.size / 2**20:,.0f} MiB", *spent, _peak())]


def _not_loaded(organisation: Organisation, store: Store) -> list[tuple[int, str]]:
    with store.read() as conn:
        marks = [read_watermark(conn, SOURCE, name) for name in organisation.names]
    return [(number, mark.project) for number, mark in enumerate(marks) if mark.instant is None]


def increment(organisation: Organisation, url: str) -> list[Line]:
    """Write 200 items again that have changed twice since."""
    times = []
    with open_store(url) as store, rare_collection():
        for later in range(2, 2 * ROUNDS + 1, 2):
            pages = list(organisation.pages(1, items=INCREMENT, later=later))
            spent = [_timed(partial(_write, store, page)) for page in pages]
            times.append(tuple(map(sum, zip(*spent, strict=True))))
    middle = Spent(*map(median, zip(*times, strict=True)))
    return [Line("increment", f"{INCREMENT} items, 2 changes each", *middle, _peak())]


def read(organisation: Organisation, url: str) -> list[Line]:
    """Read the history of the largest project."""
    with open_store(url) as store:
        found: list[str] = []
        taken = _timed(lambda: found.append(_read(store, organisation.names[0])))
    return [Line("read one project", found[0], *taken, _peak())]


def quiet_pass(organisation: Organisation, url: str) -> list[Line]:
    """Sync every project from a tracker that answers at once and has nothing new."""
    from pmbridge.sync import sync_source

    with open_store(url) as store:
        tracker = MadeUpTracker(organisation)
        taken = _timed(lambda: sync_source(tracker, store, holder="bench"))
    amount = f"{organisation.projects} projects, {tracker.usage().requests:,} requests"
    return [Line("no-change sync", amount, *taken, _peak())]


def whole_passes(organisation: Organisation, url: str) -> list[Line]:
    """Sync, assess every project as a product of its own and keep it; then make the pass again, with nothing new."""
    from datetime import UTC, datetime

    from pmbridge.jobs.installation import Installation
    from pmbridge.jobs.run import run_pass

    lines = []
    with open_store(url) as store:
        settings = an_installation(url, organisation.names)
        here = Installation(settings, store, {SOURCE: MadeUpTracker(organisation)})
        for again in (True, False):
            done: list[Any] = []
            make = partial(run_pass, here, run_id="bench", now=lambda: datetime.now(UTC), again=again)
            taken = _timed(lambda make=make, done=done: done.append(make()))
            figures = done[0].figures
            told = f"{figures['assessed']} products assessed, {figures['unchanged']} unchanged"
            lines.append(Line("whole pass", told, *taken, _peak()))
    return lines


def assess_all(organisation: Organisation, url: str, processes: int, projects: int) -> list[Line]:
    """Assess the last projects, each a product of its own, one after the other in each process."""
    work = partial(_assess, url)
    spent = _shared(work, organisation.names[-projects:], processes)
    return [Line("assess", f"{projects} products, {_crew(processes)}", *spent)]


def work_off_all(organisation: Organisation, url: str, processes: int, projects: int) -> list[Line]:
    """Read, assess and tell the last projects as jobs of one queue, by as many workers; from first to last job."""
    from pmbridge.jobs.queue.inspect import open_queue
    from pmbridge.store.runs import last_runs

    names = organisation.names[-projects:]
    with open_queue(url) as queue:
        queue.ask([(SOURCE, name) for name in names])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "benchmarks.made_up_worker", url, *names]
    crew = [subprocess.Popen(command) for _ in range(processes)]
    assert [worker.wait() for worker in crew] == [0] * processes
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open_store(url) as store, store.read() as conn:
        runs = last_runs(conn, limit=10 * projects)
    assert sum(run.outcome == "complete" for run in runs) == projects
    ends = [run.finished_at for run in runs if run.finished_at is not None]
    wall = (max(ends) - min(run.started_at for run in runs)).total_seconds()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    crew_name = "one worker" if processes == 1 else f"{processes} workers"
    amount = f"{projects} projects, {len(runs)} jobs, {crew_name}"
    return [Line("queue at 50 ms an answer", amount, wall, cpu, math.nan, after.ru_maxrss // 1024)]


def sync_all(organisation: Organisation, url: str, processes: int, projects: int) -> list[Line]:
    """Read the first projects from a tracker of some latency, each by itself, as workers do."""
    few = part(organisation, projects)
    open_store(url).close()
    spent = _shared(partial(_sync, url, few), few.names, processes)
    return [Line("first sync at 50 ms an answer", f"{projects} projects, {_crew(processes)}", *spent)]


def _assess(url: str, name: str) -> None:
    from pmbridge.assess import assess
    from pmbridge.config import ProductSettings

    settings = ProductSettings.model_validate({"title": name, "zone": "Europe/Berlin", "projects": {SOURCE: [name]}})
    with open_store(url) as store, store.read() as conn:
        history = read_history(conn, settings.projects)
    assess(history, settings, product=name.lower(), as_of=END, config_digest="-", version="-")


def _sync(url: str, organisation: Organisation, name: str) -> None:
    from pmbridge.sync import sync_source

    with open_store(url, patience=60) as store:
        proof = sync_source(MadeUpTracker(organisation, LATENCY), store, holder=name, project=name)
    assert proof.status == "complete", proof.gaps


Work = Callable[[str], None]


def _shared(work: Work, names: tuple[str, ...], processes: int) -> tuple[float, float, float, int]:
    """Return wall and CPU time of some processes that share the work, how long each waited, and the largest peak."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    with context.Pool(processes, _warm, (ready,)) as pool:
        ready.wait()
        begin = time.perf_counter()
        spent, peaks = zip(*pool.imap_unordered(partial(_told, work), names, chunksize=1), strict=True)
        wall = time.perf_counter() - begin
    return wall, sum(one.cpu for one in spent), sum(one.waited for one in spent) / processes, max(peaks)


def _told(work: Work, name: str) -> tuple[Spent, int]:
    return _timed(partial(work, name)), _peak()


def _warm(ready: Any) -> None:
    # Imports are no part of the work, and all begin it together.
    import pmbridge.assess
    import pmbridge.sync  # noqa: F401

    ready.wait()


def _write(store: Store, page: Any) -> None:
    with store.write(SOURCE) as conn:
        write_page(conn, SOURCE, page, seen_at=END)


def _read(store: Store, project: str) -> str:
    with store.read() as conn:
        found = read_history(conn, {SOURCE: [project]})
    return f"{len(found.items):,} items, {len(found.changes):,} changes"


def _timed(work: Callable[[], Any]) -> Spent:
    before = _clocks()
    work()
    return Spent(*(after - start for after, start in zip(_clocks(), before, strict=True)))


def _clocks() -> tuple[float, float, float]:
    return time.perf_counter(), time.process_time(), _waited()


def _waited() -> float:
    """Return the seconds for which this process was ready and had no processor; not a number where nobody counts."""
    try:
        # Time on a processor, time in its queue, both in nanoseconds, of the thread that does all the work.
        return int(Path(f"/proc/{os.getpid()}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return math.nan


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _crew(processes: int) -> str:
    return "one process" if processes == 1 else f"{processes} processes"


def _alone(work: Callable[..., list[Line]], *given: Any) -> list[Line]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def measure(organisation: Organisation, url: str, new: Callable[[], str], only: set[str]) -> Iterator[Line]:
    """Yield the lines of one engine as they are had: at ``url`` is the whole, ``new`` gives stores beside it."""
    few = max(8, organisation.projects // SHARED)
    for name, work in WORKS.items():
        if name == "load" or name in only:
            yield from _alone(work, organisation, url)
    # Without the first project: one that takes as long as ten others cannot be shared.
    even = replace(organisation, first=None)
    shared = [assess_all, sync_all] if "two" in only else []
    if "queue" in only and url.startswith("postgresql"):
        shared.append(work_off_all)
    for share in shared:
        turns: dict[int, list[Line]] = {1: [], 2: []}
        for processes in (1, 2) * TURNS:
            turns[processes] += share(even, url if share is assess_all else new(), processes, few)
        yield from (min(lines, key=lambda line: line.seconds) for lines in turns.values())


WORKS: dict[str, Callable[[Organisation, str], list[Line]]] = {
    "load": load,
    "increment": increment,
    "read": read,
    "quiet": quiet_pass,
    "passes": whole_passes,
}
SHARES = ("two", "queue")


def main() -> int:
    """Print one table for each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.1, help="of the 500 projects; 1 is all of them")
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--only", choices=(*WORKS, *SHARES), action="append")
    parser.add_argument("--folder", type=Path, help="where the stores are put while they are measured")
    parser.add_argument(
        "--keep", type=Path, help="a folder in which the store stays; what it holds is not loaded again"
    )
    options = parser.parse_args()
    organisation = part(FULL, max(9, round(FULL.projects * options.share)))
    only = set(options.only or (*WORKS, *SHARES))
    print(f"{organisation.total:,} items, {organisation.total * organisation.changes:,} changes")
    for engine in options.engine or ENGINES:
        print(f"\n{engine}\n\n| what | amount | seconds | CPU s | waited s | peak MB |")
        print("|---|---|---|---|---|---|", flush=True)
        with ExitStack() as still_open:
            new = still_open.enter_context(stores(engine, options.folder))
            url = still_open.enter_context(kept(engine, options.keep)) if options.keep else new()
            for line in measure(organisation, url, new, only):
                told = f"{line.amount} | {line.seconds:,.2f} | {line.cpu:,.2f} | {line.waited:,.2f} | {line.memory:,}"
                print(f"| {line.what} | {told} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
