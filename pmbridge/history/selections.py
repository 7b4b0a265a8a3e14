"""Changes out of longer sequences, none of which is fetched before somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

from pmbridge.model import Change


class Selection(Sequence[Change]):
    """Some changes of a longer sequence by their places, equal to the tuple of them."""

    __slots__ = ("_fetched", "_places", "_told")

    def __init__(self, told: Sequence[Change], places: Sequence[int]) -> None:
        self._told, self._places = told, places
        self._fetched: tuple[Change, ...] | None = None

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Change: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Change, ...]: ...

    def __getitem__(self, place: int | slice) -> Change | tuple[Change, ...]:
        return self._all()[place]

    def __iter__(self) -> Iterator[Change]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def _all(self) -> tuple[Change, ...]:
        if self._fetched is None:
            self._fetched = tuple([self._told[place] for place in self._places])
        return self._fetched


class Succession(Sequence[Change]):
    """One sequence of changes after another."""

    __slots__ = ("parts",)

    def __init__(self, *parts: Sequence[Change]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @overload
    def __getitem__(self, place: int) -> Change: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Change, ...]: ...

    def __getitem__(self, place: int | slice) -> Change | tuple[Change, ...]:
        if isinstance(place, slice):
            return tuple([self[one] for one in range(*place.indices(len(self)))])
        for part in self.parts:
            if place < len(part):
                return part[place]
            place -= len(part)
        raise IndexError("there is no such change")

    def __iter__(self) -> Iterator[Change]:
        return chain(*self.parts)
