"""Many bugs side by side as arrays: what is asked of all of them is answered without a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, overload

import numpy

from pmbridge.history.chronicle import CANCELLED, CATEGORY_CODE, DONE, NEVER, Small
from pmbridge.history.micros import Whole, all_micros
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Graded, Outcome, State, Turn
from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.metrics.bugflow.spells import Flags, Spells, spells
from pmbridge.model.instants import from_micros

OUTCOMES = tuple(Outcome)
OUTCOME_CODE = {outcome: code for code, outcome in enumerate(OUTCOMES)}

Pauses = tuple[tuple[datetime, datetime | None], ...]


def instants(values: Iterable[datetime | None]) -> Whole:
    """Return instants as microseconds, `NEVER` for those that are absent."""
    known = list(values)
    found = numpy.full(len(known), NEVER)
    there = [place for place, at in enumerate(known) if at is not None]
    found[there] = all_micros([at for at in known if at is not None])
    return found


@dataclass(frozen=True, eq=False)
class BugColumns(Sequence[Bug]):
    """The bugs of one survey, column by column; a bug is made as a value once one asks for it.

    Instants are microseconds, `NEVER` where there is none. ``turns`` and ``graded`` lay out the rows of the changes of
    category and of severity; ``word`` is the severity of each of the latter. ``pauses`` and ``faults`` hold those bugs
    only that have any. ``told`` are address and title of a bug, for telling.
    """

    ids: Sequence[ItemId]
    keys: Sequence[str]
    created: Whole
    turns: Ragged
    turned: Whole
    category: Small
    outcome: Small
    graded: Ragged
    since: Whole
    word: Coded[str | None]
    component: Coded[str | None]
    affects: Coded[frozenset[str]]
    members: Coded[frozenset[str]]
    author: Coded[str | None]
    source: Coded[str]
    from_customers: Flags
    is_incident: Flags
    is_report: Flags
    is_defect: Flags
    acknowledged: Whole
    answered: Whole
    restored: Whole
    deployed: Whole
    customer_told: Whole
    pauses: Mapping[int, Pauses]
    faults: Mapping[int, str]
    told: Callable[[int], tuple[str | None, str | None]]
    made: dict[int, Bug] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, bugs: Iterable[Bug]) -> BugColumns:
        """Take bugs as they are kept, or write down values."""
        if isinstance(bugs, BugColumns):
            return bugs
        own = tuple(bugs)
        turns, graded = ([row for bug in own for row in getattr(bug, rows)] for rows in ("turns", "severities"))
        flags: dict[str, Any] = {name: numpy.array([getattr(bug, name) for bug in own], numpy.bool_) for name in _FLAGS}
        dated: dict[str, Any] = {to: instants(getattr(bug, name) for bug in own) for to, name in _INSTANTS.items()}
        return cls(
            ids=[bug.id for bug in own],
            keys=[bug.key for bug in own],
            created=instants(bug.created_at for bug in own),
            turns=Ragged.of([len(bug.turns) for bug in own]),
            turned=instants(turn.since for turn in turns),
            category=numpy.array([CATEGORY_CODE[turn.category] for turn in turns], numpy.int8),
            outcome=numpy.array([OUTCOME_CODE[bug.outcome] for bug in own], numpy.int8),
            graded=Ragged.of([len(bug.severities) for bug in own]),
            since=instants(one.since for one in graded),
            word=Coded.of(one.word for one in graded),
            component=Coded.of(bug.component for bug in own),
            affects=Coded.of(bug.affects for bug in own),
            members=Coded.of(bug.members for bug in own),
            author=Coded.of(bug.author for bug in own),
            source=Coded.of(bug.id[0] for bug in own),
            **flags,
            **dated,
            pauses={place: bug.pauses for place, bug in enumerate(own) if bug.pauses},
            faults={place: bug.fault for place, bug in enumerate(own) if bug.fault is not None},
            told=lambda place: (own[place].url, own[place].title),
            made=dict(enumerate(own)),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Bug: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Bug]: ...
    def __getitem__(self, place: int | slice) -> Bug | Sequence[Bug]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        own = place + len(self) if place < 0 else place
        if not 0 <= own < len(self):
            raise IndexError(f"there are {len(self)} bugs and none at {place}")
        if own not in self.made:
            self.made[own] = self._values.bug(own)
        return self.made[own]

    def __iter__(self) -> Iterator[Bug]:
        return (self[place] for place in range(len(self)))

    @cached_property
    def place_of(self) -> Mapping[ItemId, int]:
        """Where each bug stands, by its id."""
        return {id_: place for place, id_ in enumerate(self.ids)}

    @cached_property
    def names(self) -> Coded[tuple[frozenset[str], frozenset[str]]]:
        """The milestones each is to be repaired in, and those it was seen in."""
        both = self.members.codes * len(self.affects.kinds) + self.affects.codes
        pairs, codes = numpy.unique(both, return_inverse=True)
        width = max(1, len(self.affects.kinds))
        kinds = [(self.members.kinds[one // width], self.affects.kinds[one % width]) for one in pairs.tolist()]
        return Coded(codes, tuple(kinds))

    @cached_property
    def spells(self) -> Spells:
        """When each of them was open."""
        over = (self.category == DONE) | (self.category == CANCELLED)
        return spells(self.created, self.turns, self.turned, over)

    @cached_property
    def ended(self) -> Whole:
        """The last ending each has not been re-opened from."""
        return self.spells.ended_at

    @property
    def is_open(self) -> Flags:
        """Which of them are open."""
        return self.spells.is_open

    @cached_property
    def severity(self) -> Coded[str | None]:
        """The word for the severity of each now; ``None`` where nobody gave one."""
        words = (*self.word.kinds, None)
        if not len(self.word.codes):
            return Coded(numpy.full(len(self), len(words) - 1), words)
        last = self.word.codes[self.graded.last]
        return Coded(numpy.where(self.graded.lengths > 0, last, len(words) - 1), words)

    def is_outcome(self, outcome: Outcome) -> Flags:
        """Tell which bugs came to this."""
        found: Flags = self.outcome == OUTCOME_CODE[outcome]
        return found

    def graded_at(self, places: Whole, at: Whole) -> Whole:
        """Return the row of the severity that each of some bugs had at an instant; -1 for one that never had any.

        Before its first severity a bug has that first one.
        """
        rows, whose = self.graded.rows(places)
        before = numpy.bincount(whose[self.since[rows] <= at[whose]], minlength=len(places))
        row = self.graded.first[:-1][places] + numpy.maximum(before - 1, 0)
        return numpy.where(self.graded.lengths[places] > 0, row, -1)

    def severity_at(self, place: int, t: datetime) -> str | None:
        """Return the word for the severity that one bug had at an instant."""
        (row,) = self.graded_at(numpy.array([place]), instants([t])).tolist()
        return None if row < 0 else self.word.kinds[self.word.codes[row]]

    def state(self, place: int) -> State:
        """Return how one bug stands."""
        return self._values.state(place)

    def open_intervals(self, place: int) -> tuple[tuple[datetime, datetime | None], ...]:
        """Return when one bug was open."""
        own = self.spells
        rows = own.open.slice(place)
        return tuple(
            zip(map(from_micros, own.begin[rows].tolist()), map(_maybe, own.until[rows].tolist()), strict=True)
        )

    @cached_property
    def _values(self) -> _Values:
        return _Values(self)


class _Values:
    """Columns as lists, from which bugs are made one by one: reading an array value by value costs ten times more.

    Neither it nor a bug holds on to the columns that keep them, so that a survey is gone with its last use.
    """

    def __init__(self, columns: BugColumns) -> None:
        self._ids, self._keys, self._told = columns.ids, columns.keys, columns.told
        self._pauses, self._faults = columns.pauses, columns.faults
        self._turns, self._turned, self._category = columns.turns, columns.turned, columns.category
        self._created, self._outcome = columns.created.tolist(), columns.outcome.tolist()
        self._state = [column.tolist() for column in (columns.is_open, columns.ended, columns.spells.reopened_at)]
        self._first, self._since = columns.graded.first.tolist(), columns.since.tolist()
        self._words = columns.word.values()
        coded = [(name, getattr(columns, name).values()) for name in _CODED]
        self._plain = [*coded, *((name, getattr(columns, name).tolist()) for name in _FLAGS)]
        self._instants = [(name, getattr(columns, column).tolist()) for column, name in _INSTANTS.items()]

    def state(self, place: int) -> State:
        """Return how one bug stands."""
        is_open, ended, reopened = (column[place] for column in self._state)
        return State(is_open, _maybe(ended), _maybe(reopened))

    def bug(self, place: int) -> Bug:
        """Return one bug."""
        first, stop = self._first[place], self._first[place + 1]
        since, words = map(from_micros, self._since[first:stop]), self._words[first:stop]
        url, title = self._told(place)
        rest: dict[str, Any] = {name: own[place] for name, own in self._plain}
        dated: dict[str, Any] = {name: _maybe(own[place]) for name, own in self._instants}
        return Bug(
            id=self._ids[place],
            key=self._keys[place],
            created_at=from_micros(self._created[place]),
            turns=_Turns(self._turned, self._category, self._turns.slice(place)),
            outcome=OUTCOMES[self._outcome[place]],
            severities=tuple(map(Graded, since, words)),
            **rest,
            **dated,
            pauses=self._pauses.get(place, ()),
            fault=self._faults.get(place),
            url=url,
            title=title,
            state=self.state(place),
        )


class _Turns(Sequence[Turn]):
    """The turns of one bug, made once somebody asks for them."""

    __slots__ = ("_category", "_rows", "_turned")

    def __init__(self, turned: Whole, category: Small, rows: slice) -> None:
        self._turned, self._category, self._rows = turned, category, rows

    def __len__(self) -> int:
        return int(self._rows.stop - self._rows.start)

    @overload
    def __getitem__(self, row: int) -> Turn: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Turn]: ...
    def __getitem__(self, row: int | slice) -> Turn | Sequence[Turn]:
        codes = map(_CATEGORIES.__getitem__, self._category[self._rows].tolist())
        return tuple(map(Turn, map(from_micros, self._turned[self._rows].tolist()), codes))[row]


_CATEGORIES = tuple(CATEGORY_CODE)
_CODED = ("component", "affects", "members", "author")
_FLAGS = ("from_customers", "is_incident", "is_report", "is_defect")
_INSTANTS = {
    "acknowledged": "acknowledged_at",
    "answered": "answered_at",
    "restored": "restored_at",
    "deployed": "deployed_at",
    "customer_told": "told_at",
}


def _maybe(micros: int) -> datetime | None:
    return None if micros == NEVER else from_micros(micros)
