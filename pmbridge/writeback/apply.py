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
from pmbridge.errors import Ambiguous, AuthFailed, ConnectorError, NotFound, PlanError
from pmbridge.writeback.budget import Budget, over_budget, products_of
from pmbridge.writeback.memory import address
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
    """What became of a step; ``unknown`` was sent and not answered, and was not found afterwards."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STALE = "stale"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Row:
    """One step with its outcome; ``error`` is the sentence that explains a failure.

    ``previous_text`` is what the step replaced, where it was read.
    """

    step: Step
    outcome: Outcome
    remote_id: str | None = None
    url: str | None = None
    error: str | None = None
    previous_text: str | None = None


def apply(
    plan: Plan,
    writers: Mapping[str, Writer],
    *,
    budgets: Mapping[str, Budget],
    receive: Callable[[Row], None],
    recheck: bool = False,
) -> list[Row]:
    """Carry out a plan's writing steps and hand each `Row` to ``receive`` before going on.

    ``budgets`` are those of the products; one whose part of the plan is larger has nothing written, and the others
    are. ``recheck`` looks at every place again first and leaves rows whose place has changed since the plan was made;
    use it for a plan that was kept. Raises `BudgetExceeded` before the first write if nothing is left of the plan.
    """
    _check_sources(plan, writers)
    owners, over = products_of(plan), over_budget(plan, budgets)
    run = _Run(writers, receive, recheck)
    return [row for step in plan.writes for row in run.carry_out(step, over.get(owners.get(address(step.place), "")))]


def _check_sources(plan: Plan, writers: Mapping[str, Writer]) -> None:
    """Refuse a plan for a source that is not configured (any more), before anything is written."""
    for step in plan.writes:
        if step.place.target.source not in writers:
            raise PlanError(
                f"The plan names {step.place.target.source}, which is no source of this configuration. Plan again."
            )


class _Run:
    """One run's memory: which sources and surfaces have been given up."""

    def __init__(self, writers: Mapping[str, Writer], receive: Callable[[Row], None], recheck: bool) -> None:
        self._writers = writers
        self._receive = receive
        self._recheck = recheck
        self._stopped: dict[str, str] = {}
        self._failures: Counter[tuple[str, str, str]] = Counter()

    def carry_out(self, step: Step, refused: str | None) -> list[Row]:
        """Carry out a step, and after a create also the deletion of younger copies that another run made meanwhile."""
        row = Row(step, Outcome.STOPPED, error=refused) if refused else self._attempt(step)
        self._receive(row)
        if step.action is not Action.CREATE or row.outcome is not Outcome.DONE:
            return [row]
        return [row, *(more for twin in self._twins(step) for more in self.carry_out(twin, None))]

    def _twins(self, step: Step) -> list[Step]:
        """Look at a place once more after a create: two installations may have found it empty at the same time."""
        try:
            seen = next(iter(self._writers[step.place.target.source].observe([step.place])))
        except ConnectorError:
            # The next run looks again, and prunes.
            return []
        why = "another run wrote at the same time; the oldest stays"
        return [Step(place=step.place, action=Action.PRUNE, reason=why, remote_id=copy) for copy in seen.copies]

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
        if (self._recheck or step.unsure) and not _still_true(writer, step):
            return Row(step, Outcome.STALE, error="the place has changed since the plan was made; plan again")
        try:
            written = writer.write(step)
        except Ambiguous as error:
            return _settle(writer, step, error)
        except NotFound:
            if step.action is not Action.PRUNE:
                raise
            return Row(step, Outcome.DONE)
        return Row(step, Outcome.DONE, written.remote_id, written.url, previous_text=written.previous_text)


def _still_true(writer: Writer, step: Step) -> bool:
    seen = next(iter(writer.observe([step.place])))
    if step.action is Action.PRUNE:
        return step.remote_id in seen.copies
    if objections(seen, take_over=step.takes_over):
        return False
    return (seen.remote_id, state_of(seen)) == (step.remote_id, step.before)


def _settle(writer: Writer, step: Step, error: Ambiguous) -> Row:
    """Find out by its marker whether a write of unknown outcome has arrived; never send it again."""
    try:
        seen = next(iter(writer.observe([step.place])))
    except ConnectorError as silence:
        return Row(step, Outcome.UNKNOWN, error=f"{error} Nor could the place be looked at: {silence}")
    if step.artifact is not None and seen.remote_id is not None and same_content(step.artifact, seen):
        return Row(step, Outcome.DONE, remote_id=seen.remote_id, url=seen.url or step.place.target.url)
    return Row(step, Outcome.UNKNOWN, error=f"{error} It was not found afterwards; the next run looks again.")
