"""Values numbered as they come up, so that arrays can hold them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy
from numpy.typing import NDArray

from pmbridge.history.micros import Whole

Kind = TypeVar("Kind", bound=Hashable)
Named = TypeVar("Named", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Generic[Kind]):
    """One value for each row: ``kinds`` are the distinct values, ``codes`` their places."""

    codes: Whole
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, values: Iterable[Kind]) -> Coded[Kind]:
        """Give a number to each distinct value."""
        numbers: dict[Kind, int] = {}
        codes = [numbers.setdefault(value, len(numbers)) for value in values]
        return cls(numpy.array(codes, numpy.int64), tuple(numbers))

    def of_rows(self, rows: Whole) -> Coded[Kind]:
        """Give other rows the values of these."""
        return Coded(self.codes[rows], self.kinds)

    def renamed(self, name: Callable[[Kind], Named]) -> Coded[Named]:
        """Give every value another name; those of one name become one."""
        found = Coded.of(map(name, self.kinds))
        return Coded(found.codes[self.codes] if self.kinds else self.codes, found.kinds)

    def values(self) -> list[Kind]:
        """Return the value of every row."""
        return list(map(self.kinds.__getitem__, self.codes.tolist()))

    def parts(self) -> Iterator[tuple[Kind, Whole]]:
        """Yield each distinct value with the rows that have it, in their order."""
        order = numpy.argsort(self.codes, kind="stable")
        edges = numpy.searchsorted(self.codes[order], numpy.arange(len(self.kinds) + 1))
        for code, kind in enumerate(self.kinds):
            yield kind, order[edges[code] : edges[code + 1]]

    def told(self, tell: Callable[[Kind], bool]) -> NDArray[numpy.bool_]:
        """Ask one question of every row; each distinct value is asked once."""
        return self.each(tell).astype(numpy.bool_)

    def each(self, ask: Callable[[Kind], float]) -> NDArray[numpy.float64]:
        """Return a number for every row; each distinct value is asked once."""
        found = numpy.fromiter(map(ask, self.kinds), numpy.float64, len(self.kinds))
        return found[self.codes] if self.kinds else numpy.zeros(len(self.codes))
