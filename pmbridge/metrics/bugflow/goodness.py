"""Whether a growth model can have made the data: a test that knows the parameters were fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmbridge.metrics.bugflow.growth import Finds, Fit, Model, shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

#: How many data sets are made from the fitted model.
SAMPLES = 199
#: A refused fit has a probability below this.
DOUBTFUL = 0.05
#: Of more finds than these every so many-th is looked at; the test is as good and stays quick.
MOST = 2000


def probability(fitted: Fit, finds: Finds, seed: int) -> float:
    """Return the share of data sets made from the fit that lie as far from their own fit as the data do from theirs.

    The distance is Kolmogorov and Smirnov's between the finds and m(t) / m(T). Each made set is fitted anew
    (parametric bootstrap); ``seed`` makes it repeatable. Counts of periods are spread evenly over each period.
    """
    import numpy

    placed = _placed(finds)
    dice = numpy.random.Generator(numpy.random.PCG64(seed))
    made = _draw(fitted, dice.random((SAMPLES, len(placed))))
    made.sort(axis=1)
    own = _distance(fitted.model, placed[None, :], numpy.array([fitted.b * fitted.span]))[0]
    others = _distance(fitted.model, made, _refit(fitted.model, made))
    return float((1 + (others >= own).sum()) / (SAMPLES + 1))


def _placed(finds: Finds) -> Floats:
    """Return the finds as shares of the span, in order."""
    import numpy

    if finds.times is not None:
        found = finds.times / finds.span
    else:
        assert finds.ends is not None
        assert finds.counts is not None
        begins = numpy.concatenate(([0.0], finds.ends[:-1]))
        spread = [
            begin + (numpy.arange(int(n)) + 0.5) / n * (end - begin)
            for begin, end, n in zip(begins, finds.ends, finds.counts, strict=True)
            if n
        ]
        found = numpy.concatenate(spread) / finds.span
    every = -(-len(found) // MOST)
    return numpy.asarray(found[::every])


def _draw(fitted: Fit, uniform: Floats) -> Floats:
    """Draw times from the fit by inverting F, as shares of the span."""
    import numpy
    from scipy.special import lambertw

    rate = fitted.b * fitted.span
    level = uniform * shape(fitted.model, 1.0, rate)
    if fitted.model is Model.GOEL_OKUMOTO:
        found = -numpy.log1p(-level) / rate
    elif fitted.model is Model.DELAYED_S:
        found = -(1 + lambertw((level - 1) / numpy.e, -1).real) / rate
    else:
        found = numpy.expm1(level) / rate
    return numpy.asarray(numpy.clip(found, 1e-12, 1.0))


def _distance(model: Model, times: Floats, rates: Floats) -> Floats:
    import numpy

    size = times.shape[1]
    level = shape(model, times, rates[:, None]) / shape(model, 1.0, rates)[:, None]
    steps = numpy.arange(1, size + 1) / size
    return numpy.asarray(numpy.maximum((steps - level).max(axis=1), (level - steps + 1 / size).max(axis=1)))


def _refit(model: Model, times: Floats) -> Floats:
    """Fit b to every row by halving on the slope of its profile likelihood, within the usual bounds."""
    import numpy

    low, high = (numpy.full(len(times), numpy.log(bound)) for bound in model.bounds)
    mean = times.mean(axis=1)
    for _ in range(30):
        middle = (low + high) / 2
        rising = _slope(model, times, mean, numpy.exp(middle)) > 0
        low, high = numpy.where(rising, middle, low), numpy.where(rising, high, middle)
    return numpy.asarray(numpy.exp((low + high) / 2))


def _slope(model: Model, times: Floats, mean: Floats, b: Floats) -> Floats:
    """Return the derivative of the mean log-likelihood of a find by ln b."""
    import numpy

    if model is Model.GOEL_OKUMOTO:
        found = 1 - b * mean - b * numpy.exp(-b) / -numpy.expm1(-b)
    elif model is Model.DELAYED_S:
        found = 2 - b * mean - b * b * numpy.exp(-b) / shape(model, 1.0, b)
    else:
        x = b[:, None] * times
        found = 1 - (x / (1 + x)).mean(axis=1) - b / ((1 + b) * numpy.log1p(b))
    return numpy.asarray(found)
