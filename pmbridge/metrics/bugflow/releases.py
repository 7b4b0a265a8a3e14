"""The launched releases of a product in order of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole, all_micros
from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.metrics.bugflow.spells import Flags

#: The place of no release.
NOWHERE = -1


class Releases:
    """The launched releases by their places in order of time; ``instants`` are in microseconds."""

    def __init__(self, launches: Mapping[str, datetime], as_of: datetime) -> None:
        placed = sorted((at, key) for key, at in launches.items() if at <= as_of)
        self.keys = [key for _, key in placed]
        self.instants = all_micros([at for at, _ in placed])
        self._place = {key: place for place, key in enumerate(self.keys)}

    def in_force(self, instants: Whole) -> Whole:
        """Return the release that users had at each instant: the last one launched."""
        return numpy.searchsorted(self.instants, instants, side="right") - 1

    def named(self, names: Coded[frozenset[str]], instants: Whole) -> tuple[Whole, Flags]:
        """Return the last of the releases each bug names that had been launched then, and whether several had."""
        found, several = numpy.full(len(instants), NOWHERE), numpy.zeros(len(instants), numpy.bool_)
        for named, own in names.parts():
            places = numpy.array(sorted(self._place[name] for name in named if name in self._place), numpy.int64)
            if places.size:
                launched = numpy.searchsorted(self.instants[places], instants[own], side="right")
                found[own] = numpy.where(launched > 0, places[launched - 1], NOWHERE)
                several[own] = launched > 1
        return found, several

    def within(self, begin: Whole, until: Whole) -> tuple[Whole, Whole]:
        """Return the releases launched within each (begin, until), and which of these each is within."""
        first = numpy.searchsorted(self.instants, begin, side="right")
        stop = numpy.where(until == NEVER, len(self.keys), numpy.searchsorted(self.instants, until, side="left"))
        lengths = numpy.maximum(stop - first, 0)
        whose = numpy.repeat(numpy.arange(len(begin)), lengths)
        before = numpy.cumsum(lengths) - lengths
        return numpy.arange(len(whose)) + (first - before)[whose], whose
