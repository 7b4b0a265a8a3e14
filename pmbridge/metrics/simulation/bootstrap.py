"""Finish times by drawing past weeks again, plain or with the weight of each week in doubt."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.random import Generator
from numpy.typing import NDArray

from pmbridge.metrics.simulation.finish import Finish
from pmbridge.metrics.simulation.history import Weeks
from pmbridge.metrics.simulation.trials import Question

#: Weeks drawn at once.
_BLOCK = 16


def bootstrap(weeks: Weeks, question: Question, rng: Generator) -> Finish:
    """Draw weeks independently, all alike, as most tools do: too sure of itself on a short history."""
    return _run("bootstrap", weeks, question, rng, _Plain(weeks, question.trials, rng))


def bayes_bootstrap(weeks: Weeks, question: Question, rng: Generator) -> Finish:
    """Draw weeks whose chances are themselves drawn, Dirichlet(1, .., 1) in each trial (Rubin 1981)."""
    return _run("bayes_bootstrap", weeks, question, rng, _Urn(weeks, question.trials, rng))


class _Plain:
    """Weeks drawn independently of each other."""

    def __init__(self, weeks: Weeks, trials: int, rng: Generator) -> None:
        self._size, self._trials, self._rng = len(weeks.finished), trials, rng

    def draw(self, count: int) -> NDArray[Any]:
        return self._rng.integers(0, self._size, (count, self._trials), dtype=numpy.int32)


class _Urn:
    """Weeks drawn from Pólya's urn: each drawn week is put back with a copy of itself.

    That is drawing with Dirichlet(1, .., 1) weights, without having to draw the weights.
    """

    def __init__(self, weeks: Weeks, trials: int, rng: Generator) -> None:
        self._size, self._rng = len(weeks.finished), rng
        self._each = numpy.arange(trials)
        self._drawn = numpy.empty((0, trials), numpy.int32)

    def draw(self, count: int) -> NDArray[Any]:
        known = len(self._drawn)
        self._drawn = numpy.concatenate([self._drawn, numpy.empty((count, len(self._each)), numpy.int32)])
        for k in range(known, known + count):
            ball = self._rng.integers(0, self._size + k, len(self._each), dtype=numpy.int32)
            copies = self._drawn[numpy.maximum(ball - self._size, 0), self._each] if k else ball
            self._drawn[k] = numpy.where(ball < self._size, ball, copies)
        return self._drawn[known:]


def _run(model: str, weeks: Weeks, question: Question, rng: Generator, source: _Plain | _Urn) -> Finish:
    """Follow every trial until nothing is left; the last week's need is spread evenly over it."""
    weeks.require()
    finished, grown = numpy.asarray(weeks.finished, float), numpy.asarray(weeks.grown, float)
    left = question.items(rng)
    took = numpy.where(left <= 0, 0.0, numpy.inf)
    for begin in range(0, question.horizon, _BLOCK):
        if (took < numpy.inf).all():
            break
        drawn = source.draw(min(_BLOCK, question.horizon - begin))
        for k, places in enumerate(drawn, start=begin):
            pace = finished[places] * question.share(k)
            if len(grown) and (question.freeze_weeks is None or k < question.freeze_weeks):
                left = numpy.where(took < numpy.inf, left, left + grown[places])
            ends = (took == numpy.inf) & (left <= pace) & (pace > 0)
            took[ends] = k + numpy.maximum(left[ends], 0) / pace[ends]
            left = left - pace
    return Finish.of(model, took + question.delay_weeks(rng), question.horizon)
