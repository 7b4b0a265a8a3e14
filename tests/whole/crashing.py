"""A program that applies a plan in copies of itself, each killed hard after one write into a tracker.

Run as a process of its own: copies are made by forking, which wants a process without threads.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmbridge.assessment import Assessment
from pmbridge.config import Settings, load
from pmbridge.connector import Step, Written
from pmbridge.jobs.assess import assess_product
from pmbridge.jobs.installation import open_installation
from pmbridge.jobs.publish import carry_out, make_plan, writing
from pmbridge.store import Store
from pmbridge.store.holder import this_run
from pmbridge_gitlab.connector import GitlabConnector
from pmbridge_jira.connector import JiraConnector


def die() -> None:
    """End as a machine does that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_unrecorded() -> None:
    """Arrange for death between a write and its receipt."""
    for kind in (JiraConnector, GitlabConnector):
        _after_write(kind, die)


def die_recorded() -> None:
    """Arrange for death right after the receipt of a write."""
    written: list[int] = []
    for kind in (JiraConnector, GitlabConnector):
        _after_write(kind, lambda: written.append(1))
    whole = Store.write

    @contextmanager
    def write(self: Store, scope: str = "") -> Iterator[Connection]:
        with whole(self, scope) as conn:
            yield conn
        if written:
            die()

    Store.write = write  # type: ignore[method-assign]


def _after_write(kind: Any, then: Any) -> None:
    whole = kind.write

    def write(self: Any, step: Step) -> Written:
        made: Written = whole(self, step)
        then()
        return made

    kind.write = write


def publish(settings: Settings, assessment: Assessment) -> None:
    """Plan and write, as a pass does after it has read."""
    with open_installation(settings) as installation, writing(installation, this_run()):
        plan = make_plan(installation, [assessment])
        carry_out(installation, plan, run_id=f"run-{os.getpid()}", now=lambda: datetime.now(UTC))


def main(config: str, death: str) -> int:
    """Start again after every death until a copy comes to its end; tell how many have died."""
    settings, died = load(Path(config)), 0
    with open_installation(settings) as installation:
        assessment = assess_product(installation, "shop")
    while True:
        child = os.fork()
        if child == 0:
            (die_recorded if death == "recorded" else die_unrecorded)()
            publish(settings, assessment)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended != -signal.SIGKILL:
            print(died)
            return ended
        died += 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
