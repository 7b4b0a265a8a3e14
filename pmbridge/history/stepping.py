"""The walk through many plain pieces of work at once, in arrays: what `walk` yields of each, from all together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy
from numpy.typing import NDArray

from pmbridge.history.categories import Categories
from pmbridge.history.chronicle import CATEGORY_CODE, Chronicle, Flags, MilestoneSets, Reals, Small
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.counting import Counting
from pmbridge.history.micros import Whole
from pmbridge.history.phases import containers
from pmbridge.history.records import Record
from pmbridge.history.rewind import number
from pmbridge.history.timeline import initially
from pmbridge.model import FieldName, Item, StatusCategory

_STATUS, _RESOLUTION, _TYPE = (CODE_OF[f] for f in (FieldName.STATUS, FieldName.RESOLUTION, FieldName.TYPE))
_LABELS, _POINTS, _MILESTONES = (CODE_OF[f] for f in (FieldName.LABELS, FieldName.POINTS, FieldName.MILESTONES))
_WALKED = (_STATUS, _RESOLUTION, _TYPE, _LABELS, _POINTS, _MILESTONES)
_FALLBACKS: tuple[StatusCategory | None, ...] = (*StatusCategory, None)
_NO_FALLBACK = len(_FALLBACKS) - 1

_MOST_MARKS = 2_000_000

#: A column of any numbers.
Numbers = NDArray[numpy.generic]


def plain_lives(
    records: Sequence[Record], columns: Columns, categories: Categories, counting: Counting, milestones: MilestoneSets
) -> Chronicle:
    """Walk through pieces of work that have one face and no label that matters."""
    return _Walk(records, columns, categories, counting, milestones).chronicle()


@dataclass(frozen=True, slots=True)
class _Scalar:
    """A value of each piece of work before its first step, and after each step of any."""

    first: Numbers
    then: Numbers


class _Walk:
    """The steps of all pieces of work, by work and in order; ``who`` is the work each belongs to."""

    def __init__(
        self,
        records: Sequence[Record],
        columns: Columns,
        categories: Categories,
        counting: Counting,
        milestones: MilestoneSets,
    ) -> None:
        self._items = [record.item for record in records]
        self._columns = columns
        self._categories, self._counting, self._milestones = categories, counting, milestones
        places = numpy.array([record.place for record in records], numpy.int64)
        whose = numpy.full(len(columns.items), -1)
        whose[places] = numpy.arange(len(records))
        rows = columns.arranged
        walked = numpy.isin(columns.field[rows], _WALKED) & (whose[columns.item[rows]] >= 0)
        self._rows = rows[walked]
        self._who = whose[columns.item[self._rows]]
        self._field = columns.field[self._rows]
        self._first = numpy.searchsorted(self._who, numpy.arange(len(records) + 1))
        self._born = columns.born[places]
        # What is dated before the creation is part of the first phase.
        self._at = numpy.maximum(columns.at[self._rows], self._born[self._who])

    def chronicle(self) -> Chronicle:
        """Keep of all instants those at which something that matters came out different."""
        ends, begins = self._instants()
        birth = self._at[ends] == self._born[self._who[ends]]
        later = ends[~birth]
        stand = _Stand.of(self._who[later], self._who[ends[birth]], len(self._items))
        born_by = ends[birth]
        category = self._category(stand, later, born_by)
        counted = stand.taken(self._counted(), later, born_by)
        points = stand.taken(self._points(), later, born_by)
        held = stand.taken(self._held(), later, born_by)
        kept = stand.differing(category, counted, points, held)
        since, cause, caused = (numpy.zeros(len(kept), numpy.int64) for _ in range(3))
        since[stand.first], since[stand.later] = self._born, self._at[later]
        cause[stand.later], caused[stand.later] = begins[~birth], later + 1
        return Chronicle(
            first=numpy.concatenate((numpy.zeros(1, numpy.int64), numpy.cumsum(kept)))[
                numpy.append(stand.first, len(kept))
            ],
            since=since[kept],
            category=category[kept],
            counted=counted.astype(numpy.bool_)[kept],
            points=points.astype(numpy.float64)[kept],
            held=held.astype(numpy.int64)[kept],
            cause=cause[kept],
            caused=caused[kept],
            causes=self._columns.place[self._rows],
            changes=self._columns.changes,
            milestones=self._milestones,
        )

    def _instants(self) -> tuple[Whole, Whole]:
        """Return the last and the first step of each instant of each piece of work."""
        who, at = self._who, self._at
        if not who.size:
            return numpy.zeros(0, numpy.int64), numpy.zeros(0, numpy.int64)
        ends = numpy.flatnonzero(numpy.append((who[1:] != who[:-1]) | (at[1:] != at[:-1]), True))
        return ends, numpy.concatenate(([0], ends[:-1] + 1))

    def _carried(self, field: int, now: Numbers, before: Numbers, after: Numbers) -> _Scalar:
        """Carry a scalar through: what a step left lasts until the next one, what the first one found lasted before."""
        own = numpy.flatnonzero(self._field == field)
        first = now.copy()
        opening = own[numpy.append(True, self._who[own][1:] != self._who[own][:-1])[: len(own)]]
        first[self._who[opening]] = before[opening]
        place = numpy.full(len(self._who), -1)
        place[own] = own
        last = numpy.maximum.accumulate(place) if place.size else place
        known = last >= self._first[self._who]
        return _Scalar(first, numpy.where(known, after[last] if after.size else after, first[self._who]))

    def _words(self, column: NDArray[numpy.int32]) -> NDArray[numpy.int32]:
        return column[self._rows]

    def _now(self, read: Callable[[Item], str | None]) -> NDArray[numpy.int32]:
        return self._columns.texts.codes(map(read, self._items), len(self._items))

    def _category(self, stand: _Stand, later: Whole, born_by: Whole) -> Small:
        columns = self._columns
        now = self._now(attrgetter("status"))
        before, after = self._words(columns.before), self._words(columns.after)
        called = self._words(columns.before_name), self._words(columns.after_name)
        words = numpy.where(called[0] != 0, called[0], before), numpy.where(called[1] != 0, called[1], after)
        status = stand.taken(self._carried(_STATUS, now, before, after), later, born_by)
        name = stand.taken(self._carried(_STATUS, self._now(attrgetter("status_name")), *called), later, born_by)
        ended = self._carried(_RESOLUTION, self._now(attrgetter("resolution")), *words)
        resolution = stand.taken(ended, later, born_by)
        whose = stand.who
        # An id that is missing or empty is that of today.
        status = numpy.where((status == 0) | (status == columns.texts[""]), now[whose], status)
        own = numpy.array([CATEGORY_CODE[item.category] for item in self._items], numpy.int64)
        # The tracker's own category of today speaks for a status that has no definition.
        fallback = numpy.where(status == now[whose], own[whose], _NO_FALLBACK)
        source = self._now(attrgetter("source"))[whose]
        return self._decided(numpy.stack((source, status, name, resolution, fallback)).astype(numpy.int64))

    def _decided(self, cases: Whole) -> Small:
        """Decide each distinct case once."""
        distinct, case = _distinct(cases)
        texts = list(self._columns.texts)
        found = [
            CATEGORY_CODE[self._categories.of(texts[s] or "", texts[i] or "", texts[n], texts[r], (), _FALLBACKS[f])]
            for s, i, n, r, f in distinct.T.tolist()
        ]
        return numpy.array(found, numpy.int8)[case]

    def _counted(self) -> _Scalar:
        counts, items, columns = self._counting.counts, self._items, self._columns
        now = numpy.array([counts(item, item.type, ()) for item in items], numpy.bool_)
        before, after = (numpy.zeros(len(self._who), numpy.bool_) for _ in range(2))
        texts = list(columns.texts)
        for step in numpy.flatnonzero(self._field == _TYPE).tolist():
            row, item = self._rows[step], items[self._who[step]]
            old, new = columns.before_name[row] or columns.before[row], columns.after_name[row] or columns.after[row]
            before[step], after[step] = counts(item, texts[old], ()), counts(item, texts[new], ())
        return self._carried(_TYPE, now, before, after)

    def _points(self) -> _Scalar:
        nothing = float("nan")
        now: Reals = numpy.array([nothing if i.points is None else i.points for i in self._items], numpy.float64)
        own = self._field == _POINTS
        texts = list(self._columns.texts)
        ends = []
        for column in (self._columns.before, self._columns.after):
            codes = self._words(column)
            sizes = numpy.full(len(texts), nothing)
            for code in set(codes[own].tolist()):
                size = number(texts[code])
                sizes[code] = nothing if size is None else size
            ends.append(sizes[codes])
        return self._carried(_POINTS, now, *ends)

    def _held(self) -> _Scalar:
        """Follow each piece of work from set to set; equal moves from equal sets are followed once."""
        number_of, columns = self._milestones.code, self._columns
        now = numpy.array([number_of(containers(item.source, item.milestones)) for item in self._items], numpy.int64)
        before, after = numpy.zeros(len(self._who), numpy.int64), numpy.zeros(len(self._who), numpy.int64)
        own = numpy.flatnonzero(self._field == _MILESTONES)
        old, new = (self._words(c)[own].tolist() for c in (columns.before, columns.after))
        bounds = numpy.searchsorted(self._who[own], numpy.arange(len(self._items) + 1))
        moved = numpy.flatnonzero(numpy.diff(bounds))
        routes = _Routes(list(columns.texts), self._milestones)
        first, then = [], []
        for who, begin, end in zip(moved.tolist(), bounds[moved].tolist(), bounds[moved + 1].tolist(), strict=True):
            item = self._items[who]
            route = routes.route(item.source, item.milestones, tuple(old[begin:end]), tuple(new[begin:end]))
            first.extend(route[:1] * (end - begin))
            then.extend(route[1:])
        before[own], after[own] = first, then
        return self._carried(_MILESTONES, now, before, after)


class _Routes:
    """The sets of milestones that moves lead through, each route worked out once."""

    def __init__(self, texts: Sequence[str | None], milestones: MilestoneSets) -> None:
        self._texts, self._milestones = texts, milestones
        self._known: dict[tuple[object, ...], list[int]] = {}

    def route(self, source: str, current: tuple[str, ...], old: tuple[int, ...], new: tuple[int, ...]) -> list[int]:
        """Return the numbers of the set before any move, then after each."""
        key = source, current, old, new
        if key not in self._known:
            self._known[key] = self._followed(source, current, old, new)
        return self._known[key]

    def _followed(self, source: str, current: tuple[str, ...], old: Sequence[int], new: Sequence[int]) -> list[int]:
        texts = self._texts
        moves = [(texts[a], texts[b]) for a, b in zip(old, new, strict=True)]
        held = set(initially(moves, current))
        found = [held.copy()]
        for left, joined in moves:
            if left is not None:
                held.discard(left)
            if joined is not None:
                held.add(joined)
            found.append(held.copy())
        return [self._milestones.code(frozenset([(source, one) for one in one_set])) for one_set in found]


@dataclass(frozen=True, slots=True)
class _Stand:
    """All instants of all pieces of work in one line: of each first its beginning, then its later instants."""

    who: Whole
    first: Whole
    later: Whole
    births: Whole

    @classmethod
    def of(cls, later: Whole, births: Whole, count: int) -> _Stand:
        """Place them; ``later`` and ``births`` tell whose the instants are."""
        first = numpy.arange(count) + numpy.searchsorted(later, numpy.arange(count))
        places = numpy.arange(len(later)) + later + 1
        who = numpy.empty(count + len(later), numpy.int64)
        who[first], who[places] = numpy.arange(count), later
        return cls(who, first, places, births)

    def taken(self, value: _Scalar, later: Whole, born_by: Whole) -> Numbers:
        """Return a value at all instants; at birth it is what the steps until then had left."""
        first = value.first.copy()
        first[self.births] = value.then[born_by]
        found = numpy.empty(len(self.who), first.dtype)
        found[self.first], found[self.later] = first, value.then[later]
        return found

    def differing(self, *columns: Numbers) -> Flags:
        """Tell which instants differ in any column from the one before, or are the first."""
        found = numpy.zeros(len(self.who), numpy.bool_)
        for column in columns:
            same = (column[1:] == column[:-1]) | ((column[1:] != column[1:]) & (column[:-1] != column[:-1]))
            found[1:] |= ~same
        found[self.first] = True
        return found


def _distinct(cases: Whole) -> tuple[Whole, Whole]:
    """Return the distinct columns of a table, and for each column which of them it is."""
    key = numpy.zeros(cases.shape[1], numpy.int64)
    for row in cases:
        numbers = _dense(row)
        key = _dense(key * (int(numbers.max(initial=0)) + 1) + numbers)
    representative = numpy.zeros(int(key.max(initial=-1)) + 1, numpy.int64)
    representative[key] = numpy.arange(len(key))
    return cases[:, representative], key


def _dense(values: Whole) -> Whole:
    """Renumber whole numbers from 0 on in their order, so that none is left out."""
    largest = int(values.max(initial=0))
    if largest > _MOST_MARKS:
        return numpy.unique(values, return_inverse=True)[1].astype(numpy.int64)
    marks = numpy.zeros(largest + 1, numpy.int64)
    marks[values] = 1
    dense: Whole = (numpy.cumsum(marks) - 1)[values]
    return dense
