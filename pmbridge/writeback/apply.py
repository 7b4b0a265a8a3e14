"""Carrying out a plan: the only code that writes into a tracker.

Steps run one after the other, quiet ones first. Each outcome becomes a receipt before the next step begins, so that a
crash loses at most the knowledge of one write, which the next run finds again by its marker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pmbridge.connector import Action, Observation, Place, Step, Written
from pmbridge.errors import Ambiguous, AuthFailed, BudgetExceeded, ConnectorError, PlanError
from pmbridge.writeback.plan import Plan, objections, same_content, state_of

#: So many equal failures in a row on one surface of one source stop that surface.
PATIENCE = 3


class Writer(Protocol):
    """The part of a connector that applying needs."""

    def observe(self, places: Sequence[Place]) -> Iterator[Observation]:
        """Report what stands at each place."""

    def write(self, step: Step) -> Written:
        """Carry out one step."""


class Outcome(StrEnum):
    """What became of a step."""

    DONE = "done"
    FAILED = "failed"
    STALE = "stale"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Row:
    """One step with its outcome; ``error`` is the sentence that explains a failure."""

    step: Step
    outcome: Outcome
    remote_id: str | None = None
    url: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one run may create and write."""

    creates: int = 25
    writes: int = 200


def apply(
    plan: Plan,
    writers: Mapping[str, Writer],
    *,
    budget: Budget,
    receive: Callable[[Row], None],
    recheck: bool = False,
) -> list[Row]:
    """Carry out a plan's writing steps and hand each `Row` to ``receive`` before going on.

    ``recheck`` looks at every place again first and leaves rows whose place has changed since the plan was made; use
    it for a plan that was kept. Raises `BudgetExceeded` before the first write if the plan is larger than the budget.
    """
    check_budget(plan, budget)
    _check_sources(plan, writers)
    run = _Run(writers, receive, recheck)
    return [run.carry_out(step) for step in plan.writes]


def _check_sources(plan: Plan, writers: Mapping[str, Writer]) -> None:
    """Refuse a plan for a source that is not configured (any more), before anything is written."""
    for step in plan.writes:
        if step.place.target.source not in writers:
            raise PlanError(
                f"The plan names {step.place.target.source}, which is no source of this configuration. Plan again."
            )


def check_budget(plan: Plan, budget: Budget) -> None:
    """Refuse a plan that would create or write more than the budget allows."""
    creates = sum(step.action is Action.CREATE for step in plan.writes)
    for what, planned, allowed in (("creates", creates, budget.creates), ("writes", len(plan.writes), budget.writes)):
        if planned > allowed:
            raise BudgetExceeded(
                f"The plan has {planned} {what}, and the budget allows {allowed}. Nothing was written. "
                f"Look at the plan; if it is right, raise budget_writes.{what} in the configuration."
            )


class _Run:
    """One run's memory: which sources and surfaces have been given up."""

    def __init__(self, writers: Mapping[str, Writer], receive: Callable[[Row], None], recheck: bool) -> None:
        self._writers = writers
        self._receive = receive
        self._recheck = recheck
        self._stopped: dict[str, str] = {}
        self._failures: Counter[tuple[str, str, str]] = Counter()

    def carry_out(self, step: Step) -> Row:
        row = self._attempt(step)
        self._receive(row)
        return row

    def _attempt(self, step: Step) -> Row:
        source, surface = step.place.target.source, step.place.surface.value
        stopped = self._stopped.get(source) or self._stopped.get(f"{source}|{surface}")
        if stopped:
            return Row(step, Outcome.STOPPED, error=stopped)
        try:
            row = self._write(self._writers[source], step)
        except AuthFailed as error:
            self._stopped[source] = str(error)
            return Row(step, Outcome.FAILED, error=str(error))
        except ConnectorError as error:
            self._count_failure(source, surface, error)
            return Row(step, Outcome.FAILED, error=str(error))
        self._failures = Counter({k: n for k, n in self._failures.items() if k[:2] != (source, surface)})
        return row

    def _count_failure(self, source: str, surface: str, error: ConnectorError) -> None:
        kind = (source, surface, type(error).__name__)
        self._failures[kind] += 1
        if self._failures[kind] >= PATIENCE:
            self._stopped[f"{source}|{surface}"] = f"given up after {PATIENCE} failures of one kind in a row: {error}"

    def _write(self, writer: Writer, step: Step) -> Row:
        if self._recheck and not _still_true(writer, step):
            return Row(step, Outcome.STALE, error="the place has changed since the plan was made; plan again")
        try:
            written = writer.write(step)
        except Ambiguous as error:
            return _settle(writer, step, error)
        return Row(step, Outcome.DONE, remote_id=written.remote_id, url=written.url)


def _still_true(writer: Writer, step: Step) -> bool:
    seen = next(iter(writer.observe([step.place])))
    if step.action is Action.PRUNE:
        return step.remote_id in seen.copies
    if objections(seen, take_over=step.takes_over):
        return False
    return (seen.remote_id, state_of(seen)) == (step.remote_id, step.before)


def _settle(writer: Writer, step: Step, error: Ambiguous) -> Row:
    """Find out by its marker whether a create of unknown outcome has arrived; never send it again."""
    seen = next(iter(writer.observe([step.place])))
    if step.artifact is not None and seen.remote_id is not None and same_content(step.artifact, seen):
        return Row(step, Outcome.DONE, remote_id=seen.remote_id)
    return Row(step, Outcome.FAILED, error=f"{error} It was not found afterwards; the next run decides again.")
