"""Rows of many owners in one array, owner after owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from pmbridge.history.micros import Whole


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Where the rows of each owner stand: those of owner ``n`` from ``first[n]`` to before ``first[n + 1]``."""

    first: Whole

    @classmethod
    def of(cls, lengths: Sequence[int] | Whole) -> Ragged:
        """Lay out owners with so many rows each."""
        return cls(numpy.concatenate((numpy.zeros(1, numpy.int64), numpy.cumsum(numpy.asarray(lengths, numpy.int64)))))

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def lengths(self) -> Whole:
        """How many rows each owner has."""
        return numpy.diff(self.first)

    @property
    def owners(self) -> Whole:
        """The owner of each row."""
        return numpy.repeat(numpy.arange(len(self)), self.lengths)

    @property
    def last(self) -> Whole:
        """The place of each owner's last row; before its first where it has none."""
        return self.first[1:] - 1

    def rows(self, owners: Whole) -> tuple[Whole, Whole]:
        """Return the rows of some owners, one after the other, and which of these owners each row is of."""
        lengths = self.lengths[owners]
        whose = numpy.repeat(numpy.arange(len(owners)), lengths)
        before = numpy.cumsum(lengths) - lengths
        return numpy.arange(len(whose)) + (self.first[:-1][owners] - before)[whose], whose

    def slice(self, owner: int) -> slice[int, int, None]:
        """Return the rows of one owner."""
        return slice(int(self.first[owner]), int(self.first[owner + 1]))
