"""The plain bootstrap without a trial: its distribution by repeated convolution of what was observed.

Drawing past periods with replacement until nothing is left asks for P(T <= k) = P(sum of k draws >= N), which needs no
random numbers. Whole periods, whole items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST = 100_000
#: The distribution is followed until no more than this is missing from it.
_REST = 1e-12


@dataclass(frozen=True, slots=True)
class ExactFinish:
    """P(T <= k) for k = 0, 1, 2 and on, until it is 1 to the last digit that matters."""

    within: tuple[float, ...]

    def probability_within(self, periods: int) -> float:
        """Return P(T <= periods)."""
        return self.within[min(periods, len(self.within) - 1)] if periods >= 0 else 0.0

    def quantile(self, q: float) -> int:
        """Return the first period by which the finish is reached with probability ``q``."""
        return next(k for k, share in enumerate(self.within) if share >= q - _REST)

    @property
    def mean(self) -> float:
        """Expected periods: the sum of P(T > k)."""
        return sum(1 - share for share in self.within)


def finish(observed: Sequence[int], remaining: int) -> ExactFinish:
    """Return when so many items are done if every period to come is one of the ``observed`` ones, all alike.

    ``ValueError`` where nothing was ever finished: it would take for ever.
    """
    import numpy

    if remaining > 0 and not any(observed):
        raise ValueError("nothing was finished in any period, so there is no end")
    step = _frequencies(observed)
    # `sums` holds P(sum = s) for s below `remaining`; what has reached it is done.
    sums, within = numpy.ones(1), [float(remaining <= 0)]
    while within[-1] < 1 - _REST and len(within) < _LONGEST:
        sums = numpy.convolve(sums, step)[: max(0, remaining)]
        within.append(1 - float(sums.sum()))
    return ExactFinish(tuple(within))


def how_many(observed: Sequence[int], periods: int, q: float) -> int:
    """Return the largest number that is finished in so many periods with probability ``q``."""
    import numpy

    sums, step = numpy.ones(1), _frequencies(observed)
    for _ in range(periods):
        sums = numpy.convolve(sums, step)
    at_least = numpy.cumsum(sums[::-1])[::-1]
    return int(numpy.nonzero(at_least >= q - _REST)[0][-1])


def _frequencies(observed: Sequence[int]) -> NDArray[Any]:
    import numpy

    if not observed or min(observed) < 0:
        raise ValueError("the observed periods must be counts of 0 or more, at least one of them")
    return numpy.bincount(numpy.asarray(observed, int)) / len(observed)
