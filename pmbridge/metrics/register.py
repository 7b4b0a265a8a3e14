"""The risk register: exposures of what may happen, against the time and money kept back for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entry:
    """One open risk of the register; what nobody wrote down is ``None``."""

    key: str
    title: str
    probability: float | None
    impact_days: float | None
    cost: float | None
    owner: str | None
    trigger: date | None

    @property
    def exposure_days(self) -> float | None:
        """Probability times impact, in days."""
        if self.probability is None or self.impact_days is None:
            return None
        return self.probability * self.impact_days

    @property
    def exposure_cost(self) -> float | None:
        """Probability times cost, in money."""
        return None if self.probability is None or self.cost is None else self.probability * self.cost

    @property
    def is_rated(self) -> bool:
        """Whether it can be weighed at all."""
        return self.exposure_days is not None or self.exposure_cost is not None


@dataclass(frozen=True, slots=True)
class Register:
    """All open risks, the largest exposure in days first; ``contingency_days`` is the time between P50 and P85."""

    entries: tuple[Entry, ...]
    contingency_days: int | None = None

    @property
    def exposure_days(self) -> float:
        """The summed exposure of all rated risks, in days."""
        return sum(one.exposure_days or 0.0 for one in self.entries)

    @property
    def unrated(self) -> tuple[str, ...]:
        """Risks that lack a probability or an impact."""
        return tuple(one.key for one in self.entries if not one.is_rated)

    @property
    def exceeds(self) -> bool | None:
        """Whether the risks together would use up more than the contingency; ``None`` where that is unknown."""
        if self.contingency_days is None or all(not one.is_rated for one in self.entries):
            return None
        return self.exposure_days > self.contingency_days


def register(entries: Iterable[Entry], contingency_days: int | None) -> Register:
    """Put the risks in order."""
    ordered = sorted(entries, key=lambda one: (-(one.exposure_days or 0.0), -(one.exposure_cost or 0.0), one.key))
    return Register(tuple(ordered), contingency_days)
