"""What to do next about failures: those nobody wrote down, and repairs nobody has confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.metrics.acceptance.matrix import Matrix, Row
from pmbridge.metrics.acceptance.requirement import Priority
from pmbridge.metrics.acceptance.standing import Proof
from pmbridge.model import ExecutionStatus


@dataclass(frozen=True, slots=True)
class Defect:
    """A bug as the gate sees it: ``severity`` 1 is the worst, ``None`` one nobody judged; ``closed_at`` if repaired."""

    key: str
    title: str = ""
    severity: int | None = None
    closed_at: datetime | None = None
    workaround: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A failing test and since when somebody should have acted; ``defect`` is what was repaired, if anything was."""

    test: str
    requirements: tuple[str, ...]
    since: datetime
    defect: str | None = None
    must: bool = False


@dataclass(frozen=True, slots=True)
class WorkLists:
    """Failing tests without a defect, and fixed defects whose test was not run again; oldest first."""

    untracked: tuple[Task, ...]
    unconfirmed: tuple[Task, ...]


def work_lists(matrix: Matrix, defects: Mapping[str, Defect], linked: Mapping[str, Sequence[str]]) -> WorkLists:
    """Look at every failing test; ``linked`` are the defects of each test by the tracker's links, by test key."""
    rows_of: dict[tuple[str, str], list[Row]] = {}
    for row in matrix.rows:
        for proof in row.proofs:
            rows_of.setdefault((proof.test.source, proof.test.id), []).append(row)
    untracked, unconfirmed = [], []
    for proof in matrix.proofs:
        since = failing_since(proof)
        if since is None:
            continue
        rows, keys = rows_of[proof.test.source, proof.test.id], defect_keys(proof, linked)
        known = [defects[key] for key in keys if key in defects]
        if not any(key not in defects or _explains(defects[key], since) for key in keys):
            untracked.append(_task(proof, rows, since))
        unconfirmed += [_task(proof, rows, at, key) for key, at in _repaired(known, since)]
    return WorkLists(_in_order(untracked), _in_order(unconfirmed))


def failing_since(proof: Proof) -> datetime | None:
    """Return when the oldest of the deciding failures of a test was seen; ``None`` if it does not fail."""
    if proof.status is not ExecutionStatus.FAIL:
        return None
    return min(row.at for row in proof.results.values() if row is not None and row.status is ExecutionStatus.FAIL)


def defect_keys(proof: Proof, linked: Mapping[str, Sequence[str]]) -> list[str]:
    """Name the defects of a test's deciding executions and of its links."""
    stated = [key for row in proof.results.values() if row is not None for key in row.defects]
    return list(dict.fromkeys([*stated, *linked.get(proof.test.key, ())]))


def _explains(defect: Defect, since: datetime) -> bool:
    """Say whether a defect can be why a test fails: it is open, or was repaired only after the failure."""
    return defect.closed_at is None or defect.closed_at > since


def _repaired(defects: Iterable[Defect], since: datetime) -> list[tuple[str, datetime]]:
    """Return the repairs that wait for a run, if nothing that could explain the failure is still open."""
    known = list(defects)
    if any(defect.closed_at is None for defect in known):
        return []
    return [(one.key, one.closed_at) for one in known if one.closed_at is not None and one.closed_at > since]


def _task(proof: Proof, rows: Sequence[Row], since: datetime, defect: str | None = None) -> Task:
    must = any(row.requirement.priority is Priority.MUST for row in rows)
    return Task(proof.test.key, tuple(row.requirement.key for row in rows), since, defect, must)


def _in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(sorted(tasks, key=lambda task: (task.since, task.test, task.defect or "")))
