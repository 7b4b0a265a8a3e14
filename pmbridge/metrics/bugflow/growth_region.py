"""How far a fitted growth model can be believed: intervals from its likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log
from typing import TYPE_CHECKING, Any

from pmbridge.metrics.bugflow.growth import Finds, Fit, Model, log_density, shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

#: Half the 90 % quantile of chi-square with one degree of freedom.
CUT = 2.705543454095404 / 2
_POINTS = 800


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The parameters whose likelihood is within the cut of the maximum: for each b, a from ``low`` to ``high``.

    ``open_ended`` says that it reaches to b = 0, where a model that ends turns into one that does not.
    """

    model: Model
    b: Floats
    low: Floats
    high: Floats
    open_ended: bool
    aic: float

    def interval(self, value: Callable[[Floats, Floats], Floats]) -> tuple[float, float]:
        """Return the bounds of a quantity that moves one way with a: its profile-likelihood interval."""
        ends = value(self.low, self.b), value(self.high, self.b)
        return float(min(e.min() for e in ends)), float(max(e.max() for e in ends))

    def total(self) -> tuple[float, float]:
        """Return the bounds of the number of defects in all."""
        low, high = self.interval(lambda a, b: a)
        return low, inf if self.open_ended and self.model.finite else high

    def residual(self, now: float) -> tuple[float, float]:
        """Return the bounds of the number still to be found after ``now``: a (1 - F)."""
        low, high = self.interval(lambda a, b: a * (1 - shape(self.model, now, b)))
        return low, inf if self.open_ended else high

    def intensity(self, t: float) -> tuple[float, float]:
        """Return the bounds of the defects found per unit of time at ``t``."""
        import numpy

        return self.interval(lambda a, b: a * numpy.exp(log_density(self.model, t, b)))

    def between(self, begin: float, end: float) -> tuple[float, float]:
        """Return the bounds of the expected number found in a stretch."""
        return self.interval(lambda a, b: a * (shape(self.model, end, b) - shape(self.model, begin, b)))


def region(fitted: Fit, finds: Finds) -> Region:
    """Return the 90 % likelihood region of a fit.

    At a fixed b the log-likelihood n ln a - a F + C has two places of one height; they are Lambert's W.
    """
    import numpy
    from scipy.special import lambertw

    lowest, highest = fitted.model.bounds
    grid = numpy.linspace(log(lowest), log(highest), _POINTS)
    x = numpy.union1d(grid, [log(fitted.b * fitted.span)])
    rates = numpy.exp(x) / finds.span
    full = shape(fitted.model, finds.span, rates)
    best = finds.n / full
    height = finds.n * numpy.log(best) - finds.n + finds.log_shape(fitted.model, rates)
    drop = height - (fitted.log_likelihood - CUT)
    inside = drop >= 0
    # a = best * y with n (ln y - y + 1) = -drop.
    argument = -numpy.exp(-1 - drop[inside] / finds.n)
    low = -lambertw(argument, 0).real * best[inside]
    high = -lambertw(argument, -1).real * best[inside]
    return Region(fitted.model, rates[inside], low, high, bool(inside[0]), fitted.aic)


def chance_of_none(expected: float) -> float:
    """Return the chance of a stretch without any find."""
    return exp(-expected)
