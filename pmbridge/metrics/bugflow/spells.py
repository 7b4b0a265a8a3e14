"""When bugs were open: the endings, re-openings and open stretches of many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.ragged import Ragged

Flags = NDArray[numpy.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """How bugs came to an end and were opened again; all instants are microseconds, `NEVER` where there is none.

    ``ended`` are the endings, laid out by ``endings``, each with the re-opening that undid it in ``again``. ``begin``
    and ``until`` are the open stretches, half-open, laid out by ``open``. ``is_open`` says which are open at the end.
    """

    endings: Ragged
    ended: Whole
    again: Whole
    open: Ragged
    begin: Whole
    until: Whole
    is_open: Flags

    @property
    def ended_at(self) -> Whole:
        """The last ending each bug has not been re-opened from."""
        if not self.ended.size:
            return numpy.full(len(self.is_open), NEVER)
        return numpy.where(self.is_open, NEVER, self.ended[self.endings.last])

    @property
    def reopened_at(self) -> Whole:
        """When each bug was last opened again."""
        found = numpy.full(len(self.is_open), NEVER)
        rows = numpy.flatnonzero(self.again != NEVER)
        found[self.endings.owners[rows]] = self.again[rows]
        return found

    @property
    def reopenings(self) -> Whole:
        """How often each bug was opened again."""
        return numpy.bincount(self.endings.owners[self.again != NEVER], minlength=len(self.is_open))


def spells(created: Whole, turns: Ragged, since: Whole, over: Flags) -> Spells:
    """Read them from the turns of each bug: the instants at which its category changed, and whether that is an end.

    A bug is open from its creation on; a turn from one end to another is no ending, and what is written down as over
    was never open.
    """
    owner, count = turns.owners, len(created)
    starts = numpy.zeros(len(since), numpy.bool_)
    starts[turns.first[:-1][turns.lengths > 0]] = True
    before = numpy.concatenate((numpy.zeros(1, numpy.bool_), over[:-1]))[: len(over)] & ~starts
    ends, returns = numpy.flatnonzero(over & ~before), numpy.flatnonzero(~over & before)
    is_open = numpy.ones(count, numpy.bool_)
    is_open[turns.lengths > 0] = ~over[turns.last[turns.lengths > 0]]
    left = numpy.flatnonzero(is_open)
    begun = _together(numpy.concatenate((numpy.arange(count), owner[returns])), created, since[returns])
    until = _together(numpy.concatenate((owner[ends], left)), since[ends], numpy.full(len(left), NEVER))
    never_open = numpy.zeros(count, numpy.bool_)
    never_open[owner[starts & over]] = True
    stretches = Ragged.of(numpy.bincount(owner[returns], minlength=count) + 1)
    kept = ~(never_open[stretches.owners] & (numpy.arange(len(begun)) == stretches.first[stretches.owners]))
    endings = Ragged.of(numpy.bincount(owner[ends], minlength=count))
    return Spells(
        endings=endings,
        ended=since[ends],
        again=_again(endings, owner[returns], since[returns]),
        open=Ragged.of(stretches.lengths - never_open),
        begin=begun[kept],
        until=until[kept],
        is_open=is_open,
    )


def _together(owners: Whole, first: Whole, second: Whole) -> Whole:
    """Put two columns into the order of their owners, what is in the first one first."""
    return numpy.concatenate((first, second))[numpy.argsort(owners, kind="stable")]


def _again(endings: Ragged, owner: Whole, since: Whole) -> Whole:
    """Put each re-opening beside the ending it undid: both take turns, and only the last ending may have none."""
    again = numpy.full(endings.first[-1], NEVER)
    number = numpy.arange(len(owner)) - numpy.searchsorted(owner, owner)
    again[endings.first[:-1][owner] + number] = since
    return again
