"""The traceability matrix: requirements by environments, forwards to tests and backwards from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.metrics.acceptance.requirement import Requirement, Status
from pmbridge.metrics.acceptance.results import joined
from pmbridge.metrics.acceptance.rollup import rolled_up, status_of
from pmbridge.metrics.acceptance.standing import Cell, Proof
from pmbridge.model import ExecutionStatus, TestCase


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement and what proves it.

    ``status`` is what its tests and its refinements say, ``proven`` the same with stale passes taken for not run; a
    requirement is met for the gate when ``proven`` is OK. ``cells`` belong to ``proofs`` in order.
    """

    requirement: Requirement
    proofs: tuple[Proof, ...]
    cells: tuple[tuple[Cell, ...], ...]
    status: Status
    proven: Status

    @property
    def met(self) -> bool:
        """Whether it is OK and fresh."""
        return self.proven is Status.OK

    @property
    def fresh(self) -> bool | None:
        """Whether an OK is still worth something; ``None`` where there is no OK."""
        return self.met if self.status is Status.OK else None

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why passes are stale, each reason once."""
        return tuple(dict.fromkeys(doubt for cells in self.cells for cell in cells for doubt in cell.doubts))

    @property
    def only_flaky(self) -> bool:
        """Whether it is met by nothing but tests that are flaky."""
        return self.met and bool(self.proofs) and all(proof.flaky for proof in self.proofs)

    def in_environment(self, environment: str | None) -> Status:
        """Return the status by the cells of one environment: a column of the matrix."""
        found = [cell.proven for cells in self.cells for cell in cells if cell.environment == environment]
        return status_of(found) if found or not self.proofs else Status.NOTRUN


@dataclass(frozen=True, slots=True)
class Matrix:
    """All requirements in order, and the tests that cover none: orphans."""

    rows: tuple[Row, ...]
    orphans: tuple[TestCase, ...]

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Every test that covers a requirement, once."""
        return tuple({(p.test.source, p.test.id): p for row in self.rows for p in row.proofs}.values())

    @property
    def environments(self) -> tuple[str | None, ...]:
        """The columns, in order of their names, the unnamed one last."""
        names = {cell.environment for row in self.rows for cells in row.cells for cell in cells}
        return tuple(sorted(names, key=lambda name: (name is None, name or "")))


def matrix(
    requirements: Sequence[Requirement], proofs: Iterable[Proof], covers: Mapping[tuple[str, str], Sequence[str]]
) -> Matrix:
    """Join requirements and tests; ``covers`` are the keys of what each test, by source and id, speaks of.

    A test whose requirements are all elsewhere is no orphan: it belongs to another milestone.
    """
    of: defaultdict[str, list[Proof]] = defaultdict(list)
    orphans = []
    for proof in proofs:
        keys = covers.get((proof.test.source, proof.test.id), ())
        for key in dict.fromkeys(keys):
            of[key].append(proof)
        if not keys:
            orphans.append(proof.test)
    rows = [_row(one, of.get(one.key, ())) for one in requirements]
    status = rolled_up(requirements, {row.requirement.key: row.status for row in rows})
    proven = rolled_up(requirements, {row.requirement.key: row.proven for row in rows})
    settled = (
        Row(row.requirement, row.proofs, row.cells, status[row.requirement.key], proven[row.requirement.key])
        for row in rows
    )
    return Matrix(tuple(settled), tuple(orphans))


def _row(requirement: Requirement, proofs: Sequence[Proof]) -> Row:
    ordered = tuple(sorted(proofs, key=lambda proof: (proof.test.key, proof.test.source, proof.test.id)))
    cells = tuple(proof.cells(requirement) for proof in ordered)
    return Row(
        requirement,
        ordered,
        cells,
        status_of(proof.status for proof in ordered),
        status_of(_joined(own) for own in cells),
    )


def _joined(cells: Sequence[Cell]) -> ExecutionStatus:
    return joined(cell.proven for cell in cells)
