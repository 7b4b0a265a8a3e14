"""A short name for the evidence that a verdict rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from pmbridge.metrics.acceptance.authority import HeldWaiver
from pmbridge.metrics.acceptance.dossier import Dossier
from pmbridge.metrics.acceptance.gate import Rule
from pmbridge.metrics.acceptance.matrix import Row
from pmbridge.model import Candidate


def evidence_digest(
    dossier: Dossier, asked: Sequence[Rule], waivers: Iterable[HeldWaiver], candidate: Candidate | None
) -> str:
    """Name the build, the executions that decide, and the decisions: the same name is the same verdict."""
    digest = blake2b(digest_size=16)
    for line in _lines(dossier, asked, waivers, candidate):
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _lines(
    dossier: Dossier, asked: Sequence[Rule], waivers: Iterable[HeldWaiver], candidate: Candidate | None
) -> Iterable[str]:
    yield f"candidate {candidate.model_dump_json() if candidate else None}"
    yield f"{dossier.limits} {dossier.arrivals} {tuple(dossier.environments)}"
    yield from (f"rule {rule.name} {rule.level}" for rule in asked)
    for row in dossier.matrix.rows:
        yield from _row(row)
    yield from sorted(f"defect {d.key} {d.severity} {d.workaround}" for d in dossier.open_defects)
    yield from (f"list {task}" for task in (*dossier.lists.untracked, *dossier.lists.unconfirmed))
    yield from sorted(f"waiver {held.waiver.model_dump_json()} {held.void}" for held in waivers)
    for rule, given in sorted(dossier.signoffs.items()):
        yield from (f"sign-off {rule} {held.signoff.model_dump_json()} {held.void}" for held in given)


def _row(row: Row) -> Iterable[str]:
    one = row.requirement
    yield f"requirement {one.key} {one.priority} {one.characteristic} {one.parent} {row.status} {row.proven}"
    for proof, cells in zip(row.proofs, row.cells, strict=True):
        for cell in cells:
            run = cell.execution.id if cell.execution else None
            place = f"{proof.test.source} {proof.test.id} {cell.environment}"
            yield f"{place} {run} {cell.status} {cell.doubts} {proof.flaky}"
