"""The figures of a gate: how much is covered, proven, run and passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pmbridge.metrics.acceptance.matrix import Matrix, Row
from pmbridge.metrics.acceptance.requirement import Priority, Status
from pmbridge.metrics.acceptance.results import FINAL
from pmbridge.metrics.acceptance.standing import Proof
from pmbridge.metrics.wilson import wilson_interval
from pmbridge.model import ExecutionStatus

T = TypeVar("T")

#: How much a requirement counts in the weighted share.
WEIGHTS = {Priority.MUST: 3, Priority.SHOULD: 2, Priority.COULD: 1}


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1, ``None`` where there is nothing to take a share of.

    ``coverage`` = covered / in scope, ``verified`` = OK / in scope (never OK / covered: what nobody tests must hurt),
    ``progress`` = tests run / tests planned, ``pass_rate`` = passed / (passed + failed) with its Wilson interval,
    ``first_pass`` = tests whose first result was a pass, ``flaky`` = flaky tests / tests with a result.
    """

    requirements: int
    coverage: float | None
    verified: float | None
    verified_fresh: float | None
    verified_weighted: float | None
    progress: float | None
    pass_rate: float | None
    pass_interval: tuple[float, float] | None
    first_pass: float | None
    flaky: float | None
    counts: dict[Status, int]
    stale: int


def figures(matrix: Matrix) -> Figures:
    """Sum a matrix up."""
    rows, proofs = matrix.rows, matrix.proofs
    passed, failed = (sum(p.status is status for p in proofs) for status in _DECIDED)
    return Figures(
        requirements=len(rows),
        coverage=share(rows, lambda row: row.status is not Status.UNCOVERED),
        verified=share(rows, lambda row: row.status is Status.OK),
        verified_fresh=share(rows, lambda row: row.met),
        verified_weighted=_weighted(rows),
        progress=share(proofs, lambda proof: proof.status in FINAL),
        pass_rate=passed / (passed + failed) if passed + failed else None,
        pass_interval=wilson_interval(passed, passed + failed),
        first_pass=_first_pass(proofs),
        flaky=share([p for p in proofs if p.flakiness is not None], lambda proof: proof.flaky),
        counts={status: sum(row.status is status for row in rows) for status in Status},
        stale=sum(row.fresh is False for row in rows),
    )


_DECIDED = (ExecutionStatus.PASS, ExecutionStatus.FAIL)


def share(rows: Sequence[T], holds: Callable[[T], bool]) -> float | None:
    """Return the share of rows for which something holds; of none there is none."""
    return sum(map(holds, rows)) / len(rows) if rows else None


def _weighted(rows: Iterable[Row]) -> float | None:
    weights = [(WEIGHTS[row.requirement.priority], row.status is Status.OK) for row in rows]
    whole = sum(weight for weight, _ in weights)
    return sum(weight for weight, ok in weights if ok) / whole if whole else None


def _first_pass(proofs: Iterable[Proof]) -> float | None:
    """Return the first-pass yield: of the tests with a pass or fail, those that began with a pass."""
    first = []
    for proof in proofs:
        decided = [row for row in proof.executions if row.status in _DECIDED]
        if decided:
            first.append(min(decided, key=lambda row: (row.at, row.id)))
    return share(first, lambda row: row.status is ExecutionStatus.PASS and not row.retried)
