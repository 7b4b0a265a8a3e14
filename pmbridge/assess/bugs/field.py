"""The bugs of a whole product, surveyed once for all of its launches."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from pmbridge.assess.bugs.launches import Shipped, launch
from pmbridge.assess.bugs.links import Leads, leads
from pmbridge.assess.bugs.lives import Biographer
from pmbridge.assess.bugs.witnesses import Witnesses
from pmbridge.assess.bugs.words import Releases, Words
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.history.calendar import Shift, WorkingCalendar, default_calendar
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.duplicates import roots
from pmbridge.metrics.bugflow.launch import Launch, not_launched
from pmbridge.metrics.bugflow.population import Population, populations
from pmbridge.metrics.bugflow.severity import USUAL, Ranks
from pmbridge.metrics.bugflow.sla import Promises, Target
from pmbridge.model import FieldName, LinkKind

_DAY = timedelta(days=1)
_NO_FIND = (Outcome.NOT_A_BUG, Outcome.DUPLICATE)
#: How long earlier launches are looked at for a usual curve.
PAST_DAYS = 60


@dataclass(frozen=True)
class BugField:
    """All bugs of a product with what is needed to judge them.

    ``bugs`` holds bugs and the reports and engineering items around them, by id; ``life_of`` the lives behind them.
    ``original`` leads from a duplicate to its root. ``grades`` is the field that severities are read from, by source; a
    source whose bugs have none is not in it.
    """

    reading: Reading
    settings: ProductSettings
    words: Words
    launches: Mapping[str, Launch]
    bugs: Mapping[ItemId, Bug]
    life_of: Mapping[ItemId, Life]
    original: Mapping[ItemId, ItemId]
    leads: Leads
    populations: Mapping[str, Population]
    grades: Mapping[str, FieldName]
    ranks: Ranks
    calendar: WorkingCalendar
    witnesses: Witnesses

    @property
    def as_of(self) -> datetime:
        """The instant everything is judged at."""
        return self.reading.as_of

    @cached_property
    def promises(self) -> Promises:
        """The promises of the product on its calendar."""
        targets = {word: Target.parse(span) for word, span in self.settings.bugs.sla.items()}
        begin = min((bug.created_at for bug in self.bugs.values()), default=self.as_of)
        return Promises(targets, self.calendar, begin, self.as_of)

    @cached_property
    def arrived(self) -> list[datetime]:
        """When the defects of all launches arrived, in order."""
        return sorted(defect.arrived_at for own in self.populations.values() for defect in own.defects)

    @cached_property
    def curves(self) -> Mapping[str, tuple[int, ...]]:
        """The daily defects of the first sixty days after every launch that is so long ago, by its key."""
        found = {}
        for key, one in self.launches.items():
            if one.at + PAST_DAYS * _DAY <= self.as_of:
                places = Counter((defect.arrived_at - one.at) // _DAY for defect in self.populations[key].defects)
                found[key] = tuple(places[day] for day in range(PAST_DAYS))
        return found

    @cached_property
    def tickets(self) -> Mapping[str, tuple[ItemId, ...]]:
        """The support tickets of each launch: with the report's own, or else with the one in force when it came in."""
        placed = {report.id: key for key, own in self.populations.items() for report in own.reports}
        order = sorted((one.at, key) for key, one in self.launches.items())
        found: defaultdict[str, list[ItemId]] = defaultdict(list)
        for id_ in sorted(self.leads.to):
            key = placed.get(id_)
            if key is None:
                before = bisect_right(order, self.bugs[id_].created_at, key=lambda pair: pair[0])
                key = order[before - 1][1] if before else None
            if key is not None:
                found[key].append(id_)
        return {key: tuple(own) for key, own in found.items()}

    @cached_property
    def found_before(self) -> Mapping[str, int]:
        """How many defects of each launched milestone were found before its launch."""
        return Counter(key for key, _ in self._finds())

    @cached_property
    def grave_before(self) -> Mapping[str, int]:
        """How many grave defects of each launched milestone were found before its launch."""
        return Counter(key for key, bug in self._finds() if self.ranks.is_grave(bug.severity))

    def _finds(self) -> Iterator[tuple[str, Bug]]:
        for bug in self.bugs.values():
            if bug.is_defect and bug.outcome not in _NO_FIND:
                for key in bug.members | bug.affects:
                    if key in self.launches and bug.created_at < self.launches[key].at:
                        yield key, bug


