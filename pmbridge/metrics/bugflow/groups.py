"""Some bugs, and defects, of a survey: which they are, without making a value of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy

from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.bug import Bug, Defect
from pmbridge.metrics.bugflow.columns import BugColumns, instants
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model.instants import from_micros

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Group(Sequence[Bug]):
    """Some bugs of a survey, by their places in it."""

    columns: BugColumns
    places: Whole

    @classmethod
    def of(cls, bugs: Iterable[Bug]) -> Group:
        """Take bugs as they are kept or as values."""
        if isinstance(bugs, Group):
            return bugs
        columns = BugColumns.of(bugs)
        return cls(columns, numpy.arange(len(columns)))

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> Bug: ...
    @overload
    def __getitem__(self, place: slice) -> Group: ...
    def __getitem__(self, place: int | slice) -> Bug | Group:
        if isinstance(place, slice):
            return Group(self.columns, self.places[place])
        return self.columns[int(self.places[place])]

    def __iter__(self) -> Iterator[Bug]:
        return map(self.columns.__getitem__, self.places.tolist())

    def where(self, kept: Flags | Whole) -> Group:
        """Return a part of them."""
        return Group(self.columns, self.places[kept])

    @property
    def keys(self) -> list[str]:
        """Their keys."""
        return list(map(self.columns.keys.__getitem__, self.places.tolist()))

    def take(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return their part of a column."""
        return column[self.places]


@dataclass(frozen=True, slots=True, eq=False)
class Defects(Sequence[Defect]):
    """Some defects: the bug that is worked on and all reports of each, the first one first, by places of a survey.

    ``arrived`` is when the first report of each came in, in microseconds.
    """

    columns: BugColumns
    root: Whole
    reports: Ragged
    report: Whole
    arrived: Whole

    @classmethod
    def of(cls, defects: Iterable[Defect]) -> Defects:
        """Take defects as they are kept or as values."""
        if isinstance(defects, Defects):
            return defects
        own = tuple(defects)
        columns = BugColumns.of([bug for one in own for bug in (one.root, *one.reports)])
        reports = Ragged.of([len(one.reports) for one in own])
        root = reports.first[:-1] + numpy.arange(len(own))
        return cls(
            columns=columns,
            root=root,
            reports=reports,
            report=numpy.setdiff1d(numpy.arange(len(columns)), root),
            arrived=instants(one.arrived_at for one in own),
        )

    def __len__(self) -> int:
        return len(self.root)

    @overload
    def __getitem__(self, place: int) -> Defect: ...
    @overload
    def __getitem__(self, place: slice) -> Defects: ...
    def __getitem__(self, place: int | slice) -> Defect | Defects:
        if isinstance(place, slice):
            return self.where(numpy.arange(len(self))[place])
        own = self.report[self.reports.slice(place)].tolist()
        root, arrived = self.columns[int(self.root[place])], from_micros(int(self.arrived[place]))
        return Defect(root, tuple(map(self.columns.__getitem__, own)), arrived)

    def __iter__(self) -> Iterator[Defect]:
        return map(self.__getitem__, range(len(self)))

    def where(self, kept: Flags | Whole) -> Defects:
        """Return a part of them."""
        chosen = numpy.arange(len(self))[kept]
        rows, _ = self.reports.rows(chosen)
        reports = Ragged.of(self.reports.lengths[chosen])
        return Defects(self.columns, self.root[chosen], reports, self.report[rows], self.arrived[chosen])

    @property
    def roots(self) -> Group:
        """The bugs that are worked on."""
        return Group(self.columns, self.root)

    def take(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return the part of a column that is of the bugs that are worked on."""
        return column[self.root]

    @property
    def keys(self) -> list[str]:
        """The keys of the bugs that are worked on."""
        return self.roots.keys

    @property
    def is_open(self) -> Flags:
        """Which of them are open."""
        found: Flags = self.columns.is_open[self.root]
        return found

    def first_of(self, column: Whole) -> Whole:
        """Return the earliest instant of all reports of each."""
        if not len(self):
            return column[:0]
        return numpy.minimum.reduceat(column[self.report], self.reports.first[:-1])

    def last_of(self, column: Whole) -> Whole:
        """Return the latest instant of all reports of each."""
        if not len(self):
            return column[:0]
        return numpy.maximum.reduceat(column[self.report], self.reports.first[:-1])

    def any_of(self, flags: Flags) -> Flags:
        """Tell of which any report is so."""
        found: Flags = numpy.bincount(self.reports.owners[flags[self.report]], minlength=len(self)) > 0
        return found

    def stretches(self) -> tuple[Whole, Whole, Whole]:
        """Return when they were open, from the first report on: of which each stretch is, its beginning, its end."""
        own = self.columns.spells
        rows, whose = own.open.rows(self.root)
        begin = own.begin[rows]
        first = numpy.zeros(len(rows), numpy.bool_)
        first[numpy.flatnonzero(numpy.diff(whose, prepend=-1))] = True
        born = first & (begin == self.take(self.columns.created)[whose])
        return whose, numpy.where(born, self.arrived[whose], begin), own.until[rows]
