"""All tests of a product with what is known of their runs, gathered once for all of its milestones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property

import numpy

from pmbridge.assess.acceptance.defects import defects
from pmbridge.assess.acceptance.roles import Roles, lives_of, roles
from pmbridge.assess.acceptance.words import GateWords
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.evidence.mapping import DEFAULT_PATTERNS, Names, covered, patterns
from pmbridge.evidence.scenario_runs import automated
from pmbridge.evidence.test_issues import CategoryOf, Verdicts, changed_at, runs
from pmbridge.evidence.ticks import described
from pmbridge.history.categories import normalised
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.records import Record
from pmbridge.metrics.acceptance.reporting import Silence, TestId, silence
from pmbridge.metrics.acceptance.results import latest
from pmbridge.metrics.acceptance.work_lists import Defect
from pmbridge.model import Execution, ExecutionStatus, FieldName, Item, LinkKind, Origin, StatusCategory, TestCase
from pmbridge.model.changes import FIELD_CODE
from pmbridge.model.instants import from_micros


@dataclass(frozen=True)
class Evidence:
    """Tests, their executions and the requirements they cover, as far as they were known at the instant.

    ``covers`` holds keys of requirements, or of whatever items a test names. ``linked`` are keys of bugs by the key of
    the test they are linked with, ``defects`` all bugs by key. ``reworded`` says when the words of a description last
    changed, by the place of the item.
    """

    tests: Sequence[TestCase]
    executions: Mapping[TestId, Sequence[Execution]]
    covers: Mapping[TestId, Sequence[str]]
    linked: Mapping[str, Sequence[str]]
    quarantined: frozenset[TestId]
    defects: Mapping[str, Defect]
    words: GateWords
    roles: Roles
    reworded: Mapping[int, datetime]

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
    cast, stored = roles(reading, words), _stored(reading)
    found = [
        *_issues(reading, words, cast),
        *_of_requirements(reading, words, cast, settings, stored),
        *_kept(reading, stored),
    ]
    tests = {(test.source, test.id): test for test, _ in found}
    executions: defaultdict[TestId, dict[str, Execution]] = defaultdict(dict)
    for test, rows in found:
        executions[test.source, test.id].update({row.id: row for row in rows if row.at <= reading.as_of})
    covers = _all_covers(tests, reading, words, settings)
    run = automated(tests.values(), covers)
    return Evidence(
        tests=tuple(test for id_, test in tests.items() if id_ not in run.scenarios),
        executions={id_: tuple(rows.values()) for id_, rows in executions.items()},
        covers={**covers, **run.covers},
        linked=_bugs(reading, words),
        quarantined=frozenset(id_ for id_, test in tests.items() if _quarantined(test, settings)),
        defects=defects(lives_of(reading.lives, cast.bugs), reading, words, settings),
        words=words,
        roles=cast,
        reworded=_reworded(reading.columns) if cast.requirements else {},
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


def _issues(reading: Reading, words: GateWords, cast: Roles) -> Iterator[Found]:
    """Yield the test issues; of one that an app manages, only the app's runs tell the result."""
    managed = {(test.source, test.id) for test in reading.history.tests}
    known = {source: _categories(reading, source) for source in {face.item.source for face in cast.tests}}
    for face in cast.tests:
        item = face.item
        if face.id not in managed:
            yield _test(item, face, Origin.TEST_ISSUE), runs(item, face.changes, words.verdicts, known[item.source])


def _categories(reading: Reading, source: str) -> CategoryOf:
    meant = {status.id: status.category for status in reading.history.statuses if status.source == source}
    return lambda id_: meant.get(id_, StatusCategory.UNMAPPED)


def _of_requirements(
    reading: Reading,
    words: GateWords,
    cast: Roles,
    settings: ProductSettings,
    stored: Mapping[TestId, Sequence[Execution]],
) -> Iterator[Found]:
    ticks: defaultdict[str, dict[str, list[Execution]]] = defaultdict(dict)
    for (source, test), rows in stored.items():
        ticks[source][test] = list(rows)
    told = _told_by_label(reading.columns, words.verdicts) if cast.named else frozenset()
    for life in map(reading.lives.__getitem__, cast.named):
        for face in life.canonical.faces:
            rows = runs(face.item, face.changes, words.verdicts, None) if face.place in told else []
            if rows:
                yield _labelled(face.item), [row.model_copy(update={"test": _label_id(row.test)}) for row in rows]
        primary = life.canonical.primary
        if settings.acceptance.checklists and primary.item.description:
            yield from _described(primary, ticks[primary.item.source])


def _told_by_label(columns: Columns, verdicts: Verdicts) -> frozenset[int]:
    """Return the places of the items that have, or ever had, a label which tells a result."""
    rows = numpy.flatnonzero(columns.field == CODE_OF[FieldName.LABELS])
    tells = numpy.array(
        [text is not None and text.casefold() in verdicts.labels for text in columns.texts], numpy.bool_
    )
    ends = (columns.before, columns.after, columns.before_name, columns.after_name)
    once = columns.item[rows[numpy.logical_or.reduce([tells[end[rows]] for end in ends])]].tolist()
    now = [
        place
        for place, item in enumerate(columns.items)
        if item.labels and any(label.casefold() in verdicts.labels for label in item.labels)
    ]
    return frozenset([*once, *now])


def _reworded(columns: Columns) -> dict[int, datetime]:
    """Say when the words of each description last changed; a tick alone leaves them the same on both sides."""
    changes, order = columns.changes, columns.order
    words = (changes.field == FIELD_CODE[FieldName.DESCRIPTION]) & (changes.before != changes.after)
    item = numpy.repeat(numpy.arange(len(columns.items)), numpy.diff(columns.first))
    rows = words[order]
    last = dict(zip(item[rows].tolist(), changes.at[order[rows]].tolist(), strict=True))
    return {place: from_micros(at) for place, at in last.items()}


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


def _all_covers(
    tests: Mapping[TestId, TestCase], reading: Reading, words: GateWords, settings: ProductSettings
) -> dict[TestId, tuple[str, ...]]:
    """Find what each test covers, by what it is linked with and by what it names."""
    compiled = patterns(settings.acceptance.patterns or DEFAULT_PATTERNS)
    if not tests:
        return {}
    names, links = Names.of((face.item for face in _faces(reading)), _keys(reading)), _targets(reading, words)
    return {id_: _covers(test, links, names, compiled) for id_, test in tests.items()}


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
