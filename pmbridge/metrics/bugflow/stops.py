"""When the clock of a promise stands still: while the customer is waited for, and while a bug seemed resolved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.model.instants import to_micros, to_micros_or_none

#: A stretch of time; `NEVER` is no end.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Stops:
    """The stops of every bug, laid out by ``of_bug``; they end `NEVER` where they have not."""

    of_bug: Ragged
    begin: Whole
    end: Whole


def stops(columns: BugColumns, as_of: int) -> Stops:
    """Find the stops of all bugs."""
    lengths = numpy.zeros(len(columns), numpy.int64)
    found: list[Span] = []
    for place in _stopped(columns):
        own = _of_one(columns, place, as_of)
        lengths[place] = len(own)
        found += own
    begin, end = zip(*found, strict=True) if found else ((), ())
    return Stops(Ragged.of(lengths), numpy.array(begin, numpy.int64), numpy.array(end, numpy.int64))


def _stopped(columns: BugColumns) -> list[int]:
    own = columns.spells
    closed = own.endings.owners[own.again != NEVER]
    return sorted({*closed.tolist(), *columns.pauses})


def _of_one(columns: BugColumns, place: int, as_of: int) -> list[Span]:
    own = columns.spells
    rows = own.endings.slice(place)
    closed = [(a, b) for a, b in zip(own.ended[rows].tolist(), own.again[rows].tolist(), strict=True) if a < b < NEVER]
    paused = [
        (to_micros(begin), NEVER if (until := to_micros_or_none(end)) is None else until)
        for begin, end in columns.pauses.get(place, ())
    ]
    return _united([*paused, *closed], as_of) if closed else paused


def _united(spans: Iterable[Span], as_of: int) -> list[Span]:
    """Unite stretches that overlap, so that no time is taken off twice."""
    found: list[Span] = []
    for begin, end in sorted((begin, as_of if end == NEVER else end) for begin, end in spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found
