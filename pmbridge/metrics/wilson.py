"""The interval printed beside every observed share: Wilson's."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson_interval(hits: float, trials: int, level: float = 0.95) -> tuple[float, float] | None:
    """Return the bounds of the true share given ``hits`` of ``trials``, or ``None`` without trials.

    Wilson's score interval (1927): it stays within 0..1 and holds for small samples and shares near either end.
    ``hits`` may be an expected count.
    """
    if trials == 0:
        return None
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials cannot be")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = hits / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)
