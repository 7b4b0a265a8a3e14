"""Earned value: what was planned, earned and spent at one instant, and what that says of the end.

Terms and formulas are those of the PMI standard. An index whose denominator is 0 does not exist and is ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Below this share complete the cost index says nothing yet.
CPI_FROM = 0.15


@dataclass(frozen=True, slots=True)
class Performance:
    """Budget at completion, planned value, earned value and actual cost, all in one unit; ``None`` is unknown."""

    bac: float
    pv: float | None
    ev: float
    ac: float | None

    @property
    def complete(self) -> float | None:
        """The share of the budget that is earned."""
        return _over(self.ev, self.bac)

    @property
    def sv(self) -> float | None:
        """Schedule variance: EV - PV."""
        return None if self.pv is None else self.ev - self.pv

    @property
    def cv(self) -> float | None:
        """Cost variance: EV - AC."""
        return None if self.ac is None else self.ev - self.ac

    @property
    def spi(self) -> float | None:
        """Schedule performance index: EV / PV."""
        return _over(self.ev, self.pv)

    @property
    def cpi(self) -> float | None:
        """Cost performance index: EV / AC. See `printable_cpi` before showing it."""
        return _over(self.ev, self.ac)

    @property
    def printable_cpi(self) -> float | None:
        """The cost index once enough is complete for it to mean anything."""
        return self.cpi if (self.complete or 0.0) >= CPI_FROM else None

    @property
    def tcpi(self) -> float | None:
        """The cost index the rest needs to end within the budget: (BAC - EV) / (BAC - AC)."""
        return self.tcpi_to(self.bac)

    def tcpi_to(self, target: float) -> float | None:
        """Return the cost index the rest needs to end at ``target``; ``None`` where that much is spent already."""
        if self.ac is None or self.ac >= target:
            return None
        return (self.bac - self.ev) / (target - self.ac)

    def estimates(self, bottom_up: float | None = None) -> Estimates:
        """Say what it will have cost at the end, by every assumption there is; ``bottom_up`` is an estimated rest."""
        if self.ac is None:
            return Estimates()
        rest, cpi, spi = self.bac - self.ev, self.cpi, self.spi
        return Estimates(
            typical=self.bac / cpi if cpi else None,
            atypical=self.ac + rest,
            both_indices=self.ac + rest / (cpi * spi) if cpi and spi else None,
            bottom_up=None if bottom_up is None else self.ac + bottom_up,
        )


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates at completion by assumption.

    ``typical``: the rest costs as the past did. ``atypical``: as planned. ``both_indices``: late work costs too.
    ``bottom_up``: as estimated anew. Never one of them alone is the truth: show the range.
    """

    typical: float | None = None
    atypical: float | None = None
    both_indices: float | None = None
    bottom_up: float | None = None

    @property
    def range(self) -> tuple[float, float] | None:
        """The lowest and the highest of them, or ``None`` where nothing is known."""
        known = [one for one in (self.typical, self.atypical, self.both_indices, self.bottom_up) if one is not None]
        return (min(known), max(known)) if known else None


def earned_by_time(budget: float, spent: float, rest: float) -> float:
    """Return the value earned by work whose rest is estimated: budget times spent over spent and rest."""
    if spent < 0 or rest < 0:
        raise ValueError(f"time spent and left cannot be negative, got {spent} and {rest}")
    return budget * spent / (spent + rest) if spent + rest else 0.0


def _over(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below
