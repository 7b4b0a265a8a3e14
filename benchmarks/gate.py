"""How long a gate takes to judge: 5,000 requirements with 50,000 executions."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from time import process_time

from pmbridge.metrics.acceptance.daily import Watched, daily
from pmbridge.metrics.acceptance.digest import evidence_digest
from pmbridge.metrics.acceptance.dossier import Dossier
from pmbridge.metrics.acceptance.figures import figures
from pmbridge.metrics.acceptance.gate import judge, rules
from pmbridge.metrics.acceptance.matrix import matrix
from pmbridge.metrics.acceptance.reporting import silence
from pmbridge.metrics.acceptance.requirement import Priority, Requirement, Status
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.metrics.acceptance.standing import Reading, proof
from pmbridge.metrics.acceptance.work_lists import work_lists
from pmbridge.model import Candidate, Execution, ExecutionStatus, Origin, TestCase

REQUIREMENTS, TESTS, EXECUTIONS = 5_000, 10_000, 50_000
TARGET_SECONDS = 1.0
DAYS = 84
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATUSES = [ExecutionStatus.PASS] * 17 + [ExecutionStatus.FAIL] * 2 + [ExecutionStatus.SKIPPED]

TestId = tuple[str, str]
World = tuple[list[Requirement], list[TestCase], dict[TestId, list[Execution]], dict[TestId, list[str]]]


def world(seed: int = 7) -> World:
    dice = random.Random(seed)
    needs = [
        Requirement(
            key=f"R-{n}",
            priority=dice.choice(list(Priority)),
            text_changed_at=NOW - timedelta(days=dice.uniform(0, 90)),
            parent=f"R-{n // 10}" if n % 7 == 0 and n >= 10 else None,
        )
        for n in range(REQUIREMENTS)
    ]
    tests = [
        TestCase(source="ci", id=f"t{n}", key=f"t{n}", title=f"t{n}", origin=Origin.PIPELINE, suite="acceptance")
        for n in range(TESTS)
    ]
    runs: dict[TestId, list[Execution]] = {("ci", test.id): [] for test in tests}
    for n in range(EXECUTIONS):
        test = f"t{n % TESTS}"
        runs["ci", test].append(
            Execution(
                source="ci",
                id=str(n),
                test=test,
                status=dice.choice(STATUSES),
                at=NOW - timedelta(days=dice.uniform(0, 40)),
                build=f"rc{dice.randrange(4)}",
                environment=dice.choice(["staging", "preview"]),
            )
        )
    return needs, tests, runs, {("ci", f"t{n}"): [f"R-{n % REQUIREMENTS}"] for n in range(TESTS)}


def judged(
    needs: list[Requirement],
    tests: list[TestCase],
    runs: dict[TestId, list[Execution]],
    covers: dict[TestId, list[str]],
) -> str:
    candidate = Candidate(milestone="m", build="rc3", includes=("rc2", "rc1"), at=NOW - timedelta(days=9))
    quiet = silence(tests, runs, covers)
    reading = Reading(Freshness(NOW, candidate=candidate), unreported=quiet.unreported)
    whole = matrix(needs, [proof(test, runs[test.source, test.id], reading) for test in tests], covers)
    dossier = Dossier(whole, figures(whole), work_lists(whole, {}, {}))
    asked = rules()
    verdict = judge(dossier, asked).verdict
    return f"{verdict} {evidence_digest(dossier, asked, (), candidate)}"


def looked_back(
    needs: list[Requirement],
    tests: list[TestCase],
    runs: dict[TestId, list[Execution]],
    covers: dict[TestId, list[str]],
) -> int:
    ends = [NOW - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    watched = [Watched(need, [(NOW - timedelta(days=100), None)], [need.text_changed_at or NOW]) for need in needs]
    how = Reading(Freshness(NOW))
    found = daily(watched, [proof(test, runs[test.source, test.id], how) for test in tests], covers, ends)
    return found.counts[Status.OK][-1]


def main() -> int:
    given = world()
    begin = process_time()
    said = judged(*given)
    took = process_time() - begin
    size = f"{REQUIREMENTS:,} requirements, {EXECUTIONS:,} executions"
    print(f"{size}: {took:.2f} s CPU (target {TARGET_SECONDS:.0f} s), {said}")
    begin = process_time()
    counted = looked_back(*given)
    print(f"the same looked back at for {DAYS} days: {process_time() - begin:.2f} s CPU, {counted} proven at the end")
    return 0 if took < TARGET_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
