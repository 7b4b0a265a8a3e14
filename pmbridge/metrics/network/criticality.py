"""How long a network takes by trial, and how often each piece of work lies on its longest path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy
from numpy.random import Generator
from numpy.typing import NDArray

from pmbridge.metrics.network.graph import Graph

_TOLERANCE = 1e-9
#: Comparable pieces of work from which on they are drawn from themselves.
_ENOUGH = 10


@dataclass(frozen=True, slots=True, eq=False)
class NetworkTrials:
    """The length of the network in each trial, sorted, and the criticality index of each piece of work."""

    lengths: NDArray[Any]
    criticality: Mapping[str, float]

    def quantile(self, q: float) -> float:
        """Return the smallest length that holds in at least the share ``q`` of the trials."""
        return float(self.lengths[max(0, int(numpy.ceil(round(len(self.lengths) * q, 9))) - 1)])

    def probability_within(self, time: float) -> float:
        """Return the share of trials that end by ``time``."""
        return float(numpy.searchsorted(self.lengths, time, side="right")) / len(self.lengths)


def simulate(waits_for: Mapping[str, Sequence[str]], durations: Mapping[str, NDArray[Any]]) -> NetworkTrials:
    """Run the network through every trial; ``durations`` holds one value a trial for each piece of work.

    Work in a cycle must have been left out. A trial's longest path is all work without float in it.
    """
    graph = Graph.of(waits_for)
    order = graph.order()
    if not order:
        raise ValueError("a network needs at least one piece of work")
    finishes: dict[str, NDArray[Any]] = {}
    for key in order:
        ends = [finishes[one] for one in graph.before[key]]
        finishes[key] = durations[key] + (numpy.maximum.reduce(ends) if ends else 0.0)
    length = numpy.maximum.reduce(list(finishes.values()))
    starts: dict[str, NDArray[Any]] = {}
    for key in reversed(order):
        must = [starts[one] for one in graph.after[key]]
        starts[key] = (numpy.minimum.reduce(must) if must else length) - durations[key]
    share = {key: float(((starts[key] - (finishes[key] - durations[key])) <= _TOLERANCE).mean()) for key in order}
    return NetworkTrials(numpy.sort(length), share)


def draw_remaining(past: Sequence[float], age: float, trials: int, rng: Generator) -> NDArray[Any]:
    """Draw how much longer work of this age will take, from how long work of its type took that lasted longer.

    A handful of those would let one freak rule, so they only lend their median to an exponential rest; where none
    lasted so long, the age is taken for the mean of what is left.
    """
    longer = numpy.asarray([one - age for one in past if one > age], float)
    if len(longer) >= _ENOUGH:
        return rng.choice(longer, trials)
    mean = float(numpy.median(longer)) / log(2) if len(longer) else max(1.0, age)
    return rng.exponential(mean, trials)