def survey(reading: Reading, settings: ProductSettings) -> BugField:
    """Find the bugs, their reports and their launches."""
    words, releases = Words.of(settings), Releases(reading.milestones)
    shipped, ranks = (
        Shipped.of(reading.history.deployments, settings.launch),
        Ranks.of(settings.bugs.severities or USUAL),
    )
    launches = {
        one.key: found
        for one in reading.milestones
        if (found := launch(one, settings.launch, reading.zone, shipped)) is not None
        and not_launched(found.at, reading.as_of) is None
    }
    instants = {key: one.at for key, one in launches.items()}
    known = [life for life in reading.lives if words.is_bug(life.item)] if launches else []
    handed = leads(reading.lives, reading.owner, reading.history.links, words) if launches else Leads({}, {})
    grades = _grades(known)
    writer = Biographer(words, releases, grades, instants, reading.as_of)
    duplicates = _duplicates(reading, known)
    life_of = {life.canonical.primary.id: life for life in (*known, *_around(reading, words, handed))}
    doubles = {double for double, _ in duplicates}
    bugs = {id_: _written(life, writer, words, handed, doubles) for id_, life in life_of.items()}
    pairs, original = [*duplicates, *_handed(handed, bugs)], roots(duplicates, bugs)
    witnesses = Witnesses.of(reading, settings, words, ranks, shipped)
    bugs = witnesses.testify(bugs, life_of, handed, original)
    return BugField(
        reading=reading,
        settings=settings,
        words=words,
        launches=launches,
        bugs=bugs,
        life_of=life_of,
        original=original,
        leads=handed,
        populations=populations(list(bugs.values()), instants, pairs, reading.as_of),
        grades=grades,
        ranks=ranks,
        calendar=_calendar(settings),
        witnesses=witnesses,
    )


def _grades(lives: Iterable[Life]) -> dict[str, FieldName]:
    """Return severity where any bug of a source has one; else priority stands in for it."""
    found: dict[str, FieldName] = {}
    for life in lives:
        item = life.item
        if item.severity:
            found[item.source] = FieldName.SEVERITY
        elif item.priority:
            found.setdefault(item.source, FieldName.PRIORITY)
    return found


def _around(reading: Reading, words: Words, handed: Leads) -> Iterator[Life]:
    """Yield support tickets and what they lead to, of whatever type."""
    if words.support:
        yield from (life for life in reading.lives if words.is_support(life.item))
    for own in handed.to.values():
        yield from own


def _written(life: Life, writer: Biographer, words: Words, handed: Leads, duplicates: set[ItemId]) -> Bug:
    id_ = life.canonical.primary.id
    if words.is_support(life.item):
        reports = bool(handed.to.get(id_)) or words.is_bug(life.item)
        return writer.bug(life, is_report=reports, is_defect=False)
    return writer.bug(life, duplicate=id_ in duplicates, is_report=id_ not in handed.targets)


def _duplicates(reading: Reading, lives: Sequence[Life]) -> list[tuple[ItemId, ItemId]]:
    """Return duplicate and original of every such link."""
    known = {life.canonical.primary.id for life in lives}
    found = []
    for link in reading.history.links:
        if link.kind is LinkKind.DUPLICATES:
            a, b = (reading.owner.get((link.source, end)) for end in (link.item, link.target))
            if a is not None and b is not None and a is not b:
                pair = a.canonical.primary.id, b.canonical.primary.id
                if known.issuperset(pair):
                    found.append(pair)
    return found


def _handed(handed: Leads, bugs: Mapping[ItemId, Bug]) -> Iterator[tuple[ItemId, ItemId]]:
    """Make a ticket the duplicate of what it was handed to."""
    for ticket, own in handed.to.items():
        for life in own:
            if life.canonical.primary.id in bugs:
                yield ticket, life.canonical.primary.id


def _calendar(settings: ProductSettings) -> WorkingCalendar:
    if settings.calendar is None:
        return default_calendar(settings.zone)
    own = settings.calendar
    shifts = (Shift(own.hours.opens, own.hours.closes),)
    names = [day.value for day in own.days]
    week = tuple(shifts if day in names else () for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    return WorkingCalendar(default_calendar(settings.zone).zone, week, frozenset(own.holidays))
