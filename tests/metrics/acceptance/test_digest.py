from __future__ import annotations

from pmbridge.metrics.acceptance.digest import evidence_digest
from pmbridge.metrics.acceptance.gate import rules
from pmbridge.model import Candidate


def digest(gate, runs, candidate=None):
    return evidence_digest(gate.dossier([gate.need()], {"R-1/T-1": runs}), rules(), (), candidate)


def test_the_same_evidence_has_the_same_name_in_any_order(gate):
    a, b = gate.run(days=2), gate.run(days=1)
    assert digest(gate, [a, b]) == digest(gate, [b, a])


def test_another_deciding_run_or_build_has_another_name(gate):
    one = digest(gate, [gate.run(days=2)])
    assert digest(gate, [gate.run(days=2), gate.run(days=1)]) != one
    assert digest(gate, [gate.run(days=2)], Candidate(milestone="m", build="rc1")) != one
