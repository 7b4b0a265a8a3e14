"""Which production deployments failed, and how soon each failure was mended."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pmbridge.metrics.bugflow.clocks import Wait
from pmbridge.metrics.bugflow.deployments import Placed, lane
from pmbridge.metrics.bugflow.ratios import Ratio
from pmbridge.model import Deployment

_DAY = timedelta(days=1)


class Cause(StrEnum):
    """Why a deployment counts as failed."""

    BROKE = "did not get through"
    ROLLED_BACK = "was rolled back"
    HOTFIX = "needed a hotfix"
    INCIDENT = "was followed by an incident"


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident that users met; ``restored_at`` is when the service was back."""

    key: str
    at: datetime
    restored_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed deployment, the first reason why, and when it was mended; ``evidence`` is the incident's key."""

    made: Deployment
    cause: Cause
    recovered_at: datetime | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeFailures:
    """The deployments of a stretch of time and those of them that failed; ``young`` are still to be judged."""

    made: tuple[Deployment, ...]
    failed: tuple[Failure, ...]
    young: int

    @property
    def ratio(self) -> Ratio:
        """The share that failed (DORA); what is too young and has not failed is in neither."""
        return Ratio(len(self.failed), len(self.made) - self.young, self.young)

    def recoveries(self, as_of: datetime) -> list[Wait]:
        """Return how long each failure lasted, those not mended counted with the time so far."""
        found = []
        for one in self.failed:
            end = one.recovered_at or as_of
            found.append(Wait(one.made.id, max(0.0, (end - one.made.at) / _DAY), int(one.recovered_at is not None)))
        return found


def change_failures(
    deployments: Sequence[Placed],
    incidents: Iterable[Incident],
    is_hotfix: Callable[[Deployment], bool],
    window: timedelta,
    begin: datetime,
    end: datetime,
) -> ChangeFailures:
    """Judge the deployments that ended within [begin, end] by what followed within ``window``.

    A deployment failed when it did not get through, was rolled back, or needed a hotfix in its own lane, or when an
    incident came with no other deployment between. A rollback mends and is no delivery of its own.
    """
    found = _broken(deployments) | _mended(deployments, is_hotfix, window)
    for failure in _upset(deployments, incidents, window):
        found.setdefault(_id(failure.made), failure)
    own = [one.made for one in deployments if begin <= one.at <= end and not one.is_rollback]
    failed = tuple(found[_id(made)] for made in own if _id(made) in found)
    young = sum(made.at + window > end and _id(made) not in found for made in own)
    return ChangeFailures(tuple(own), failed, young)


def _id(made: Deployment) -> tuple[str, str]:
    return made.source, made.id


_Failures = dict[tuple[str, str], Failure]


def _broken(deployments: Sequence[Placed]) -> _Failures:
    """Find those that did not get through; the next one of the lane that did is the recovery."""
    found: _Failures = {}
    waiting: dict[tuple[str, str, str], list[Deployment]] = {}
    for one in deployments:
        if not one.succeeded:
            found[_id(one.made)] = Failure(one.made, Cause.BROKE)
            waiting.setdefault(lane(one.made), []).append(one.made)
            continue
        for made in waiting.pop(lane(one.made), []):
            found[_id(made)] = Failure(made, Cause.BROKE, one.at)
    return found


def _mended(deployments: Sequence[Placed], is_hotfix: Callable[[Deployment], bool], window: timedelta) -> _Failures:
    """Find those that the next one of their lane took back or patched."""
    found: _Failures = {}
    for one in deployments:
        before = one.replaced
        if before is None or not one.succeeded or one.at - before.at > window:
            continue
        if one.is_rollback:
            found[_id(before)] = Failure(before, Cause.ROLLED_BACK, one.at)
        elif is_hotfix(one.made):
            found.setdefault(_id(before), Failure(before, Cause.HOTFIX, one.at))
    return found


def _upset(deployments: Sequence[Placed], incidents: Iterable[Incident], window: timedelta) -> Iterable[Failure]:
    """Blame each incident on the last deployment that users got before it."""
    reached = [one for one in deployments if one.succeeded and not one.is_rollback]
    for incident in sorted(incidents, key=lambda one: (one.at, one.key)):
        place = bisect_right(reached, incident.at, key=lambda one: one.at)
        if place and incident.at <= reached[place - 1].at + window:
            yield Failure(reached[place - 1].made, Cause.INCIDENT, incident.restored_at, incident.key)
