"""Proper scores of probabilistic forecasts: smaller is better, and honesty is the best policy."""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, exp, pi, sqrt

from pmbridge.metrics.forecast import HORIZON_DAYS, Prediction


def pinball_loss(outcomes: Sequence[float], quantiles: Sequence[float], q: float) -> float:
    """Return the mean loss of quantile forecasts at level ``q``, in the outcomes' unit (Koenker and Bassett 1978)."""
    pairs = list(zip(outcomes, quantiles, strict=True))
    if not pairs:
        raise ValueError("a mean loss needs at least one outcome")
    return sum(max(q * (y - x), (q - 1) * (y - x)) for y, x in pairs) / len(pairs)


def crps_ensemble(sample: Sequence[float], outcome: float) -> float:
    """Return the continuous ranked probability score of a sample: E|X-y| - E|X-X'|/2 (Gneiting and Raftery 2007)."""
    size = len(sample)
    if not size:
        raise ValueError("a score needs at least one value of the forecast")
    ordered = sorted(sample)
    spread = sum((2 * i - size + 1) * x for i, x in enumerate(ordered)) / size**2
    return sum(abs(x - outcome) for x in ordered) / size - spread


def crps_normal(mean: float, deviation: float, outcome: float) -> float:
    """Return the continuous ranked probability score of a normal forecast, in closed form."""
    z = (outcome - mean) / deviation
    density = exp(-z * z / 2) / sqrt(2 * pi)
    return deviation * (z * erf(z / sqrt(2)) + 2 * density - 1 / sqrt(pi))


def crps_days(prediction: Prediction, true_days: int) -> float:
    """Return the continuous ranked probability score of a finish forecast in whole days, up to the horizon."""
    import numpy
    from scipy.special import stdtr

    days = numpy.arange(1, HORIZON_DAYS + 1)
    within = stdtr(prediction.freedom, (numpy.log(days) - prediction.location) / prediction.scale)
    return float(((within - (days >= true_days)) ** 2).sum())


def brier(probability: float, happened: bool) -> float:
    """Return the squared error of a probability (Brier 1950): 0 is certain and right, 1 certain and wrong."""
    return (probability - happened) ** 2
