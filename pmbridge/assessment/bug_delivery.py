"""How a release reached its users, and how its deployments went."""

from __future__ import annotations

from pmbridge.assessment.figures import Contract, Figure, Moment


class LaunchStage(Contract):
    """An environment in which users work, when it got the release, and the share of users it has if that is known."""

    environment: str
    at: Moment
    share: float | None


class Launch(Contract):
    """What tells the launch, whether it is an instant or a day only, and when everybody had the release.

    ``stages`` are the environments it reached one after the other; ``exposure_known`` says whether it is known how many
    users had it when.
    """

    evidence: str
    precise: bool
    full_at: Moment | None
    stages: tuple[LaunchStage, ...] = ()
    exposure_known: bool = True


class FailedDeployment(Contract):
    """A deployment that failed, why it counts as such, and when that was mended; ``evidence`` is an incident's key."""

    at: Moment
    environment: str
    ref: str | None
    cause: str
    recovered_at: Moment | None
    evidence: str | None = None
    url: str | None = None


class Deliveries(Contract):
    """The production deployments since a launch, until the next one: how many, which failed, how soon it was mended."""

    made: int
    failed: int
    window_days: float
    recovery_p50: Figure
    failures: tuple[FailedDeployment, ...] = ()
