"""Automated tests that a later run of their suite did not report: renamed, removed, or not run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.model import Execution, Origin, TestCase

#: Where a whole suite is reported at once, so that silence about a test means something.
REPORTED_WHOLE = frozenset({Origin.PIPELINE, Origin.JUNIT})

TestId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Silence:
    """``retired`` maps tests that another one replaced to it; ``unreported`` are those that are simply wanting."""

    unreported: frozenset[TestId]
    retired: Mapping[TestId, TestId]


def silence(
    tests: Sequence[TestCase],
    executions: Mapping[TestId, Sequence[Execution]],
    covers: Mapping[TestId, Sequence[str]],
) -> Silence:
    """Find the tests that the last run of their suite does not know.

    A test that vanished while another one appeared in the same suite for the same requirements was renamed: the old one
    is retired, the new one starts without a past. What vanished without an heir counts as not run.
    """
    suites: defaultdict[tuple[str, str | None, str | None], list[TestCase]] = defaultdict(list)
    for test in tests:
        if test.origin in REPORTED_WHOLE and executions.get((test.source, test.id)):
            suites[test.source, test.project, test.suite].append(test)
    unreported: set[TestId] = set()
    retired: dict[TestId, TestId] = {}
    for suite in suites.values():
        for test, heir in _silent(suite, executions, covers):
            if heir is None:
                unreported.add((test.source, test.id))
            else:
                retired[test.source, test.id] = (heir.source, heir.id)
    return Silence(frozenset(unreported), retired)


def _silent(
    suite: Iterable[TestCase],
    executions: Mapping[TestId, Sequence[Execution]],
    covers: Mapping[TestId, Sequence[str]],
) -> Iterable[tuple[TestCase, TestCase | None]]:
    spans = [(test, *_span(executions[test.source, test.id])) for test in suite]
    last = max(end for _, _, end in spans)
    newest: dict[frozenset[str], tuple[datetime, TestCase]] = {}
    for test, begin, _ in sorted(spans, key=lambda span: (span[1], span[0].id)):
        newest[_speaks_of(test, covers)] = (begin, test)
    for test, _, end in spans:
        if end < last:
            mine = _speaks_of(test, covers)
            begun, heir = newest[mine]
            yield test, heir if mine and begun > end else None


def _speaks_of(test: TestCase, covers: Mapping[TestId, Sequence[str]]) -> frozenset[str]:
    return frozenset(covers.get((test.source, test.id), ()))


def _span(executions: Sequence[Execution]) -> tuple[datetime, datetime]:
    instants = [row.at for row in executions]
    return min(instants), max(instants)
