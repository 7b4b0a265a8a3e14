"""Finish times of steady processes in closed form: Poisson, and negative binomial for more scattered weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, variance

_LONGEST = 100_000


def poisson_within(rate: float, remaining: int, periods: float) -> float:
    """Return P(T <= periods) = P(Poisson(rate * periods) >= remaining)."""
    from scipy.special import gammainc

    return 1.0 if remaining <= 0 else float(gammainc(remaining, rate * periods)) if rate * periods > 0 else 0.0


def negative_binomial_within(mean: float, spread: float, remaining: int, periods: float) -> float:
    """Return P(T <= periods) where a period's count has this mean and variance; Poisson where it scatters no more.

    With r = m² / (v - m) and p = m / v the sum of k periods is negative binomial with k r and p.
    """
    from scipy.special import betainc

    if remaining <= 0:
        return 1.0
    if mean <= 0 or periods <= 0:
        return 0.0
    if spread <= mean:
        return poisson_within(mean, remaining, periods)
    size, chance = mean * mean / (spread - mean), mean / spread
    return float(betainc(remaining, periods * size, 1 - chance))


def moments(weekly: Sequence[float]) -> tuple[float, float]:
    """Return mean and sample variance, the variance at least that of a Poisson process."""
    mean = fmean(weekly)
    return mean, max(variance(weekly) if len(weekly) > 1 else mean, mean)


def quantile(within: Callable[[int], float], q: float) -> int:
    """Return the first whole period by which the finish is reached with probability ``q``."""
    high = 1
    while within(high) < q:
        high *= 2
        if high > _LONGEST:
            raise ValueError("the finish is not reached in any time that matters")
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) >= q else (middle, high)
    return high if within(low) < q else low
