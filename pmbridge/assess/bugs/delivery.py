"""How the deployments since a launch went."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy

from pmbridge.assess.bugs import figures
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assessment import Deliveries, FailedDeployment, Figure, FigureStatus, Launch, LaunchStage, missing
from pmbridge.metrics.bugflow.clocks import times
from pmbridge.metrics.bugflow.deployments import carrying
from pmbridge.metrics.bugflow.failures import Failure, Incident, change_failures
from pmbridge.metrics.bugflow.groups import Group

_UNREAD = "no deployment to users is known, so nobody knows which of them failed"


def deliveries(one: Launched, field: BugField) -> tuple[Figure, Deliveries | None]:
    """Return the change-fail rate of a launch's own deployments, and what stands behind it."""
    shipped = field.witnesses.shipped.production
    if not shipped:
        return missing("", _UNREAD, FigureStatus.UNKNOWN), None
    settings = field.settings.bugs.failure
    incidents = Group(field.bugs, numpy.flatnonzero(field.bugs.is_incident))
    found = change_failures(
        shipped,
        [Incident(bug.key, bug.created_at, bug.restored_at) for bug in incidents],
        field.words.is_hotfix,
        timedelta(days=settings.days),
        _since(one, field),
        _until(one, field),
    )
    rate = figures.share(found.ratio, "no deployment reached users since the launch")
    mended = figures.quantile(times(found.recoveries(field.as_of)), 0.5)
    return rate, Deliveries(
        made=len(found.made),
        failed=len(found.failed),
        window_days=settings.days,
        recovery_p50=mended,
        failures=tuple(_failed(failure) for failure in found.failed),
    )


def _since(one: Launched, field: BugField) -> datetime:
    """Return when the deployments of this launch begin: with the first try at it, if there was one before."""
    title = next(m.title for m in field.reading.milestones if m.key == one.key)
    shipped, days = field.witnesses.shipped, timedelta(days=field.settings.bugs.failure.days)
    tried = {(made.source, made.id) for made in carrying(shipped.everything, title)}
    before = (p.at for p in shipped.production if p.at >= one.launch.at - days and (p.made.source, p.made.id) in tried)
    return min([one.launch.at, *before])


def _until(one: Launched, field: BugField) -> datetime:
    """Return when the deployments of this launch end: at the next launch, or with its window."""
    later = (other.at for other in field.launches.values() if other.at > one.launch.at)
    return min([one.end, *later])


def _failed(failure: Failure) -> FailedDeployment:
    made = failure.made
    return FailedDeployment(
        at=made.at,
        environment=made.environment,
        ref=made.ref,
        cause=failure.cause.value,
        recovered_at=failure.recovered_at,
        evidence=failure.evidence,
        url=made.url,
    )


def launch(one: Launched) -> Launch:
    """Write what tells the launch."""
    own = one.launch
    return Launch(
        evidence=own.evidence,
        precise=own.precise,
        full_at=own.full_at,
        stages=tuple(LaunchStage(environment=s.environment, at=s.at, share=s.share) for s in own.stages),
        exposure_known=own.exposure_known,
    )
