"""All tests of a product with what is known of their runs, gathered once for all of its milestones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from pmbridge.assess.acceptance.defects import defects
from pmbridge.assess.acceptance.words import GateWords
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.evidence.mapping import DEFAULT_PATTERNS, Names, covered, patterns
from pmbridge.evidence.scenario_runs import automated
from pmbridge.evidence.test_issues import CategoryOf, changed_at, runs
from pmbridge.evidence.ticks import described
from pmbridge.history.categories import normalised
from pmbridge.history.records import Record
from pmbridge.metrics.acceptance.reporting import Silence, TestId, silence
from pmbridge.metrics.acceptance.results import latest
from pmbridge.metrics.acceptance.work_lists import Defect
from pmbridge.model import Execution, ExecutionStatus, Item, LinkKind, Origin, StatusCategory, TestCase


@dataclass(frozen=True)
class Evidence:
    """Tests, their executions and the requirements they cover, as far as they were known at the instant.

    ``covers`` holds keys of requirements, or of whatever items a test names. ``linked`` are keys of bugs by the key of
    the test they are linked with, ``defects`` all bugs by key.
    """

    tests: Sequence[TestCase]
    executions: Mapping[TestId, Sequence[Execution]]
    covers: Mapping[TestId, Sequence[str]]
    linked: Mapping[str, Sequence[str]]
    quarantined: frozenset[TestId]
    defects: Mapping[str, Defect]
    words: GateWords

    @cached_property
    def silence(self) -> Silence:
        """The automated tests that the last run of their suite does not know."""
        return silence(self.tests, self.executions, self.covers)

    @cached_property
    def by_requirement(self) -> Mapping[str, Mapping[str, bool]]:
        """The tests of each requirement, by keys, and whether the last run of each passed."""
        found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for test in self.tests:
            last = latest(self.of(test))
            for key in self.covers.get((test.source, test.id), ()):
                found[key][test.key] = last is not None and last.status is ExecutionStatus.PASS
        return dict(found)

    def of(self, test: TestCase) -> Sequence[Execution]:
        """Return the executions of one test."""
        return self.executions.get((test.source, test.id), ())


def gather(reading: Reading, settings: ProductSettings) -> Evidence:
    """Read test issues, labels, boxes, scenarios, and what connectors and files brought."""
    words = GateWords.of(settings)
    stored = _stored(reading)
    found = [*_issues(reading, words), *_of_requirements(reading, words, settings, stored), *_kept(reading, stored)]
    tests = {(test.source, test.id): test for test, _ in found}
    executions: defaultdict[TestId, dict[str, Execution]] = defaultdict(dict)
    for test, rows in found:
        executions[test.source, test.id].update({row.id: row for row in rows if row.at <= reading.as_of})
    names = Names.of((face.item for life in reading.lives for face in life.canonical.faces), _keys(reading))
    compiled = patterns(settings.acceptance.patterns or DEFAULT_PATTERNS)
    links = _targets(reading, words)
    covers = {id_: _covers(test, links, names, compiled) for id_, test in tests.items()}
    run = automated(tests.values(), covers)
    return Evidence(
        tests=tuple(test for id_, test in tests.items() if id_ not in run.scenarios),
        executions={id_: tuple(rows.values()) for id_, rows in executions.items()},
        covers={**covers, **run.covers},
        linked=_bugs(reading, words),
        quarantined=frozenset(id_ for id_, test in tests.items() if _quarantined(test, settings)),
        defects=defects(reading.lives, reading, words, settings),
        words=words,
    )


Found = tuple[TestCase, Sequence[Execution]]


def _stored(reading: Reading) -> dict[TestId, list[Execution]]:
    rows: defaultdict[TestId, list[Execution]] = defaultdict(list)
    for row in reading.history.executions:
        if row.at <= reading.as_of:
            rows[row.source, row.test].append(row)
    return dict(rows)


def _kept(reading: Reading, stored: Mapping[TestId, Sequence[Execution]]) -> Iterator[Found]:
    """Yield the tests that connectors and files brought, as far as they were there at the instant."""
    for test in reading.history.tests:
        born = test.created_at is None or test.created_at <= reading.as_of
        gone = test.retired_at is not None and test.retired_at <= reading.as_of
        rows = stored.get((test.source, test.id), ())
        if born and not gone and (rows or test.created_at is not None):
            yield test, rows


def _issues(reading: Reading, words: GateWords) -> Iterator[Found]:
    """Yield the test issues; of one that an app manages, only the app's runs tell the result."""
    managed = {(test.source, test.id) for test in reading.history.tests}
    known = {source: _categories(reading, source) for source in {item.source for item in reading.history.items}}
    for face in _faces(reading):
        item = face.item
        if words.is_test(item) and (item.source, item.id) not in managed:
            yield _test(item, face, Origin.TEST_ISSUE), runs(item, face.changes, words.verdicts, known[item.source])


