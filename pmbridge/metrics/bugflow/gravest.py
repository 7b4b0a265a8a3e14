"""How many of the defects to come are of the gravest severity, by their share of those found."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from pmbridge.metrics.bugflow.ratios import Ratio


@dataclass(frozen=True, slots=True)
class Gravest:
    """The expected number ahead with its bounds, and the chance that there is any."""

    ahead: float
    interval: tuple[float, float]
    chance: float


def gravest(found: Ratio, ahead: float, bounds: tuple[float, float]) -> Gravest | None:
    """Return what a growth model's prediction means for the gravest severity; ``None`` where no severity is known.

    The gravest are too few for a model of their own. Taken out of a Poisson stream by their share, they are one
    themselves. The bounds join those of the share (Wilson) with those of the prediction, rather too wide than narrow.
    """
    share, interval = found.value, found.interval
    if share is None or interval is None:
        return None
    expected = ahead * share
    return Gravest(expected, (bounds[0] * interval[0], bounds[1] * interval[1]), 1 - exp(-expected))
