"""The bugs of a whole product, surveyed once for all of its launches."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy

from pmbridge.assess.bugs.delivered import traced
from pmbridge.assess.bugs.grading import grades_of
from pmbridge.assess.bugs.launches import Shipped, launch
from pmbridge.assess.bugs.links import Leads, leads
from pmbridge.assess.bugs.lives import Biographer, Lives
from pmbridge.assess.bugs.looks import looks
from pmbridge.assess.bugs.suspicion import soon_after
from pmbridge.assess.bugs.witnesses import Witnesses
from pmbridge.assess.bugs.words import Releases, Words
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.history.calendar import Shift, WorkingCalendar, default_calendar
from pmbridge.history.micros import DAY, Whole
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.duplicates import roots
from pmbridge.metrics.bugflow.groups import Group
from pmbridge.metrics.bugflow.launch import Launch, not_launched
from pmbridge.metrics.bugflow.population import Population, populations
from pmbridge.metrics.bugflow.severity import USUAL, Ranks
from pmbridge.metrics.bugflow.sla import Promises, Target
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model import FieldName, LinkKind
from pmbridge.model.instants import from_micros, to_micros

_DAY = timedelta(days=1)
#: How long earlier launches are looked at for a usual curve.
PAST_DAYS = 60


@dataclass(frozen=True)
class BugField:
    """All bugs of a product with what is needed to judge them.

    ``bugs`` holds bugs and the reports and engineering items around them, ``whole`` the lives behind them, in the same
    order. ``original`` leads from a duplicate to its root. ``grades`` is the field that severities are read from, by
    source; a source whose bugs have none is not in it.
    """

    reading: Reading
    settings: ProductSettings
    words: Words
    launches: Mapping[str, Launch]
    bugs: BugColumns
    whole: Lives
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

    def bug(self, id_: ItemId) -> Bug:
        """Return one of the bugs."""
        return self.bugs[self.bugs.place_of[id_]]

    def life(self, id_: ItemId) -> Life:
        """Return the life behind one of the bugs."""
        return self.whole.lives[self.bugs.place_of[id_]]

    def lately(self, span: timedelta) -> Group:
        """Return the bugs without a fault that are open, or ended no longer ago than this."""
        bugs = self.bugs
        fresh = bugs.is_open | (bugs.ended >= to_micros(self.as_of - span))
        fresh[list(bugs.faults)] = False
        return Group(bugs, numpy.flatnonzero(fresh & bugs.is_defect))

    @cached_property
    def accounts(self) -> Mapping[ItemId, str]:
        """What tells one customer from another, by report; people of one's own who write tickets are none."""
        heard = self.whole.look.told(lambda look: look.customer_facing).tolist()
        rows = zip(self.bugs.ids, self.whole.authors, heard, strict=True)
        return {id_: author for id_, author, is_heard in rows if is_heard and author is not None}

    @cached_property
    def traced(self) -> Flags:
        """Of which bugs something says when their repair reaches users."""
        return traced(self.bugs, self.whole, self.witnesses, self.launches, self.as_of)

    @cached_property
    def after_change(self) -> Flags:
        """Which bugs were met in a component within days of a deployment that changed it."""
        return soon_after(self.bugs, self.reading, self.witnesses)

    @cached_property
    def moved(self) -> Whole:
        """When each bug was last moved on, or else created."""
        columns, places = self.whole.columns, self.whole.places
        changed = columns.first[places + 1] > columns.first[places]
        return numpy.where(changed, columns.newest[places], self.bugs.created)

    @cached_property
    def promises(self) -> Promises:
        """The promises of the product on its calendar."""
        targets = {word: Target.parse(span) for word, span in self.settings.bugs.sla.items()}
        begin = from_micros(int(self.bugs.created.min())) if len(self.bugs) else self.as_of
        return Promises(targets, self.calendar, begin, self.as_of)

    @cached_property
    def arrived(self) -> Whole:
        """When the defects of all launches arrived, in order."""
        own = [one.defects.arrived for one in self.populations.values()]
        return numpy.sort(numpy.concatenate(own)) if own else numpy.zeros(0, numpy.int64)

    @cached_property
    def curves(self) -> Mapping[str, tuple[int, ...]]:
        """The daily defects of the first sixty days after every launch that is so long ago, by its key."""
        found = {}
        for key, one in self.launches.items():
            if one.at + PAST_DAYS * _DAY <= self.as_of:
                days = (self.populations[key].defects.arrived - to_micros(one.at)) // DAY
                inside = days[(days >= 0) & (days < PAST_DAYS)]
                found[key] = tuple(numpy.bincount(inside, minlength=PAST_DAYS).tolist())
        return found

    @cached_property
    def tickets(self) -> Mapping[str, tuple[ItemId, ...]]:
        """The support tickets of each launch: with the report's own, or else with the one in force when it came in."""
        keys = list(self.populations)
        placed = numpy.full(len(self.bugs), -1)
        for number, own in enumerate(self.populations.values()):
            placed[own.reports.places] = number
        order = sorted((to_micros(one.at), key) for key, one in self.launches.items())
        found: defaultdict[str, list[ItemId]] = defaultdict(list)
        for id_ in sorted(self.leads.to):
            place = self.bugs.place_of[id_]
            before = bisect_right(order, int(self.bugs.created[place]), key=lambda pair: pair[0])
            if placed[place] >= 0:
                found[keys[placed[place]]].append(id_)
            elif before:
                found[order[before - 1][1]].append(id_)
        return {key: tuple(own) for key, own in found.items()}

    @cached_property
    def found_before(self) -> Mapping[str, int]:
        """How many defects of each launched milestone were found before its launch."""
        return self._found_before(numpy.ones(len(self.bugs), numpy.bool_))

    @cached_property
    def grave_before(self) -> Mapping[str, int]:
        """How many grave defects of each launched milestone were found before its launch."""
        return self._found_before(self.bugs.severity.told(self.ranks.is_grave))

    def _found_before(self, which: Flags) -> Mapping[str, int]:
        bugs, found = self.bugs, Counter[str]()
        finds = which & bugs.is_defect & ~bugs.is_outcome(Outcome.NOT_A_BUG) & ~bugs.is_outcome(Outcome.DUPLICATE)
        for (members, affects), own in bugs.names.parts():
            for key in (members | affects) & self.launches.keys():
                before = bugs.created[own] < to_micros(self.launches[key].at)
                found[key] += int((finds[own] & before).sum())
        return found


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
    look = looks(life.item for life in reading.lives) if launches else looks(())
    known, tickets = (numpy.flatnonzero(look.told(ask)).tolist() for ask in (words.is_bug, words.is_support))
    handed = leads(reading, [reading.lives[place] for place in tickets]) if launches else Leads({}, {})
    targets = [life.place for own in handed.to.values() for life in own]
    whole = Lives(reading, look, list(dict.fromkeys((*known, *tickets, *targets))), words)
    grades, duplicates = grades_of(whole, len(known)), _duplicates(reading, whole.lives[: len(known)])
    writer = Biographer(words, releases, grades, instants, reading.as_of)
    bugs = _written(whole, writer, handed, {double for double, _ in duplicates})
    pairs, original = [*duplicates, *_handed(handed, bugs)], roots(duplicates, bugs)
    witnesses = Witnesses.of(reading, settings, words, ranks, shipped)
    bugs = witnesses.testify(bugs, whole, handed, original)
    return BugField(
        reading=reading,
        settings=settings,
        words=words,
        launches=launches,
        bugs=bugs,
        whole=whole,
        original=original,
        leads=handed,
        populations=populations(bugs, instants, pairs, reading.as_of),
        grades=grades,
        ranks=ranks,
        calendar=_calendar(settings),
        witnesses=witnesses,
    )


