"""When each piece of work can start and must end, and which of it has no time to lose.

Forward: work starts when all it waits for has ended. Backward: it must end before what waits for it must start. The
difference is its float; where that is not above 0 the work is critical (Kelley and Walker 1959).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pmbridge.metrics.network.graph import Graph

#: Sums of many durations may miss each other by a rounding error.
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Activity:
    """Work with its remaining duration and what it waits for; an unknown duration makes all that follows unknown."""

    key: str
    duration: float | None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """Earliest and latest start and finish; the earliest are ``None`` behind something unknown."""

    earliest_start: float | None
    earliest_finish: float | None
    latest_start: float | None
    latest_finish: float | None

    @property
    def float_(self) -> float | None:
        """Time it can be late without harm; negative is late already."""
        if self.latest_start is None or self.earliest_start is None:
            return None
        return self.latest_start - self.earliest_start

    @property
    def is_critical(self) -> bool:
        """Whether it has no time to lose."""
        return self.float_ is not None and self.float_ <= _TOLERANCE


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """The times of all work that is not in a cycle; ``length`` is ``None`` where any of it is unknown.

    ``cycles`` wait for each other; ``unknown`` wait, at any distance, for something unknown or are it.
    """

    times: Mapping[str, Times]
    length: float | None
    cycles: tuple[tuple[str, ...], ...]
    unknown: tuple[str, ...]

    @property
    def critical(self) -> tuple[str, ...]:
        """The critical work, in the order in which it starts."""
        found = [(times.earliest_start or 0.0, times.earliest_finish or 0.0, key)
                 for key, times in self.times.items() if times.is_critical]  # fmt: skip
        return tuple(key for _, _, key in sorted(found))


def critical_path(activities: Iterable[Activity], deadline: float | None = None) -> CriticalPath:
    """Calculate the network; ``deadline`` is the time everything must have ended by, else its own length.

    What waits for work that nobody knows of, or that is in a cycle, is unknown.
    """
    work = {one.key: one for one in activities}
    graph = Graph.of({key: one.waits_for for key, one in work.items()})
    cycles = graph.cycles()
    circling = {key for group in cycles for key in group}
    graph = graph.without(circling)
    finishes = _forward(graph, work)
    known = [finish for finish in finishes.values() if finish is not None]
    unknown = tuple(key for key, finish in finishes.items() if finish is None)
    whole = not unknown and not cycles
    length = max(known, default=0.0)
    starts = _backward(graph, work, length if deadline is None else deadline)
    times = {key: _times(work[key], finishes[key], starts[key]) for key in graph.before}
    return CriticalPath(times, length if whole else None, cycles, unknown)


def _forward(graph: Graph, work: Mapping[str, Activity]) -> dict[str, float | None]:
    """Return the earliest finishes."""
    finishes: dict[str, float | None] = {}
    for key in graph.order():
        one = work[key]
        ends = [finishes.get(before) for before in dict.fromkeys(one.waits_for) if before != key]
        if one.duration is None or any(end is None for end in ends):
            finishes[key] = None
        else:
            finishes[key] = max((end for end in ends if end is not None), default=0.0) + one.duration
    return finishes


def _backward(graph: Graph, work: Mapping[str, Activity], deadline: float) -> dict[str, float | None]:
    """Return the latest starts; unknown where the work itself or anything that waits for it is."""
    starts: dict[str, float | None] = {}
    for key in reversed(graph.order()):
        must, duration = [starts[one] for one in graph.after[key]], work[key].duration
        if duration is None or any(start is None for start in must):
            starts[key] = None
        else:
            starts[key] = min([deadline, *(start for start in must if start is not None)]) - duration
    return starts


def _times(one: Activity, finish: float | None, start: float | None) -> Times:
    duration = one.duration
    return Times(
        earliest_start=None if finish is None or duration is None else finish - duration,
        earliest_finish=finish,
        latest_start=start,
        latest_finish=None if start is None or duration is None else start + duration,
    )
