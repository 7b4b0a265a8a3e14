"""A milestone of several teams: it is done when the last of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod

#: The probability that one team is done within a time.
Distribution = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Teams:
    """The distributions of all teams. The truth lies between independent teams and teams that rise and fall as one."""

    each: tuple[Distribution, ...]

    def independent(self, time: float) -> float:
        """Return the probability that all are done if no team's luck says anything about another's."""
        return prod(one(time) for one in self.each)

    def comonotonic(self, time: float) -> float:
        """Return the probability that all are done if their luck is the same: that of the worst team."""
        return min((one(time) for one in self.each), default=1.0)


def quantile(distribution: Distribution, q: float, times: Iterable[float]) -> float | None:
    """Return the first of rising ``times`` by which the probability reaches ``q``, or ``None``."""
    return next((time for time in times if distribution(time) >= q - 1e-12), None)


def step(points: Sequence[tuple[float, float]]) -> Distribution:
    """Make a distribution that jumps to the given probabilities at the given times."""
    ordered = sorted(points)

    def within(time: float) -> float:
        return max((share for at, share in ordered if at <= time), default=0.0)

    return within
