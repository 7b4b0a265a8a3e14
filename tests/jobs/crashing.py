"""A program that kills copies of itself in the middle of a pass, and compares what is left with an undisturbed pass.

Run as a process of its own: copies are made by forking, which wants a process without threads.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select

from pmbridge.config import Settings
from pmbridge.connector import Page, Reference
from pmbridge.jobs import installation
from pmbridge.jobs.schedule import once, read_and_assess
from pmbridge.jobs.stopping import Stopping
from pmbridge.logs import configure
from pmbridge.model import Change, FieldName, Milestone, MilestoneKind, StatusCategory, StatusDefinition
from pmbridge.store import Store, open_store
from pmbridge.store.schema import metadata
from tests.jobs.memory_worker import NOW, MemoryTracker, an_installation, an_item

#: These say who ran and when, not what was read.
OF_THE_RUN = {"leases", "runs", "certificates", "budgets", "alembic_version"}

Boundary = Callable[[], None]


class Telling(MemoryTracker):
    """A tracker in memory whose items have a history and a milestone."""

    def fetch_reference(self, projects: Any) -> Reference:
        statuses = (("1", "To Do", StatusCategory.TODO), ("3", "In Progress", StatusCategory.ACTIVE))
        return Reference(
            statuses=tuple(StatusDefinition(source=self.name, id=i, name=n, category=c) for i, n, c in statuses),
            milestones=tuple(
                Milestone(
                    source=self.name,
                    id=f"version:{project}",
                    native_id=project,
                    kind=MilestoneKind.VERSION,
                    project=project,
                    title="4.2",
                )
                for project in projects
            ),
        )

    def fetch_pages(self, project: str, *, cursor: str | None = None, **_: Any) -> Iterator[Page]:
        last = self._settings.pages - 1
        for number in range(0 if cursor is None else int(cursor) + 1, last + 1):
            time.sleep(self._settings.seconds)
            self._spent += 1
            item = an_item(self.name, project, number).model_copy(update={"milestones": (f"version:{project}",)})
            changes = (
                self._change(item.id, 0, FieldName.STATUS, "1", "3"),
                self._change(item.id, 1, FieldName.MILESTONES, None, f"version:{project}"),
            )
            yield Page(
                items=(item,),
                changes=changes,
                raw={item.id: {"id": item.id}},
                cursor=None if number == last else str(number),
            )

    def _change(self, item: str, position: int, field: FieldName, before: str | None, after: str) -> Change:
        at = NOW - timedelta(days=3 - position)
        return Change(
            source=self.name,
            item=item,
            history=f"h-{item}",
            position=position,
            at=at,
            field=field,
            before=before,
            after=after,
        )


def die_at(number: int) -> Boundary:
    """Return what is called at every boundary and kills the process at one of them."""
    left = [number]

    def boundary() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    return boundary


def watch_writes(boundary: Boundary) -> None:
    """Call ``boundary`` twice for each transaction that writes: when all is written, and when it is committed."""
    whole = Store.write

    @contextmanager
    def write(self: Store, scope: str = "") -> Iterator[Connection]:
        with whole(self, scope) as conn:
            yield conn
            boundary()
        boundary()

    Store.write = write  # type: ignore[method-assign]


def copy_of_this(program: Callable[[], None]) -> int:
    """Fork, run a program in the copy, and return how it ended: negative for the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            program()
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def a_pass(settings: Settings, boundary: Boundary | None = None) -> Callable[[], None]:
    """Return a whole reading pass, to be run in a copy."""

    def run() -> None:
        if boundary is not None:
            watch_writes(boundary)
        once(settings, Stopping(), read_and_assess)

    return run


def held(url: str) -> dict[str, list[str]]:
    """Return every row of a store, without the numbers that only count rows."""
    with open_store(url) as store, store.read() as conn:
        tables = [table for table in metadata.sorted_tables if table.name not in OF_THE_RUN]
        return {table.name: sorted(repr(row) for row in conn.execute(select(*_told(table)))) for table in tables}


def _told(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.autoincrement is not True]


def empty(url: str) -> None:
    """Take every row out of a store."""
    with open_store(url) as store, store.write() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))


def at_every_boundary(settings: Settings) -> dict[str, int]:
    """Kill a pass at each boundary in turn, always from an empty store, and let the next pass finish."""
    assert copy_of_this(a_pass(settings)) == 0
    undisturbed, number = held(settings.store), 1
    while True:
        empty(settings.store)
        ended = copy_of_this(a_pass(settings, die_at(number)))
        if ended == 0:
            return {"boundaries": number - 1, "rows": sum(map(len, undisturbed.values()))}
        assert ended == -signal.SIGKILL, ended
        assert copy_of_this(a_pass(settings)) == 0
        compare(number, held(settings.store), undisturbed)
        number += 1


def at_any_instant(settings: Settings, rounds: int, seed: int) -> dict[str, int]:
    """Kill passes on one store at random instants, round after round, until each store came to its end."""
    dice, killed = random.Random(seed), 0
    began = time.monotonic()
    assert copy_of_this(a_pass(settings)) == 0
    usual, undisturbed = time.monotonic() - began, held(settings.store)
    for number in range(rounds):
        empty(settings.store)
        ended = -1
        while ended:
            ended = killed_after(settings, dice.uniform(0.2, 1.3) * usual)
            killed += ended != 0
        compare(number, held(settings.store), undisturbed)
    return {"rounds": rounds, "killed": killed}


def killed_after(settings: Settings, seconds: float) -> int:
    """Run a pass in a copy and kill it after some time, if it has not ended by then."""
    child = os.fork()
    if child == 0:
        a_pass(settings)()
        os._exit(0)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def compare(number: int, found: dict[str, list[str]], wanted: dict[str, list[str]]) -> None:
    """Stop with the first table that differs."""
    for table, rows in wanted.items():
        if found[table] != rows:
            only = set(found[table]) ^ set(rows)
            raise SystemExit(f"round {number}: {table} has {len(found[table])} rows, not {len(rows)}: {only}")


if __name__ == "__main__":
    installation.load = lambda _name: Telling  # type: ignore[assignment]
    configure("error")
    given = json.loads(sys.argv[1])
    chosen = an_installation(given["store"], Path(given["folder"]), ["A", "B"], pages=3, seconds=given["seconds"])
    # What a pass imports is imported once, here, and not in every copy.
    a_pass(chosen.model_copy(update={"store": f"sqlite:///{given['folder']}/first.db"}))()
    if given["mode"] == "boundaries":
        print(json.dumps(at_every_boundary(chosen)))
    else:
        print(json.dumps(at_any_instant(chosen, given["rounds"], given["seed"])))
