"""Models of how the finding of defects slows down, fitted by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import lgamma, log
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]


class Model(StrEnum):
    """Mean value functions m(t) = a F(t; b)."""

    GOEL_OKUMOTO = "Goel-Okumoto"
    DELAYED_S = "delayed S-shaped"
    MUSA_OKUMOTO = "Musa-Okumoto"

    @property
    def finite(self) -> bool:
        """Whether it knows a number of defects in all."""
        return self is not Model.MUSA_OKUMOTO

    @property
    def bounds(self) -> tuple[float, float]:
        """Where b is looked for, in 1 / span: a logarithm goes on bending long after the other curves are flat."""
        return (1e-3, 50.0) if self.finite else (1e-3, 1e5)


def shape(model: Model, t: Floats | float, b: Floats | float) -> Floats:
    """Return F: the share found by t; for Musa-Okumoto ln(1 + b t), which has no end."""
    import numpy

    x = numpy.asarray(b, float) * numpy.asarray(t, float)
    if model is Model.GOEL_OKUMOTO:
        found = -numpy.expm1(-x)
    elif model is Model.DELAYED_S:
        found = 1 - (1 + x) * numpy.exp(-x)
    else:
        found = numpy.log1p(x)
    return numpy.asarray(found)


def log_density(model: Model, t: Floats | float, b: Floats | float) -> Floats:
    """Return ln F'(t)."""
    import numpy

    time, rate = numpy.asarray(t, float), numpy.asarray(b, float)
    if model is Model.GOEL_OKUMOTO:
        found = numpy.log(rate) - rate * time
    elif model is Model.DELAYED_S:
        found = 2 * numpy.log(rate) + numpy.log(time) - rate * time
    else:
        found = numpy.log(rate) - numpy.log1p(rate * time)
    return numpy.asarray(found)


