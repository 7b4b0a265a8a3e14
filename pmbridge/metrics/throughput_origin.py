"""Whether "at least so many items within these weeks" held, looking back from every past week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmbridge.metrics.simulation.history import MEDIUM_WEEKS, TooLittleHistoryError, Weeks
from pmbridge.metrics.simulation.seed import Seed

#: How far ahead is looked, in weeks.
AHEAD = (2, 4, 8)
_WINDOW = 26
_TRIALS = 2000


@dataclass(frozen=True, slots=True)
class Held:
    """How often the promised counts of one look ahead were reached; ``None`` without a case."""

    weeks: int
    forecasts: int
    p50: float | None
    p85: float | None


def throughput_origins(weekly: Sequence[int], milestone: str, ahead: Sequence[int] = AHEAD) -> tuple[Held, ...]:
    """Promise counts from every week that has eight before it, and see whether they were reached.

    ``weekly`` are finishes by week, oldest first; ``milestone`` names the series, for the seed.
    """
    return tuple(_held(weekly, weeks, milestone) for weeks in ahead)


def _held(weekly: Sequence[int], weeks: int, name: str) -> Held:
    kept: list[tuple[bool, bool]] = []
    for origin in range(MEDIUM_WEEKS, len(weekly) - weeks + 1):
        promised = _promise(weekly[max(0, origin - _WINDOW) : origin], weeks, Seed(0, name, origin))
        if promised is not None:
            actual = sum(weekly[origin : origin + weeks])
            kept.append((actual >= promised[0], actual >= promised[1]))
    if not kept:
        return Held(weeks, 0, None, None)
    return Held(weeks, len(kept), *(sum(pair[n] for pair in kept) / len(kept) for n in (0, 1)))


def _promise(weekly: Sequence[int], weeks: int, seed: Seed) -> tuple[int, int] | None:
    from pmbridge.metrics.simulation.autoregressive import how_many, items_within

    try:
        counts = items_within(Weeks(tuple(map(float, weekly))), weeks, _TRIALS, seed.generator())
    except TooLittleHistoryError:
        return None
    return how_many(counts, 0.5), how_many(counts, 0.85)
