"""JUnit XML reports in every dialect, read as tests and executions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from pmbridge.errors import UsageError
from pmbridge.evidence.junit_cases import OUTCOMES, Case
from pmbridge.evidence.xml_events import Event, check_size, events
from pmbridge.model import Execution, ExecutionStatus, Origin, TestCase

#: The source of tests that were read from files.
SOURCE = "junit"
_SUITES = frozenset({"testsuite", "testsuites"})
_MESSAGE = 300
_LONGEST_ID = 300


@dataclass(frozen=True, slots=True)
class Run:
    """What a report's run was about, where the report itself does not say."""

    at: datetime
    build: str | None = None
    commit: str | None = None
    version: str | None = None
    environment: str | None = None
    source: str = SOURCE
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The tests and executions of a report; ``notes`` say what in it is odd."""

    tests: tuple[TestCase, ...]
    executions: tuple[Execution, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Suite:
    name: str
    at: datetime
    properties: dict[str, str]
    expected: int | None
    cases: int = 0
    failed_outside: str | None = None


@dataclass(slots=True)
class _Reader:
    """Walks through the events of one report."""

    run: Run
    file: str
    suites: list[_Suite] = field(default_factory=list)
    tests: dict[str, TestCase] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    case: Case | None = None
    unnamed: int = 0
    seen: bool = False

    def read(self, stream: Iterable[Event]) -> Report:
        for name, attributes, text in stream:
            if attributes is not None:
                self._start(name, attributes)
            else:
                self._end(name, text)
        return Report(tuple(self.tests.values()), tuple(self.executions.values()), tuple(self.notes))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self.seen and name not in _SUITES:
            raise UsageError(
                f"{self.file} is no JUnit report: it begins with <{name}>. Export the results as JUnit XML."
            )
        self.seen = True
        if name in _SUITES:
            self._open(name, attributes)
        elif name == "testcase":
            self.case = Case(attributes)
        elif name == "property" and "name" in attributes:
            where = self.case.properties if self.case else self.suites[-1].properties
            where[attributes["name"].casefold()] = attributes.get("value", "")
        elif name in OUTCOMES and self.case is not None:
            self.case.children.append(name)
            self.case.message = self.case.message or attributes.get("message")
        elif name in ("error", "failure"):
            self.suites[-1].failed_outside = attributes.get("message") or "it says no more"

    def _end(self, name: str, text: str) -> None:
        if name == "testcase" and self.case is not None:
            self._keep(self.case)
            self.case = None
        elif name in OUTCOMES and self.case is not None:
            self.case.message = self.case.message or text.strip() or None
        elif name in _SUITES:
            self._close()

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        outer = self.suites[-1] if self.suites else None
        own = attributes.get("name", "").strip() if name == "testsuite" else ""
        self.suites.append(
            _Suite(
                name="/".join(part for part in (outer.name if outer else "", own) if part),
                at=_instant(attributes.get("timestamp")) or (outer.at if outer else self.run.at),
                properties=dict(outer.properties) if outer else {},
                expected=_number(attributes.get("tests")) if name == "testsuite" else None,
            )
        )

    def _close(self) -> None:
        suite = self.suites.pop()
        if suite.failed_outside is not None:
            self._record(suite, "", f"{suite.name or 'suite'} (outside its cases)", _failure(suite.failed_outside))
        if suite.expected is not None and suite.expected > suite.cases:
            said = f"{self.file}: suite {suite.name or 'without a name'} announces {suite.expected} tests"
            self.notes.append(f"{said} and holds {suite.cases}")
        if self.suites:
            self.suites[-1].cases += suite.cases

    def _keep(self, case: Case) -> None:
        suite = self.suites[-1]
        suite.cases += 1
        name = case.name
        if not name:
            self.unnamed += 1
            name = case.classname or f"case {self.unnamed} without a name"
        self._record(suite, case.classname, name, case)

    def _record(self, suite: _Suite, classname: str, name: str, case: Case) -> None:
        properties = {**suite.properties, **case.properties}
        id_ = _identity(suite.name, classname, name)
        covers = _listed(properties, "requirement", "requirements", "covers", "test_key", "requirement_key")
        self.tests[id_] = TestCase(
            source=self.run.source,
            id=id_,
            key=name[:_LONGEST_ID],
            title=f"{classname} {name}".strip()[:_LONGEST_ID],
            origin=Origin.JUNIT,
            project=self.run.project,
            suite=suite.name or None,
            covers=covers,
        )
        at = _instant(case.attributes.get("timestamp")) or suite.at
        self._run(id_, case, at, properties)

    def _run(self, test: str, case: Case, at: datetime, properties: Mapping[str, str]) -> None:
        place = properties.get("environment") or properties.get("env") or self.run.environment
        execution = Execution(
            source=self.run.source,
            id=_short(f"{test}@{at.isoformat()}@{place}@{self.run.build}"),
            test=test,
            status=case.status,
            at=at,
            version=properties.get("version") or self.run.version,
            build=properties.get("build") or self.run.build,
            commit=properties.get("commit") or self.run.commit,
            environment=place,
            defects=_listed(properties, "defect", "defects", "bug"),
            retried=case.retried,
            note=case.message[:_MESSAGE] if case.message else None,
        )
        before = self.executions.get(execution.id)
        if before is not None and before.status is not execution.status:
            self.notes.append(f"{self.file}: {test} stands in it twice with different results; the worse one counts")
        if before is None or _WORSE.index(execution.status) < _WORSE.index(before.status):
            self.executions[execution.id] = execution


_WORSE = (
    ExecutionStatus.FAIL,
    ExecutionStatus.ABORTED,
    ExecutionStatus.BLOCKED,
    ExecutionStatus.SKIPPED,
    ExecutionStatus.UNKNOWN,
    ExecutionStatus.PASS,
)


def read_stream(stream: BinaryIO, name: str, run: Run) -> Report:
    """Read one report; raises `UsageError` where it is none, is malformed, or is not safe to read."""
    return _Reader(run, name).read(events(stream, name))


def read_file(path: Path, run: Run) -> Report:
    """Read one file; raises `UsageError` that names it and what to do."""
    try:
        check_size(path)
        with path.open("rb") as stream:
            return read_stream(stream, str(path), run)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}. Does the test job keep it as an artifact?"
        ) from None


def together(reports: Iterable[Report]) -> Report:
    """Put several reports into one."""
    tests: dict[str, TestCase] = {}
    executions: dict[str, Execution] = {}
    notes: list[str] = []
    for report in reports:
        tests.update({test.id: test for test in report.tests})
        for row in report.executions:
            before = executions.get(row.id)
            if before is None or _WORSE.index(row.status) < _WORSE.index(before.status):
                executions[row.id] = row
        notes.extend(report.notes)
    return Report(tuple(tests.values()), tuple(executions.values()), tuple(notes))


def _failure(message: str) -> Case:
    return Case({}, ["error"], message=message)


def _identity(suite: str, classname: str, name: str) -> str:
    whole = f"{suite}::{classname}::{name}"
    return whole if len(whole) <= _LONGEST_ID else f"{whole[: _LONGEST_ID - 17]}-{_short(whole)}"


def _short(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _listed(properties: Mapping[str, str], *names: str) -> tuple[str, ...]:
    values = ",".join(properties[name] for name in names if properties.get(name)).replace(";", ",").split(",")
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def _instant(text: str | None) -> datetime | None:
    """Read a suite's timestamp: ISO with or without a zone (then UTC), or seconds or milliseconds since 1970."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        return next(_epoch(text), None)


def _epoch(text: str) -> Iterator[datetime]:
    try:
        number = float(text)
        yield datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    except (ValueError, OverflowError, OSError):
        return
