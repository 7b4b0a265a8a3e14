"""The one empirical percentile of the project: the smallest value at which the asked share is reached."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil


def percentile(values: Iterable[float], q: float) -> float | None:
    """Return the smallest x with F(x) >= q, or ``None`` without values.

    It is always one of the values: a promise at P85 must have held for at least 85 % of them, so nothing is
    interpolated. ``q`` lies in (0, 1].
    """
    if not 0 < q <= 1:
        raise ValueError(f"a percentile lies above 0 and not above 1, got {q}")
    ordered = sorted(values)
    if not ordered:
        return None
    # A product such as 20 * 0.85 may land a hair above the whole number it stands for.
    return ordered[max(0, ceil(round(len(ordered) * q, 9)) - 1)]
