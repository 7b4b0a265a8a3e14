"""Durations estimated at three points: optimistic, most likely, pessimistic (PERT)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ThreePoint:
    """An estimate; the pessimistic value is the worst that is still believed."""

    optimistic: float
    likely: float
    pessimistic: float

    def __post_init__(self) -> None:
        if not 0 <= self.optimistic <= self.likely <= self.pessimistic:
            raise ValueError(
                f"an estimate must rise from 0: optimistic {self.optimistic}, most likely {self.likely}, "
                f"pessimistic {self.pessimistic}"
            )

    @property
    def mean(self) -> float:
        """(a + 4m + b) / 6."""
        return (self.optimistic + 4 * self.likely + self.pessimistic) / 6

    @property
    def deviation(self) -> float:
        """(b - a) / 6."""
        return (self.pessimistic - self.optimistic) / 6

    def draw(self, trials: int, rng: Generator) -> NDArray[Any]:
        """Draw durations from the beta distribution with this mean whose shapes add to 6 (Vose's PERT)."""
        span = self.pessimistic - self.optimistic
        if span == 0:
            return rng.uniform(self.likely, self.likely, trials)
        rise = 4 * (self.likely - self.optimistic) / span
        return self.optimistic + span * rng.beta(1 + rise, 5 - rise, trials)


def path_probability(path: list[ThreePoint], by: float) -> float:
    """Return the probability that one path ends by a time, its sum taken for normal.

    Blind to all other paths that may turn out longer, hence optimistic: prefer the simulation.
    """
    mean, variance = sum(one.mean for one in path), sum(one.deviation**2 for one in path)
    return NormalDist(mean, sqrt(variance)).cdf(by) if variance else float(by >= mean)