def _categories(reading: Reading, source: str) -> CategoryOf:
    meant = {status.id: status.category for status in reading.history.statuses if status.source == source}
    return lambda id_: meant.get(id_, StatusCategory.UNMAPPED)


def _of_requirements(
    reading: Reading, words: GateWords, settings: ProductSettings, stored: Mapping[TestId, Sequence[Execution]]
) -> Iterator[Found]:
    ticks: defaultdict[str, dict[str, list[Execution]]] = defaultdict(dict)
    for (source, test), rows in stored.items():
        ticks[source][test] = list(rows)
    for life in reading.lives:
        if not any(words.is_requirement(face.item) for face in life.canonical.faces):
            continue
        for face in life.canonical.faces:
            rows = runs(face.item, face.changes, words.verdicts, None)
            if rows:
                yield _labelled(face.item), [row.model_copy(update={"test": _label_id(row.test)}) for row in rows]
        primary = life.canonical.primary
        if settings.acceptance.checklists and primary.item.description:
            yield from _described(primary, ticks[primary.item.source])


def _described(face: Record, ticks: Mapping[str, Sequence[Execution]]) -> Iterator[Found]:
    found = described(face.item, face.changes, ticks)
    for test in found.tests:
        yield test, [row for row in found.executions if row.test == test.id]


def _label_id(item: str) -> str:
    return f"{item}:label"


def _labelled(item: Item) -> TestCase:
    return TestCase(
        source=item.source,
        id=_label_id(item.id),
        key=f"{item.key}: label",
        title="acceptance label",
        origin=Origin.LABEL,
        project=item.project,
        url=item.url,
        covers=(item.id,),
        created_at=item.created_at,
    )


def _test(item: Item, face: Record, origin: Origin) -> TestCase:
    return TestCase(
        source=item.source,
        id=item.id,
        key=item.key,
        title=item.key if item.restricted else item.title,
        origin=origin,
        project=item.project,
        url=item.url,
        covers=(item.parent,) if item.parent else (),
        created_at=item.created_at,
        changed_at=changed_at(face.changes),
    )


def _covers(
    test: TestCase, links: Mapping[TestId, Sequence[str]], names: Names, compiled: Sequence[re.Pattern[str]]
) -> tuple[str, ...]:
    linked = links.get((test.source, test.id), ())
    if test.origin is Origin.TEST_ISSUE and linked:
        return tuple(dict.fromkeys(linked))
    return tuple(dict.fromkeys((*linked, *covered(test, names, compiled))))


def _targets(reading: Reading, words: GateWords) -> dict[TestId, list[str]]:
    """Find what tests are linked with, by links that mean testing or have a configured phrase, from either end."""
    found: defaultdict[TestId, list[str]] = defaultdict(list)
    for link in reading.history.links:
        if link.kind is LinkKind.TESTS or normalised(link.phrase) in words.links:
            for end, other in ((link.item, link.target), (link.target, link.item)):
                here, there = reading.owner.get((link.source, end)), reading.owner.get((link.source, other))
                if (
                    here is not None
                    and there is not None
                    and words.is_test(here.item)
                    and not words.is_test(there.item)
                ):
                    found[link.source, end].append(there.item.key)
    return found


def _bugs(reading: Reading, words: GateWords) -> dict[str, list[str]]:
    """Find the bugs that are linked with tests, whatever the link means."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in reading.history.links:
        ends = [reading.owner.get((link.source, end)) for end in (link.item, link.target)]
        for test, bug in ((ends[0], ends[1]), (ends[1], ends[0])):
            if test is not None and bug is not None and words.is_test(test.item) and words.is_bug(bug.item):
                found[test.item.key].append(bug.item.key)
    return found


def _keys(reading: Reading) -> dict[tuple[str, str], str]:
    return {id_: life.item.key for id_, life in reading.owner.items()}


def _faces(reading: Reading) -> Iterable[Record]:
    return (face for life in reading.lives for face in life.canonical.faces)


def _quarantined(test: TestCase, settings: ProductSettings) -> bool:
    names = (test.key.casefold(), test.title.casefold())
    return any(fnmatchcase(name, word.casefold()) for word in settings.acceptance.quarantine for name in names)
