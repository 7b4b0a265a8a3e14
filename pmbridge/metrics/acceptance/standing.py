"""How one test stands for one requirement, environment by environment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from pmbridge.metrics.acceptance.flaky import Flakiness, flakiness
from pmbridge.metrics.acceptance.requirement import Requirement
from pmbridge.metrics.acceptance.results import by_environment, contradictory, in_plan, in_version, joined
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.model import Execution, ExecutionStatus, TestCase


@dataclass(frozen=True, slots=True)
class Reading:
    """How executions are read: the version in question, the environments that are required, what proves nothing.

    ``version`` holds its names in small letters; empty is any. ``plan`` is the key of the test plan that counts.
    ``unnamed`` is where an execution took place that does not say. ``quarantined`` and ``unreported`` hold ids of tests
    (source and id): whose results do not count, and which a later run of their suite did not report any more.
    """

    freshness: Freshness
    version: frozenset[str] = frozenset()
    plan: str | None = None
    environments: tuple[str, ...] = ()
    unnamed: str | None = None
    quarantined: Collection[tuple[str, str]] = frozenset()
    unreported: Collection[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """The result of a test in one environment; ``doubts`` say why a pass is stale."""

    environment: str | None
    status: ExecutionStatus
    execution: Execution | None
    doubts: tuple[str, ...] = ()

    @property
    def proven(self) -> ExecutionStatus:
        """The status with a stale pass taken for one that was not run."""
        stale = self.doubts and self.status is ExecutionStatus.PASS
        return ExecutionStatus.TODO if stale else self.status


@dataclass(frozen=True)
class Proof:
    """One test with what is known of its runs, whichever requirement it is held against."""

    test: TestCase
    executions: Sequence[Execution]
    reading: Reading

    @cached_property
    def results(self) -> dict[str | None, Execution | None]:
        """The deciding execution of each environment."""
        return by_environment(self.executions, self.reading.environments, self.reading.unnamed)

    @cached_property
    def excuse(self) -> str | None:
        """Why nothing it says counts."""
        if (self.test.source, self.test.id) in self.reading.quarantined:
            return "in quarantine"
        if (self.test.source, self.test.id) in self.reading.unreported:
            return "not reported by the last run"
        return None

    @cached_property
    def status(self) -> ExecutionStatus:
        """The join over environments, before any doubt about freshness."""
        if self.excuse:
            return ExecutionStatus.TODO
        return joined(ExecutionStatus.TODO if row is None else row.status for row in self.results.values())

    @cached_property
    def flakiness(self) -> Flakiness | None:
        """Whether its results can be trusted."""
        return flakiness(self.executions, self.reading.freshness.as_of)

    @property
    def flaky(self) -> bool:
        """Whether it passes and fails without reason."""
        return self.flakiness is not None and self.flakiness.flaky

    @cached_property
    def contradictory(self) -> bool:
        """Whether its last executions in one environment contradict each other."""
        environments = {row.environment for row in self.executions}
        return any(contradictory(r for r in self.executions if r.environment == name) for name in environments)

    def cells(self, requirement: Requirement) -> tuple[Cell, ...]:
        """Hold the results against a requirement."""
        return tuple(self._cell(name, row, requirement) for name, row in self.results.items())

    def _cell(self, environment: str | None, execution: Execution | None, requirement: Requirement) -> Cell:
        if execution is None or self.excuse:
            return Cell(environment, ExecutionStatus.TODO, execution, (self.excuse,) if self.excuse else ())
        fresh = self.reading.freshness
        return Cell(environment, execution.status, execution, fresh.doubts(requirement, self.test, execution))


def proof(test: TestCase, executions: Sequence[Execution], reading: Reading) -> Proof:
    """Read the executions of one test."""
    return Proof(test, in_plan(in_version(executions, reading.version), reading.plan), reading)
