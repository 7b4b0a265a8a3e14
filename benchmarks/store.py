"""What the store costs beside the bare driver: loading, an increment, reading a project, and memory.

Run from the project's root: ``python benchmarks/store.py [--items 20000] [--changes 10] [--engine sqlite]``; ``--full``
is 1,000,000 items with 10,000,000 changes in 500 projects. The driver writes the same rows into the same tables, page
by page in turn with the store, so that whatever else the machine does slows both: SQLite by ``executemany`` of ready
tuples, PostgreSQL by ``COPY``. Making the rows up is no part of either's time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bare import Parts, driver, parts_of
from benchmarks.organisation import END, FULL, SOURCE, Organisation
from benchmarks.places import ENGINES, stores
from pmbridge.collector import rare_collection
from pmbridge.connector import Page
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.ingest import write_page, write_reference, write_source

INCREMENT = 200
ROUNDS = 7
#: The aims: how many times the bare driver's time loading and an increment may take.
LOAD_AIM, INCREMENT_AIM = 2.0, 3.0


@dataclass
class Timer:
    """Adds up the wall time and our own CPU time of what it is asked to do."""

    wall: float = 0.0
    cpu: float = 0.0

    def run(self, work: Callable[[], Any]) -> Any:
        """Do something against the clock."""
        wall, cpu = time.perf_counter(), time.process_time()
        done = work()
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall
        return done


@dataclass(frozen=True)
class Result:
    """One line of the table: seconds of ours and of the driver, for so many rows, and the peak of memory in MB."""

    what: str
    rows: int
    ours: float
    bare: float
    memory: int

    @property
    def ratio(self) -> float:
        """How many times the driver's time ours is."""
        return self.ours / self.bare


def write(store: Store, page: Page) -> None:
    """Write a page as a sync does, in one transaction."""
    with store.write(SOURCE) as conn:
        write_page(conn, SOURCE, page, seen_at=END)


def prepare(store: Store, organisation: Organisation) -> None:
    """Write what is read before the first page."""
    with store.write() as conn:
        write_source(conn, SOURCE, "jira", "https://jira.example")
        write_reference(conn, SOURCE, organisation.reference(), seen_at=END)


def load(organisation: Organisation, url: str, beside: str) -> Result:
    """Load the first projects with the store, and the same rows with the driver, a page each in turn."""
    ours, bare, rows = Timer(), Timer(), 0
    open_store(beside).close()
    with open_store(url) as store, driver(beside) as plain, rare_collection():
        prepare(store, organisation)
        for project in range(organisation.projects):
            for page in organisation.pages(project):
                ours.run(lambda page=page: write(store, page))
                parts = _parts(store, page)
                rows += sum(len(part) for _, part in parts)
                bare.run(lambda parts=parts: plain.load(parts))
    return Result("load", rows, ours.wall, bare.wall, _peak())


def increment(organisation: Organisation, url: str, beside: str) -> Result:
    """Write 200 items again that have changed twice since, with the store and with the driver."""
    times, rows = [], 0
    with open_store(url) as store, driver(beside) as plain, rare_collection():
        for later in range(2, 2 * ROUNDS + 1, 2):
            ours, bare = Timer(), Timer()
            for page in organisation.pages(0, items=INCREMENT, later=later):
                ours.run(lambda page=page: write(store, page))
                parts = _parts(store, page)
                rows += sum(len(part) for _, part in parts)
                bare.run(lambda parts=parts: plain.update(parts))
            times.append((ours.wall, bare.wall))
    rows //= ROUNDS
    return Result("increment of 200 items", rows, *map(median, zip(*times, strict=True)), _peak())  # type: ignore[call-arg]


def read(organisation: Organisation, url: str, beside: str) -> Result:
    """Read the history of one project whole, and the same rows with the driver."""
    ours, bare, rows = [], [], 0
    with open_store(url) as store, driver(beside) as plain:
        for _ in range(3):
            timer = Timer()
            rows = timer.run(lambda: _history(store, organisation.names[0]))
            ours.append(timer.wall)
        memory = _peak()
        for _ in range(3):
            timer = Timer()
            timer.run(lambda: plain.read(organisation.names[0]))
            bare.append(timer.wall)
    return Result("read one project", rows, min(ours), min(bare), memory)


def _history(store: Store, project: str) -> int:
    with store.read() as conn:
        found = read_history(conn, {SOURCE: [project]})
    return len(found.items) + len(found.changes)


def _parts(store: Store, page: Page) -> Parts:
    with store.read() as conn:
        return parts_of(conn, [item.id for item in page.items])


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def alone(work: Callable[..., Any], *given: Any) -> Any:
    """Do something in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def measure(engine: str, organisation: Organisation, folder: Path | None) -> list[Result]:
    """Measure one engine."""
    with stores(engine, folder) as new:
        places = new(), new()
        return [alone(work, organisation, *places) for work in (load, increment, read)]


def main() -> int:
    """Print the table; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000, help="items of a project")
    parser.add_argument("--changes", type=int, default=10, help="changes of an item")
    parser.add_argument("--projects", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="1,000,000 items in 500 projects")
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--folder", type=Path, help="where the stores are put while they are measured")
    options = parser.parse_args()
    organisation = Organisation(options.projects, options.items, options.changes)
    if options.full:
        organisation = FULL
    missed = False
    print("| engine | what | rows | seconds | rows a second | bare driver | ratio | peak MB |")
    print("|" + "---|" * 8)
    for engine in options.engine or ENGINES:
        for r in measure(engine, organisation, options.folder):
            rate = f"{r.rows / r.ours:,.0f}"
            told = f"{r.rows:,} | {r.ours:.2f} | {rate} | {r.bare:.2f} | {r.ratio:.2f} | {r.memory:,}"
            print(f"| {engine} | {r.what} | {told} |", flush=True)
            aim = {"load": LOAD_AIM, "increment of 200 items": INCREMENT_AIM}.get(r.what)
            missed |= aim is not None and r.ratio > aim
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
