"""Whether counts move within what chance explains: Shewhart charts of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

#: Limits mean nothing on fewer points.
MIN_POINTS = 20
#: From this ratio of variance to mean on, counts scatter more than Poisson's and limits are widened.
OVERDISPERSED = 1.5


@dataclass(frozen=True, slots=True)
class Chart:
    """A centre with limits for every point; ``out`` are the places, from 0, of points beyond them."""

    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    out: tuple[int, ...]
    widened: float = 1.0


def u_chart(
    counts: Sequence[int], units: Sequence[float], baseline: Sequence[int] | None = None, *, widen: bool = False
) -> Chart:
    """Chart counts per unit of exposure: limits at three sigma, ubar +- 3 sqrt(ubar / n).

    ``baseline`` are the places of the points in control that set the centre, by default all. With ``widen``, limits
    grow with the scatter between the points (Laney 2002) where it exceeds what Poisson counts have.
    """
    if len(counts) != len(units):
        raise ValueError(f"{len(counts)} counts need as many exposures, not {len(units)}")
    if any(unit <= 0 for unit in units):
        raise ValueError("an exposure must be above 0: leave out periods in which nobody used the product")
    chosen = range(len(counts)) if baseline is None else baseline
    if not chosen:
        raise ValueError("a chart needs points in control to set its centre")
    centre = sum(counts[i] for i in chosen) / sum(units[i] for i in chosen)
    factor = _widening(counts, units, centre, chosen) if widen else 1.0
    half = [3 * factor * sqrt(centre / unit) for unit in units]
    lower = tuple(max(0.0, centre - h) for h in half)
    upper = tuple(centre + h for h in half)
    rates = [count / unit for count, unit in zip(counts, units, strict=True)]
    out = tuple(i for i, rate in enumerate(rates) if rate > upper[i] or rate < lower[i])
    return Chart(centre, lower, upper, out, factor)


def c_chart(counts: Sequence[int], baseline: Sequence[int] | None = None, *, widen: bool = False) -> Chart:
    """Chart counts where the exposure does not change."""
    return u_chart(counts, [1.0] * len(counts), baseline, widen=widen)


def _widening(counts: Sequence[int], units: Sequence[float], centre: float, chosen: Sequence[int]) -> float:
    """Return the sigma of the standardised points, from their moving ranges; at least 1."""
    if centre <= 0 or len(chosen) < 2:
        return 1.0
    scores = [(counts[i] / units[i] - centre) / sqrt(centre / units[i]) for i in chosen]
    if sum(z * z for z in scores) / (len(scores) - 1) <= OVERDISPERSED:
        return 1.0
    ranges = [abs(b - a) for a, b in pairwise(scores)]
    return max(1.0, sum(ranges) / len(ranges) / 1.128)


def score(observed: float, expected: float) -> float:
    """Return how many sigmas a count lies above what was expected of it."""
    if expected <= 0:
        raise ValueError("a count can be compared with an expectation above 0 only")
    return (observed - expected) / sqrt(expected)
