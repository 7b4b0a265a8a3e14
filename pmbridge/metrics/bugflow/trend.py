"""Whether defects are found ever more slowly: Laplace's trend factor."""

from __future__ import annotations

from math import sqrt

from pmbridge.metrics.bugflow.growth import Finds

#: Below this there is growth of reliability at the 5 % level.
SIGNIFICANT = -1.645


def laplace(finds: Finds) -> float | None:
    """Return Laplace's factor: negative where finds slow down, about 0 where they are steady, positive where they rise.

    ``None`` without finds. For times it is (mean - T/2) / (T sqrt(1 / 12 n)); counts of periods of one width have
    the corresponding sum (Kanoun & Laprie 1994).
    """
    if finds.n == 0:
        return None
    if finds.times is not None:
        mean = float(finds.times.mean())
        return (mean - finds.span / 2) / (finds.span * sqrt(1 / (12 * finds.n)))
    assert finds.counts is not None
    periods, n = len(finds.counts), finds.n
    if periods < 2:
        return None
    moment = float((finds.counts * range(periods)).sum())
    return (moment - n * (periods - 1) / 2) / sqrt(n * (periods**2 - 1) / 12)


def estimate_exists(finds: Finds) -> bool:
    """Tell whether Goel-Okumoto has a maximum: only where the finds lie early on the whole (Hossain & Dahiya 1993)."""
    factor = laplace(finds)
    return factor is not None and factor < 0
