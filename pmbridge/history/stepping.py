"""The walk through many plain pieces of work at once, in arrays: what `walk` yields of each, from all together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from pmbridge.history.categories import Categories
from pmbridge.history.chronicle import Chronicle, Flags, Small
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.counting import Counting
from pmbridge.history.distinct import distinct
from pmbridge.history.micros import Whole
from pmbridge.history.present import NO_FALLBACK, Present, decided
from pmbridge.history.rewind import number
from pmbridge.history.timeline import initially
from pmbridge.model import FieldName

_STATUS, _RESOLUTION, _TYPE = (CODE_OF[f] for f in (FieldName.STATUS, FieldName.RESOLUTION, FieldName.TYPE))
_LABELS, _POINTS, _MILESTONES = (CODE_OF[f] for f in (FieldName.LABELS, FieldName.POINTS, FieldName.MILESTONES))
_WALKED = (_STATUS, _RESOLUTION, _TYPE, _LABELS, _POINTS, _MILESTONES)
#: A column of any numbers.
Numbers = NDArray[numpy.generic]


def plain_lives(
    places: Whole, columns: Columns, present: Present, categories: Categories, counting: Counting
) -> Chronicle:
    """Walk through the work of some items that have no other face and no label that matters."""
    return _Walk(places, columns, present, categories, counting).chronicle()


@dataclass(frozen=True, slots=True)
class _Scalar:
    """A value of each piece of work before its first step, and after each step of any."""

    first: Numbers
    then: Numbers


class _Walk:
    """The steps of all pieces of work, by work and in order; ``who`` is the work each belongs to."""

    def __init__(
        self, places: Whole, columns: Columns, present: Present, categories: Categories, counting: Counting
    ) -> None:
        self._places, self._columns, self._present = places, columns, present
        self._categories, self._counting = categories, counting
        self._texts = list(columns.texts)
        whose = numpy.full(len(columns.items), -1)
        whose[places] = numpy.arange(len(places))
        rows = columns.arranged
        walked = numpy.isin(columns.field[rows], _WALKED) & (whose[columns.item[rows]] >= 0)
        self._rows = rows[walked]
        self._who = whose[columns.item[self._rows]]
        self._field = columns.field[self._rows]
        self._first = numpy.searchsorted(self._who, numpy.arange(len(places) + 1))
        self._born = columns.born[places]
        # What is dated before the creation is part of the first phase.
        self._at = numpy.maximum(columns.at[self._rows], self._born[self._who])

    def chronicle(self) -> Chronicle:
        """Keep of all instants those at which something that matters came out different."""
        ends, begins = self._instants()
        birth = self._at[ends] == self._born[self._who[ends]]
        later = ends[~birth]
        stand = _Stand.of(self._who[later], self._who[ends[birth]], len(self._places))
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
            milestones=self._present.milestones,
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

    def _category(self, stand: _Stand, later: Whole, born_by: Whole) -> Small:
        columns, present, places = self._columns, self._present, self._places
        now = present.status[places]
        before, after = self._words(columns.before), self._words(columns.after)
        called = self._words(columns.before_name), self._words(columns.after_name)
        words = numpy.where(called[0] != 0, called[0], before), numpy.where(called[1] != 0, called[1], after)
        status = stand.taken(self._carried(_STATUS, now, before, after), later, born_by)
        name = stand.taken(self._carried(_STATUS, present.status_name[places], *called), later, born_by)
        ended = self._carried(_RESOLUTION, present.resolution[places], *words)
        resolution = stand.taken(ended, later, born_by)
        whose = stand.who
        # An id that is missing or empty is that of today.
        status = numpy.where((status == 0) | (status == columns.texts[""]), now[whose], status)
        # The tracker's own category of today speaks for a status that has no definition.
        own = numpy.where(status == now[whose], present.category[places][whose], NO_FALLBACK)
        return decided(columns, self._categories, present.source[places][whose], status, name, resolution, own)

    def _counted(self) -> _Scalar:
        counts, columns = self._counting.counts, self._columns
        before, after = (numpy.zeros(len(self._who), numpy.bool_) for _ in range(2))
        texts = self._texts
        for step in numpy.flatnonzero(self._field == _TYPE).tolist():
            row, item = self._rows[step], columns.items[self._places[self._who[step]]]
            old, new = columns.before_name[row] or columns.before[row], columns.after_name[row] or columns.after[row]
            before[step], after[step] = counts(item, texts[old], ()), counts(item, texts[new], ())
        return self._carried(_TYPE, self._present.counted[self._places], before, after)

    def _points(self) -> _Scalar:
        nothing = float("nan")
        own = self._field == _POINTS
        texts = self._texts
        ends = []
        for column in (self._columns.before, self._columns.after):
            codes = self._words(column)
            sizes = numpy.full(len(texts), nothing)
            for code in set(codes[own].tolist()):
                size = number(texts[code])
                sizes[code] = nothing if size is None else size
            ends.append(sizes[codes])
        return self._carried(_POINTS, self._present.points[self._places], *ends)

    def _held(self) -> _Scalar:
        """Follow each piece of work from set to set; equal moves from equal sets are followed once."""
        columns, now = self._columns, self._present.held[self._places]
        own = numpy.flatnonzero(self._field == _MILESTONES)
        old, new = self._words(columns.before)[own], self._words(columns.after)[own]
        bounds = numpy.searchsorted(self._who[own], numpy.arange(len(now) + 1))
        moves = numpy.diff(bounds)
        source = self._present.source[self._places]
        before, after = numpy.zeros(len(self._who), numpy.int64), numpy.zeros(len(self._who), numpy.int64)
        for count in numpy.unique(moves[moves > 0]).tolist():
            who = numpy.flatnonzero(moves == count)
            steps = bounds[who, None] + numpy.arange(count)
            cases, case = distinct(numpy.vstack((source[who], now[who], old[steps].T, new[steps].T)))
            routes = numpy.array([self._route(*one) for one in cases.T.tolist()], numpy.int64)[case]
            before[own[steps]], after[own[steps]] = routes[:, :1], routes[:, 1:]
        return self._carried(_MILESTONES, now, before, after)

    def _route(self, source: int, now: int, *moves: int) -> list[int]:
        """Return the number of the set before any move, then those after each; first all ends left, then all joined."""
        texts, milestones = self._texts, self._present.milestones
        ends, place = [texts[move] for move in moves], texts[source] or ""
        steps = list(zip(ends[: len(ends) // 2], ends[len(ends) // 2 :], strict=True))
        held = set(initially(steps, [id_ for _, id_ in milestones.sets[now]]))
        found = [held.copy()]
        for left, joined in steps:
            if left is not None:
                held.discard(left)
            if joined is not None:
                held.add(joined)
            found.append(held.copy())
        return [milestones.code(frozenset([(place, one) for one in one_set])) for one_set in found]


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