@dataclass(frozen=True, slots=True, eq=False)
class Finds:
    """When defects were found, in any one unit of time or exposure: at exact times, or counted in periods.

    ``ends`` are the ends of the periods that ``counts`` belong to; with exact ``times`` both are ``None``. ``span`` is
    how long one has looked.
    """

    span: float
    times: Floats | None = None
    ends: Floats | None = None
    counts: Floats | None = None

    @classmethod
    def at(cls, times: Sequence[float], span: float) -> Finds:
        """Take exact times, each above 0 and not after ``span``."""
        import numpy

        placed = numpy.sort(numpy.asarray(times, float))
        if span <= 0 or (len(placed) and (placed[0] <= 0 or placed[-1] > span)):
            raise ValueError("defects are found after the beginning and not after the end of the time looked at")
        return cls(float(span), times=placed)

    @classmethod
    def by_period(cls, ends: Sequence[float], counts: Sequence[int]) -> Finds:
        """Take counts of consecutive periods, the first one beginning at 0."""
        import numpy

        edges, numbers = numpy.asarray(ends, float), numpy.asarray(counts, float)
        if len(edges) != len(numbers) or not len(edges) or edges[0] <= 0 or (numpy.diff(edges) <= 0).any():
            raise ValueError("periods must follow each other, one count each")
        if (numbers < 0).any():
            raise ValueError("a period cannot have fewer than no defects: cumulative numbers must not fall")
        return cls(float(edges[-1]), ends=edges, counts=numbers)

    @property
    def n(self) -> int:
        """How many were found."""
        if self.times is not None:
            return len(self.times)
        return int(self._counts.sum())

    @property
    def _counts(self) -> Floats:
        assert self.counts is not None
        return self.counts

    def until(self, t: float) -> Finds:
        """Return what had been found by ``t``."""
        if self.times is not None:
            return Finds(t, times=self.times[self.times <= t])
        assert self.ends is not None
        kept = self.ends <= t * (1 + 1e-12)
        return Finds(float(self.ends[kept][-1]), ends=self.ends[kept], counts=self._counts[kept])

    def in_periods(self, width: float) -> Finds:
        """Count exact times in periods of one width, the last one maybe shorter."""
        import numpy

        if self.times is None:
            return self
        ends = numpy.append(numpy.arange(width, self.span, width), self.span)
        counts, _ = numpy.histogram(self.times, numpy.concatenate(([0.0], ends)))
        return Finds(self.span, ends=ends, counts=counts.astype(float))

    def log_shape(self, model: Model, b: Floats) -> Floats:
        """Return, for each b, the part of the log-likelihood that does not depend on a."""
        import numpy

        rates = numpy.atleast_1d(numpy.asarray(b, float))
        if self.times is not None:
            return self._log_densities(model, rates)
        assert self.ends is not None
        edges = numpy.concatenate(([0.0], self.ends))
        steps = numpy.diff(shape(model, edges[None, :], rates[:, None]), axis=1)
        weighed = self._counts * numpy.log(numpy.maximum(steps, 1e-300))
        constant = sum(lgamma(count + 1) for count in self._counts)
        return numpy.asarray(numpy.where(self._counts > 0, weighed, 0.0).sum(axis=1) - constant)

    def _log_densities(self, model: Model, rates: Floats) -> Floats:
        """Sum the log-densities; two of the models need the sums of the times only."""
        import numpy

        assert self.times is not None
        n, total = len(self.times), self.times.sum()
        if model is Model.GOEL_OKUMOTO:
            return numpy.asarray(n * numpy.log(rates) - rates * total)
        if model is Model.DELAYED_S:
            return numpy.asarray(2 * n * numpy.log(rates) + numpy.log(self.times).sum() - rates * total)
        logs = numpy.array([numpy.log1p(rate * self.times).sum() for rate in rates])
        return numpy.asarray(n * numpy.log(rates) - logs)


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model; ``log_likelihood`` as of the data, ``span`` and ``n`` are theirs."""

    model: Model
    a: float
    b: float
    log_likelihood: float
    n: int
    span: float

    @property
    def aic(self) -> float:
        """Akaike's criterion with two parameters; smaller is better."""
        return 4 - 2 * self.log_likelihood

    def mean(self, t: float) -> float:
        """Return the expected number found by ``t``."""
        return self.a * float(shape(self.model, t, self.b))

    def intensity(self, t: float) -> float:
        """Return the defects found per unit of time at ``t``."""
        import numpy

        return float(self.a * numpy.exp(log_density(self.model, t, self.b)))

    def between(self, begin: float, end: float) -> float:
        """Return the expected number found in a stretch."""
        return self.mean(end) - self.mean(begin)

    @property
    def residual(self) -> float | None:
        """The expected number still to be found; ``None`` for a model without an end."""
        return self.a - self.n if self.model.finite else None


#: The grid on which b is looked for, and how often it is laid again; each time it is thirty times finer.
_POINTS, _LEVELS = 64, 6


def fit(model: Model, finds: Finds) -> Fit | None:
    """Fit a model by maximum likelihood; ``None`` where the likelihood has no maximum inside.

    a profiles out as n / F(span; b); the logarithm of b is found on a grid, laid ever finer round its best point.
    """
    import numpy

    if finds.n == 0:
        return None
    profile = _profile(model, finds)
    low, high = log(model.bounds[0]), log(model.bounds[1])
    for level in range(_LEVELS):
        grid = numpy.linspace(low, high, _POINTS)
        values = profile(grid)
        best = int(values.argmax())
        if level == 0 and best in (0, _POINTS - 1):
            return None
        low, high = grid[max(0, best - 1)], grid[min(_POINTS - 1, best + 1)]
    b = float(numpy.exp(grid[best])) / finds.span
    return Fit(model, finds.n / float(shape(model, finds.span, b)), b, float(values[best]), finds.n, finds.span)


def _profile(model: Model, finds: Finds) -> Callable[[Floats], Floats]:
    """Return the log-likelihood as a function of ln(b * span), a at its best."""
    import numpy

    def profile(x: Floats) -> Floats:
        rates = numpy.exp(x) / finds.span
        a = finds.n / shape(model, finds.span, rates)
        return numpy.asarray(finds.n * numpy.log(a) - finds.n + finds.log_shape(model, rates))

    return profile
