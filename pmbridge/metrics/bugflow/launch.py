"""When a release reached its users, all at once or in steps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

import numpy

from pmbridge.history.micros import DAY, Whole, all_micros
from pmbridge.metrics.bugflow.meter import Reals

#: What a person wrote into the configuration wins over anything read from a tracker.
CONFIGURED = "configuration"


class Step(NamedTuple):
    """The share of users, tenants or traffic that had the release from an instant on."""

    at: datetime
    share: float


class Stage(NamedTuple):
    """An environment in which users work, when it got the release, and the share of users it has if that is known."""

    environment: str
    at: datetime
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that says when the release reached users; ``precise`` is false for a day without a time."""

    kind: str
    at: datetime
    precise: bool = True


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch: its instant, what tells it, and the steps in which users got it (none: all at once).

    ``stages`` are the environments it reached one after the other.
    """

    at: datetime
    evidence: str
    precise: bool = True
    steps: tuple[Step, ...] = ()
    stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        if any(not 0 <= step.share <= 1 for step in self.steps):
            raise ValueError("the share of users that have a release lies between 0 and 1")
        if any(b.at <= a.at or b.share < a.share for a, b in pairwise(self.steps)):
            raise ValueError("the steps of a launch must follow each other and never take the release away")

    @property
    def full_at(self) -> datetime | None:
        """When everybody had it; ``None`` while the steps end below 1."""
        if not self.steps:
            return self.stages[-1].at if self.stages else self.at
        return next((step.at for step in self.steps if step.share >= 1), None)

    @property
    def exposure_known(self) -> bool:
        """Whether it is known how many users had it when: all at once, or in steps of known size."""
        return bool(self.steps) or len({stage.at for stage in self.stages}) <= 1

    def share_at(self, t: datetime) -> float:
        """Return the share of users that had it at ``t``."""
        if t < self.at:
            return 0.0
        if not self.steps:
            return 1.0
        place = bisect_right(self.steps, t, key=lambda step: step.at)
        return self.steps[place - 1].share if place else self.steps[0].share

    def exposure(self, begin: datetime, end: datetime) -> float:
        """Return the exposure between two instants in days of full use: the integral of the share."""
        return float(self.exposures(begin, all_micros([end]))[0])

    def exposures(self, begin: datetime, ends: Whole) -> Reals:
        """Return the exposure from one instant to each of many."""
        marks = [begin, *sorted({at for at in (self.at, *(step.at for step in self.steps)) if at > begin})]
        shares, edges = numpy.array([self.share_at(at) for at in marks]), all_micros(marks)
        whole = numpy.concatenate(([0.0], numpy.cumsum(shares[:-1] * (numpy.diff(edges) / DAY))))
        passed = numpy.maximum(numpy.searchsorted(edges, ends, side="left") - 1, 0)
        return whole[passed] + shares[passed] * ((ends - edges[passed]) / DAY)


def steps_of(stages: Sequence[Stage]) -> tuple[Step, ...]:
    """Return the steps that environments of known size make; none where one of them is unknown, or where all is one."""
    if len(stages) < 2 or any(stage.share is None for stage in stages):
        return ()
    found: dict[datetime, float] = {}
    reached = 0.0
    for stage in stages:
        reached = min(1.0, reached + (stage.share or 0.0))
        found[stage.at] = reached
    return tuple(Step(at, share) for at, share in found.items())


def choose(found: Iterable[Evidence], order: Sequence[str]) -> Evidence | None:
    """Return the best evidence: a configured instant, else the first kind of ``order`` there is, its earliest."""
    known = sorted(found, key=lambda one: one.at)
    for kind in (CONFIGURED, *order):
        chosen = next((one for one in known if one.kind == kind), None)
        if chosen is not None:
            return chosen
    return None


def not_launched(at: datetime | None, as_of: datetime) -> str | None:
    """Say why there is no time after the launch to look at; ``None`` where there is."""
    if at is None:
        return "no launch is known: no deployment, release or version says when it reached users; configure its date"
    if at > as_of:
        return f"the launch lies ahead, on {at:%Y-%m-%d}"
    return None
