"""On how few people the open work rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

#: Holding more than this alone is too much for one person.
ALONE = 0.6
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Concentration:
    """The smallest number of people who hold more than half of the open weight, and the largest share of one."""

    bus_factor: int
    largest: float
    people: int

    @property
    def is_thin(self) -> bool:
        """Whether losing one person would stop more than half of the work."""
        return self.bus_factor == 1 or self.largest > ALONE


def concentration(weights: Mapping[str, float]) -> Concentration | None:
    """Measure open weight by person; ``None`` where nobody holds any. Work of nobody is not given."""
    held = sorted((weight for weight in weights.values() if weight > 0), reverse=True)
    total = sum(held)
    if not held:
        return None
    running, count = 0.0, 0
    for weight in held:
        running, count = running + weight, count + 1
        if running > _HALF * total:
            break
    return Concentration(count, held[0] / total, len(held))


def half_since(taken: Iterable[tuple[datetime, float]], total: float) -> datetime | None:
    """Return since when one person has held more than half of a total weight, by when each piece was taken on.

    The total is today's: what others finished, or took over later, is not looked at. ``None`` where it is no half.
    """
    running = 0.0
    for at, weight in sorted(taken):
        running += weight
        if running > _HALF * total:
            return at
    return None
