"""Open work that has been in progress for unusually long, and how likely each piece is to end soon.

Cycle times come from finished work and from work still open, which has lasted at least as long as its age: leaving it
out would make every percentile too short (Kaplan and Meier 1958).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy

from pmbridge.history.chronicle import latest
from pmbridge.history.micros import DAY
from pmbridge.history.phases import Life
from pmbridge.metrics.percentile import percentile
from pmbridge.model.instants import to_micros

if TYPE_CHECKING:
    from pmbridge.metrics.bugflow.survival import Curve

#: Cycle times of one type that say something of their own; below that the type shares the curve of all.
_ENOUGH = 20


class Old(StrEnum):
    """How unusual an age is."""

    USUAL = "usual"
    AGEING = "ageing"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Cycle times in days by which 85 and 95 % of comparable work is done; ``None`` is out of reach."""

    p85: float | None
    p95: float | None

    def judge(self, age: float) -> Old:
        """Say how unusual an age is."""
        if self.p95 is not None and age > self.p95:
            return Old.CRITICAL
        return Old.AGEING if self.p85 is not None and age > self.p85 else Old.USUAL


@dataclass(frozen=True, slots=True)
class Durations:
    """Cycle times in days, and whether each was the end (open work has only lasted so long until now)."""

    days: tuple[float, ...]
    ended: tuple[bool, ...]


class CycleTimes:
    """The curves of all types, each made once it is asked for."""

    def __init__(self, by_type: Mapping[str, Durations]) -> None:
        self._by_type = by_type
        self._curves: dict[str | None, Curve | None] = {}
        self._kept: dict[str | None, list[float]] = {}
        #: How much finished work they rest on.
        self.finished = sum(sum(one.ended) for one in by_type.values())
        self._telling = {type_ for type_, one in by_type.items() if sum(one.ended) >= _ENOUGH}

    def percentiles(self, type_: str) -> Percentiles:
        """Return the limits for work of a type."""
        curve = self._curve(type_)
        return Percentiles(None, None) if curve is None else Percentiles(curve.quantile(0.85), curve.quantile(0.95))

    def chance(self, type_: str, age: float, days: float) -> float | None:
        """Return the probability that work of this age is done within so many days: 1 - S(age + d) / S(age).

        ``None`` where no work is known to have lasted that long.
        """
        curve = self._curve(type_)
        if curve is None or (alive := curve.at(age)) <= 0 or age >= curve.last:
            return None
        return 1 - curve.at(age + days) / alive

    def longer_than(self, type_: str, age: float) -> list[float]:
        """Return the cycle times of finished work, of the type if there is enough of it, that lasted longer.

        The longest twentieth is left out: what lies so long is taken out of a milestone rather than waited for.
        """
        name = type_ if type_ in self._telling else None
        if name not in self._kept:
            chosen = self._chosen(name)
            finished = [days for days, ended in zip(chosen.days, chosen.ended, strict=True) if ended]
            limit = percentile(finished, 0.95)
            self._kept[name] = [days for days in finished if limit is not None and days <= limit]
        return [days for days in self._kept[name] if days > age]

    def _curve(self, type_: str) -> Curve | None:
        from pmbridge.metrics.bugflow.survival import kaplan_meier

        name = type_ if type_ in self._telling else None
        if name not in self._curves:
            chosen = self._chosen(name)
            self._curves[name] = kaplan_meier(chosen.days, chosen.ended) if any(chosen.ended) else None
        return self._curves[name]

    def _chosen(self, name: str | None) -> Durations:
        """Return the cycle times of a type, or of all."""
        if name is not None:
            return self._by_type[name]
        every = self._by_type.values()
        return Durations(
            tuple(days for one in every for days in one.days), tuple(end for one in every for end in one.ended)
        )


def cycle_times(lives: Sequence[Life], as_of: datetime) -> CycleTimes:
    """Gather the cycle times of counted work by type; what never was active or was cancelled has none."""
    now = latest(lives)
    seen = now.begun & now.counted & (now.done | now.in_progress)
    took = numpy.maximum(0.0, (numpy.where(now.done, now.ended, to_micros(as_of)) - now.began) / DAY)
    found: defaultdict[str, tuple[list[float], list[bool]]] = defaultdict(lambda: ([], []))
    rows = zip(numpy.flatnonzero(seen).tolist(), took[seen].tolist(), now.done[seen].tolist(), strict=True)
    for place, days, ended in rows:
        own = found[lives[place].item.type]
        own[0].append(days)
        own[1].append(ended)
    return CycleTimes({type_: Durations(tuple(d), tuple(e)) for type_, (d, e) in found.items()})


def aggregate_age(ages: Sequence[float]) -> float:
    """Return the summed age of all work in progress, in days."""
    return sum(ages)


def rises(series: Sequence[float], times: int = 4) -> bool:
    """Tell whether the last values rose so many times running: the alarm on aggregate age."""
    recent = series[-(times + 1) :]
    return len(recent) == times + 1 and all(a < b for a, b in pairwise(recent))
