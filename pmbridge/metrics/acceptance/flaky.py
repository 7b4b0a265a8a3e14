"""Tests that pass and fail without anything having changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pmbridge.metrics.wilson import wilson_interval
from pmbridge.model import Execution, ExecutionStatus

#: How far back a contradiction on one commit tells, and how many clean passes clear a test.
WINDOW = timedelta(days=14)
CLEAN_PASSES = 5
#: How many runs the score looks at.
RUNS = 20

_PASS, _FAIL = ExecutionStatus.PASS, ExecutionStatus.FAIL


@dataclass(frozen=True, slots=True)
class Flakiness:
    """How far a test can be trusted: ``score`` is flips a run, ``failures`` the interval of its failure rate."""

    flaky: bool
    score: float | None
    failures: tuple[float, float] | None


def flakiness(executions: Iterable[Execution], as_of: datetime) -> Flakiness | None:
    """Judge a test by its passes and fails; ``None`` where it has neither.

    Flaky is a test with a pass and a fail on one commit and environment within the last 14 days, or a pass that took a
    second try; it is cleared by five passes in a row after that.
    """
    runs = sorted((e for e in executions if e.status in (_PASS, _FAIL)), key=lambda e: (e.at, e.id))
    if not runs:
        return None
    last = runs[-RUNS:]
    flips = sum(a.status is not b.status for a, b in pairwise(last))
    fails = sum(run.status is _FAIL for run in last)
    return Flakiness(
        flaky=_is_flaky(runs, as_of),
        score=flips / (len(last) - 1) if len(last) > 1 else None,
        failures=wilson_interval(fails, len(last)),
    )


def _is_flaky(runs: Sequence[Execution], as_of: datetime) -> bool:
    seen = _last_contradiction([run for run in runs if as_of - run.at <= WINDOW])
    return seen is not None and not _cleared([run for run in runs if run.at > seen])


def _last_contradiction(runs: Iterable[Execution]) -> datetime | None:
    """Return when a test last turned round on one build and environment, or needed a second try."""
    seen: datetime | None = None
    last: dict[tuple[str, str | None], ExecutionStatus] = {}
    for run in runs:
        build = run.commit or run.build
        turned = build is not None and last.get((build, run.environment), run.status) is not run.status
        if build is not None:
            last[build, run.environment] = run.status
        if run.retried or turned:
            seen = run.at
    return seen


def _cleared(runs: Sequence[Execution]) -> bool:
    clean = runs[-CLEAN_PASSES:]
    return len(clean) == CLEAN_PASSES and all(run.status is _PASS and not run.retried for run in clean)
