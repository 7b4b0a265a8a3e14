"""Draws the simulation needs beyond those of the standard library."""

from __future__ import annotations

from math import exp, log
from random import Random

FIBONACCI = (1, 2, 3, 5, 8, 13, 21)


def poisson(dice: Random, mean: float) -> int:
    """Return a Poisson count by Knuth's product of uniforms; for means up to a few hundred."""
    limit, product, count = exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


def lognormal(dice: Random, median: float, spread: float) -> float:
    """Return a log-normal value of that median; ``spread`` is the deviation of its logarithm."""
    return dice.lognormvariate(log(median), spread)


def story_points(hours: float) -> float:
    """Return the card of the usual deck that is nearest to ``hours`` in points."""
    return float(min(FIBONACCI, key=lambda card: abs(log(card) - log(max(hours, 0.1)))))
