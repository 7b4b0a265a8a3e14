from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pmbridge.metrics.acceptance.authority import Authority, Moment, held_signoffs, held_waivers
from pmbridge.metrics.acceptance.dossier import Dossier, Limits
from pmbridge.metrics.acceptance.figures import figures
from pmbridge.metrics.acceptance.gate import judge, rules
from pmbridge.metrics.acceptance.matrix import matrix
from pmbridge.metrics.acceptance.requirement import Priority, Requirement
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.metrics.acceptance.standing import Reading, proof
from pmbridge.metrics.acceptance.work_lists import work_lists
from pmbridge.model import Execution, ExecutionStatus, Origin, RuleName, TestCase

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVIDENCE_RULES = (
    RuleName.REQUIREMENTS_VERIFIED,
    RuleName.NO_OPEN_BLOCKER,
    RuleName.NO_FAILING_ENVIRONMENT,
    RuleName.NO_UNTRACKED_FAILURE,
    RuleName.NO_UNCONFIRMED_FIX,
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def a_test(key: str = "T-1", **more: Any) -> TestCase:
    values = {"source": "s", "id": key, "key": key, "title": key, "origin": Origin.TEST_ISSUE, **more}
    return TestCase(**values)


def run(test: str = "T-1", status: str = "pass", days: float = 1, **more: Any) -> Execution:
    at = more.pop("at", ago(days))
    values = {"source": "s", "id": f"{test}@{at}@{status}", "test": test, "status": ExecutionStatus(status), "at": at}
    return Execution(**{**values, **more})


def need(key: str = "R-1", priority: str = "must", **more: Any) -> Requirement:
    return Requirement(key=key, priority=Priority(priority), **more)


def dossier(requirements: list[Requirement], runs: dict[str, list[Execution]], **more: Any) -> Dossier:
    """Hold tests named ``R-1/T-1`` against the requirements they begin with."""
    reading = more.pop("reading", None) or Reading(Freshness(NOW, candidate=more.pop("candidate", None)))
    tests = {key: a_test(key.partition("/")[2] or key) for key in runs}
    covers = {("s", test.id): [one for one in key.partition("/")[0].split("+") if one] for key, test in tests.items()}
    proofs = [proof(tests[key], own, reading) for key, own in runs.items()]
    whole = matrix(requirements, proofs, covers)
    defects, linked = more.pop("defects", {}), more.pop("linked", {})
    lists = work_lists(whole, defects, linked)
    return Dossier(whole, figures(whole), lists, environments=reading.environments, **more)


def verdict(requirements: list[Requirement], runs: dict[str, list[Execution]], **more: Any) -> Any:
    asked = rules(more.pop("must", EVIDENCE_RULES), more.pop("should", ()))
    moment = Moment(NOW, NOW.date(), more.get("candidate"))
    authority = more.pop("authority", Authority({"*": ["boss"]}, "boss"))
    waivers = held_waivers(more.pop("waivers", ()), authority, moment)
    signoffs = held_signoffs(more.pop("signoffs", ()), authority, moment)
    unwaivable = more.pop("unwaivable", frozenset())
    return judge(dossier(requirements, runs, signoffs=signoffs, **more), asked, waivers, unwaivable)


@pytest.fixture(scope="session")
def gate() -> Any:
    """Return everything a test of the gate is built from."""
    kit: dict[str, Callable[..., Any] | Any] = {
        "now": NOW,
        "ago": ago,
        "test_case": a_test,
        "run": run,
        "need": need,
        "dossier": dossier,
        "verdict": verdict,
        "limits": Limits,
    }
    return SimpleNamespace(**kit)
