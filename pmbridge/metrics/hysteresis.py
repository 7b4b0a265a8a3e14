"""Colours that do not flicker, computed from the chances of past days and from nothing that has to be remembered.

A colour has an inner and an outer threshold, and a change of it is told once two evaluations in a row agree, or at once
where the chance jumped. Both depend on the days before; those are taken from the history itself, one evaluation a day,
so that a recomputation of any past day gives the colour that was told on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmbridge.assessment import HealthStatus
from pmbridge.metrics.schedule import Thresholds, colour

#: How many days back the evaluations begin.
MEMORY_DAYS = 28
#: A chance that moves by more than this is believed at once.
JUMP = 0.20
#: More changes of colour than this within the memory are called unstable.
MOST_FLIPS = 2


@dataclass(frozen=True, slots=True)
class Told:
    """The colour that is told, the one computed before the wait for a second evaluation, and how often it changed."""

    status: HealthStatus
    computed: HealthStatus
    flips: int

    @property
    def is_unstable(self) -> bool:
        """Whether the colour changes so often that it says little."""
        return self.flips > MOST_FLIPS


def fold(chances: Sequence[float | None], limits: Thresholds) -> tuple[HealthStatus, ...]:
    """Return the colour of each evaluation in turn, each held against the one before."""
    colours: list[HealthStatus] = []
    for chance in chances:
        colours.append(colour(chance, colours[-1] if colours else None, limits))
    return tuple(colours)


def told(chances: Sequence[float | None], limits: Thresholds) -> Told:
    """Say which colour is told after the last of some evaluations, the oldest first; at least one is needed.

    The first evaluation is told as it is. Unknown is told, and left, at once.
    """
    colours = fold(chances, limits)
    shown, flips = colours[0], 0
    for n in range(1, len(colours)):
        if colours[n] is not shown and _is_confirmed(chances, colours, n):
            shown, flips = colours[n], flips + 1
    return Told(shown, colours[-1], flips)


def _is_confirmed(chances: Sequence[float | None], colours: Sequence[HealthStatus], n: int) -> bool:
    before, now = chances[n - 1], chances[n]
    if before is None or now is None:
        return True
    return colours[n] is colours[n - 1] or abs(now - before) > JUMP
