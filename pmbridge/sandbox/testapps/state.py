"""What a test-management app holds: tests, what they cover, and their runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pmbridge.sandbox.clock import Clock

#: The credentials that a double accepts.
CLIENT_ID, CLIENT_SECRET = "sandbox-client", "sandbox-client-secret"
TOKEN = "sandbox-app-token"


@dataclass(slots=True)
class AppTest:
    """One test; ``id`` is that of its Jira issue where it has one, ``covers`` are ids of issues."""

    id: str
    key: str
    name: str
    covers: tuple[str, ...]
    created: datetime


@dataclass(slots=True)
class AppRun:
    """One run of a test within an execution (Xray) or cycle (Zephyr)."""

    id: str
    test: str
    cycle: str
    status: str
    finished: datetime | None
    environment: str | None = None
    version: str | None = None
    by: str | None = None
    defects: tuple[str, ...] = ()


@dataclass
class AppSite:
    """The state of one app; ``statuses`` maps a site's own words to what they mean for a requirement.

    ``plans`` are the keys of executions or cycles by the key of the test plan they were made for.
    """

    clock: Clock
    tests: dict[str, AppTest] = field(default_factory=dict)
    runs: list[AppRun] = field(default_factory=list)
    plans: dict[str, tuple[str, ...]] = field(default_factory=dict)
    statuses: dict[str, str] = field(
        default_factory=lambda: {
            "PASS": "OK", "FAIL": "NOK", "TODO": "NOTRUN", "EXECUTING": "NOTRUN", "ABORTED": "NOTRUN",
        }
    )  # fmt: skip
    project: str = "SHOP"

    def add_test(self, id: str, key: str, name: str, covers: Iterable[str] = ()) -> None:
        """Write a test."""
        self.tests[id] = AppTest(id, key, name, tuple(covers), self.clock.now())

    def add_run(
        self, test: str, status: str, finished: datetime | None, *, cycle: str = "SHOP-900", **more: str
    ) -> None:
        """Run a test."""
        self.runs.append(AppRun(str(7000 + len(self.runs)), test, cycle, status, finished, **more))  # type: ignore[arg-type]

    def plans_of(self, cycle: str) -> list[str]:
        """Return the keys of the plans that hold an execution or cycle."""
        return [plan for plan, cycles in self.plans.items() if cycle in cycles]

    def runs_of(self, test: str) -> list[AppRun]:
        """Return the runs of a test, oldest first."""
        return [run for run in self.runs if run.test == test]
