"""The phases of a chronicle as values, made once somebody asks for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

import numpy
from numpy.typing import NDArray

from pmbridge.history.phases import MilestoneId, Phase
from pmbridge.history.selections import Selection
from pmbridge.model import Change, StatusCategory
from pmbridge.model.instants import from_micros, to_micros

#: What the numbers in a column of categories mean.
CATEGORIES = tuple(StatusCategory)


class PhaseValues:
    """Columns of phases as lists: reading an array value by value costs ten times as much."""

    __slots__ = ("_columns", "_lists", "_sets", "_told")

    def __init__(
        self,
        first: NDArray[numpy.int64],
        columns: Sequence[NDArray[numpy.generic]],
        sets: Sequence[frozenset[MilestoneId]],
        causes: NDArray[numpy.int64],
        changes: Sequence[Change],
    ) -> None:
        self._columns, self._sets, self._told = (first, *columns, causes), sets, changes
        self._lists: list[list[int]] | None = None

    def of(self, life: int) -> tuple[Phase, ...]:
        """Return the phases of one life."""
        first = self._read()[0]
        return tuple([self.phase(place) for place in range(first[life], first[life + 1])])

    def last(self, life: int) -> Phase:
        """Return the last phase of one life."""
        return self.phase(self._read()[0][life + 1] - 1)

    def at(self, life: int, t: datetime) -> Phase | None:
        """Return the phase of one life at an instant; ``None`` before its creation."""
        first, since = self._read()[:2]
        place = bisect_right(since, to_micros(t), first[life], first[life + 1])
        return self.phase(place - 1) if place > first[life] else None

    def since(self, place: int) -> datetime | None:
        """Return when one phase began; ``None`` for the place -1."""
        return None if place < 0 else from_micros(self._read()[1][place])

    def changes(self, place: int) -> Sequence[Change]:
        """Return the changes that brought one phase about."""
        *_, cause, caused, causes = self._read()
        return Selection(self._told, causes[cause[place] : caused[place]])

    def phase(self, place: int) -> Phase:
        """Return one phase."""
        _, since, category, counted, points, held, cause, caused, causes = self._read()
        size = points[place]
        return Phase(
            from_micros(since[place]),
            CATEGORIES[category[place]],
            bool(counted[place]),
            size if size == size else None,
            self._sets[held[place]],
            Selection(self._told, causes[cause[place] : caused[place]]),
        )

    def _read(self) -> list[list[int]]:
        if self._lists is None:
            self._lists = [column.tolist() for column in self._columns]
        return self._lists
