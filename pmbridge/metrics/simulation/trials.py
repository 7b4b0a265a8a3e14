"""What every simulation needs besides past weeks: how many trials, how far, and what else may happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy
from numpy.random import Generator
from numpy.typing import NDArray

TRIALS = 10_000
_LEAST_HORIZON = 52


class Impact(StrEnum):
    """What a risk costs if it happens."""

    ITEMS = "items"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """Something that may happen once: its probability and what it costs."""

    probability: float
    cost: float
    impact: Impact = Impact.DAYS

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1 or self.cost < 0:
            raise ValueError(f"a risk has a probability of 0 to 1 and costs 0 or more, got {self}")


@dataclass(frozen=True, slots=True)
class Question:
    """How much is left and under what conditions.

    ``split`` multiplies what is left: items of finished milestones over those at their midpoint. ``open_share`` is
    the part of a usual week that is open, for each week to come; later ones are whole. ``freeze_weeks`` is when the
    scope stops growing; ``None`` is never.
    """

    remaining: int
    trials: int = TRIALS
    horizon: int = _LEAST_HORIZON
    split: float = 1.0
    risks: tuple[RiskEvent, ...] = ()
    open_share: tuple[float, ...] = ()
    freeze_weeks: float | None = None

    def __post_init__(self) -> None:
        if self.remaining < 0 or self.trials < 1 or self.horizon < 1 or self.split <= 0:
            raise ValueError(f"there must be something to ask: {self}")

    def items(self, rng: Generator) -> NDArray[Any]:
        """Return how many items each trial has to finish."""
        count = numpy.full(self.trials, numpy.ceil(round(self.remaining * self.split, 9)))
        for risk in self.risks:
            if risk.impact is Impact.ITEMS:
                count += self._happens(risk, rng) * risk.cost
        return count

    def delay_weeks(self, rng: Generator) -> NDArray[Any] | float:
        """Return what the risks that cost days add to each trial."""
        delays = [self._happens(risk, rng) * risk.cost / 7 for risk in self.risks if risk.impact is Impact.DAYS]
        return sum(delays) if delays else 0.0

    def share(self, week: int) -> float:
        """Return the open part of the week to come, from 0 on."""
        return self.open_share[week] if week < len(self.open_share) else 1.0

    def _happens(self, risk: RiskEvent, rng: Generator) -> NDArray[Any]:
        return rng.random(self.trials) < risk.probability


def horizon(planned_weeks: float | None) -> int:
    """Return how far trials are followed: a year, or three times what is planned to remain."""
    return max(_LEAST_HORIZON, round(3 * (planned_weeks or 0)))