def _written(whole: Lives, writer: Biographer, handed: Leads, duplicates: set[ItemId]) -> BugColumns:
    """Write all lives down; a ticket by itself is no defect yet, and what stands for tickets is no report any more."""
    ids = list(zip(whole.sources.values(), whole.ids, strict=True))
    double, leads_on, stands = (
        numpy.fromiter(map(known.__contains__, ids), numpy.bool_, len(ids))
        for known in (duplicates, {one for one, own in handed.to.items() if own}, handed.targets)
    )
    reports = numpy.where(whole.support, leads_on | whole.look.told(whole.words.is_bug), ~stands)
    return writer.bugs(whole, duplicate=double & ~whole.support, is_report=reports, is_defect=~whole.support)


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


def _handed(handed: Leads, bugs: BugColumns) -> Iterator[tuple[ItemId, ItemId]]:
    """Make a ticket the duplicate of what it was handed to."""
    for ticket, own in handed.to.items():
        for life in own:
            if life.canonical.primary.id in bugs.place_of:
                yield ticket, life.canonical.primary.id


def _calendar(settings: ProductSettings) -> WorkingCalendar:
    if settings.calendar is None:
        return default_calendar(settings.zone)
    own = settings.calendar
    shifts = (Shift(own.hours.opens, own.hours.closes),)
    names = [day.value for day in own.days]
    week = tuple(shifts if day in names else () for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    return WorkingCalendar(default_calendar(settings.zone).zone, week, frozenset(own.holidays))
