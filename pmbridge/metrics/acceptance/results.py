"""What counts as the result of a test: the latest final execution in each environment, and their join."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from pmbridge.model import Execution, ExecutionStatus

#: Statuses that end an execution. An unknown one does too: an earlier pass must not hide it.
FINAL = frozenset(set(ExecutionStatus) - {ExecutionStatus.TODO, ExecutionStatus.EXECUTING})

#: From best to worst: a fail beats all, anything beats a pass, and what was not run stands before the unknown.
RANK = {
    status: rank
    for rank, status in enumerate(
        (
            ExecutionStatus.PASS,
            ExecutionStatus.UNKNOWN,
            ExecutionStatus.SKIPPED,
            ExecutionStatus.TODO,
            ExecutionStatus.EXECUTING,
            ExecutionStatus.BLOCKED,
            ExecutionStatus.ABORTED,
            ExecutionStatus.FAIL,
        )
    )
}


def recency(execution: Execution) -> tuple[bool, datetime, int, str]:
    """Order executions of one test in one environment: final ones last, then by end; of one instant the worst wins."""
    return execution.status in FINAL, execution.at, RANK[execution.status], execution.id


def latest(executions: Iterable[Execution]) -> Execution | None:
    """Return the execution that decides: the latest final one, else the latest of those that go on."""
    return max(executions, key=recency, default=None)


def by_environment(
    executions: Iterable[Execution], required: Collection[str] = (), unnamed: str | None = None
) -> dict[str | None, Execution | None]:
    """Return the deciding execution of each environment.

    Where environments are ``required`` exactly these count, and one without a run has ``None``. Executions that name
    none took place in ``unnamed``.
    """
    grouped: defaultdict[str | None, list[Execution]] = defaultdict(list)
    for execution in executions:
        grouped[execution.environment or unnamed].append(execution)
    names: Iterable[str | None] = required if required else sorted(grouped, key=lambda name: (name is None, name or ""))
    return {name: latest(grouped.get(name, ())) for name in names}


def joined(statuses: Iterable[ExecutionStatus]) -> ExecutionStatus:
    """Join the results of one test in several environments; without any it was not run.

    The order is that of Xray: FAIL before all, and anything before PASS.
    """
    return max(statuses, key=RANK.__getitem__, default=ExecutionStatus.TODO)


def contradictory(executions: Iterable[Execution]) -> bool:
    """Say whether executions in one environment ended differently at the very same, latest instant."""
    rows = [execution for execution in executions if execution.status in FINAL]
    last = max((row.at for row in rows), default=None)
    return len({row.status for row in rows if row.at == last}) > 1


def in_plan(executions: Iterable[Execution], plan: str | None) -> list[Execution]:
    """Keep the executions that were made for a test plan; without a plan keep all."""
    return [row for row in executions if plan is None or plan in row.plans]


def in_version(executions: Iterable[Execution], names: Collection[str]) -> list[Execution]:
    """Keep the executions of a version, by its names in small letters, and those that name none; without names all."""
    return [row for row in executions if not names or row.version is None or row.version.casefold() in names]
