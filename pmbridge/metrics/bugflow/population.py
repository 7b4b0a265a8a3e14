"""Which bugs belong to a launch: those its users met, those found inside, and what was open before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy

from pmbridge.history.micros import Whole
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.clusters import NO_BUG, by_age, clusters_of
from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.duplicates import roots
from pmbridge.metrics.bugflow.groups import Defects, Group
from pmbridge.metrics.bugflow.imports import imported
from pmbridge.metrics.bugflow.releases import NOWHERE, Releases
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model.instants import to_micros

_FUTURE = "created in the future"
_BULK = "imported in bulk: the day it was met is not known"


@dataclass(frozen=True, slots=True)
class Population:
    """The bugs of one launch.

    ``reports`` are what users met, every duplicate among them; ``defects`` the troubles behind them, without those
    that were ``known_before`` the launch. ``internal`` are finds of one's own after it, ``inherited`` what was open at
    it, ``returned`` older bugs that were closed then and opened again later. ``left_out`` lists keys by the reason why
    they are counted nowhere. ``mixed`` counts reports that name several launched releases, ``by_date`` those that
    name none and belong here by their date alone.
    """

    reports: Group
    defects: Defects
    internal: Group
    inherited: Group
    returned: Group
    known_before: int = 0
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mixed: int = 0
    by_date: int = 0


def populations(
    bugs: Iterable[Bug],
    launches: Mapping[str, datetime],
    duplicates: Iterable[tuple[ItemId, ItemId]],
    as_of: datetime,
) -> dict[str, Population]:
    """Give every bug to the launch it belongs to, for all launched releases at once.

    A bug belongs to the latest launched release that it, or what it is a duplicate of, names; one that users met and
    that names none, to the release in force when it was written. Without either it is a find of one's own, unless it is
    planned for another release.
    """
    columns, releases = BugColumns.of(bugs), Releases(launches, as_of)
    root = _rooted(columns, roots(duplicates, columns))
    unusable = _unusable(columns, as_of)
    usable = numpy.ones(len(columns), numpy.bool_)
    usable[list(unusable)] = False
    placed = _Placed(columns, releases, root, usable)
    inherited, returned = _older(columns, releases, usable)
    unused = _by_release(unusable, placed.at_work)
    found = {}
    for place, key in enumerate(releases.keys):
        reports = placed.reports(place)
        clusters = clusters_of(columns, root[reports], reports, int(releases.instants[place]))
        found[key] = Population(
            reports=Group(columns, reports[by_age(columns, reports)]),
            defects=clusters.defects,
            internal=Group(columns, _uncounted(placed.internal(place), clusters.defects, root)),
            inherited=Group(columns, inherited.of(place)),
            returned=Group(columns, returned.of(place)),
            known_before=clusters.known_before,
            left_out=_left_out(columns, (*unused[place], *clusters.no_defects)),
            mixed=int((placed.mixed & (placed.named == place)).sum()),
            by_date=int(placed.by_date(place).sum()),
        )
    return found


def _rooted(columns: BugColumns, above: Mapping[ItemId, ItemId]) -> Whole:
    """Return the place of the root of each bug: its own where it is no duplicate."""
    root, place_of = numpy.arange(len(columns)), columns.place_of
    root[[place_of[one] for one in above]] = [place_of[one] for one in above.values()]
    return root


def _unusable(columns: BugColumns, as_of: datetime) -> dict[int, str]:
    """Say of which bugs nothing is counted, and why; the first reason wins."""
    found = {
        **dict.fromkeys(numpy.flatnonzero(imported(columns)).tolist(), _BULK),
        **dict.fromkeys(numpy.flatnonzero(columns.is_outcome(Outcome.NOT_A_BUG)).tolist(), NO_BUG),
        **columns.faults,
        **dict.fromkeys(numpy.flatnonzero(columns.created > to_micros(as_of)).tolist(), _FUTURE),
    }
    return dict(sorted(found.items()))


class _Visits(NamedTuple):
    """Bugs beside the releases they touch, by the places of both."""

    release: Whole
    bug: Whole

    def of(self, release: int) -> Whole:
        """Return the bugs of one release."""
        found: Whole = self.bug[self.release == release]
        return found


class _Placed:
    """Which launched release, by its place, each bug names, and which was in force when it was written."""

    def __init__(self, columns: BugColumns, releases: Releases, root: Whole, usable: Flags) -> None:
        says, affects = columns.affects.told(bool), columns.affects
        named, mixed = releases.named(
            Coded(numpy.where(says, affects.codes, affects.codes[root]), affects.kinds), columns.created
        )
        self._columns, self._releases = columns, releases
        self.at_work = releases.in_force(columns.created)
        reported = usable & columns.is_report
        self.named, self.mixed = numpy.where(reported, named, NOWHERE), mixed & reported
        self._silent = reported & ~(says | says[root])

    def by_date(self, place: int) -> Flags:
        """Tell which belong to a release by their date alone."""
        found: Flags = self._silent & (self.at_work == place) & self._columns.from_customers
        return found

    def reports(self, place: int) -> Whole:
        """Return the places of what users met of a release."""
        return numpy.flatnonzero((self.named == place) | self.by_date(place))

    def internal(self, place: int) -> Whole:
        """Return the places of what was found inside, and planned for no other release."""
        key = self._releases.keys[place]
        planned = self._columns.members.told(lambda members: members <= {key})
        here = self._silent & (self.at_work == place) & ~self._columns.from_customers
        return numpy.flatnonzero(here & planned)


def _older(columns: BugColumns, releases: Releases, usable: Flags) -> tuple[_Visits, _Visits]:
    """Find what was open at each launch, and what had been closed before it and was opened again after."""
    own = columns.spells
    bug = own.open.owners
    kept = usable[bug]
    place, stretch = releases.within(own.begin[kept], own.until[kept])
    again = kept & (numpy.arange(len(bug)) != own.open.first[bug])
    at_work = releases.in_force(own.begin[again])
    later = (at_work != NOWHERE) & (at_work != releases.in_force(columns.created[bug[again]]))
    return _Visits(place, bug[kept][stretch]), _Visits(at_work[later], bug[again][later])


def _uncounted(internal: Whole, defects: Defects, root: Whole) -> Whole:
    """Leave out duplicates and what users reported too."""
    found: Whole = internal[(root[internal] == internal) & ~numpy.isin(internal, defects.report)]
    return found


def _by_release(unusable: Mapping[int, str], at_work: Whole) -> defaultdict[int, list[tuple[int, str]]]:
    """Sort what is counted nowhere by the release in force when it was written."""
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for place, reason in unusable.items():
        found[int(at_work[place])].append((place, reason))
    return found


def _left_out(columns: BugColumns, known: Iterable[tuple[int, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for place, reason in known:
        found[reason].append(columns.keys[place])
    return {reason: tuple(keys) for reason, keys in sorted(found.items())}
