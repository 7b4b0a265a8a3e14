"""When each milestone of a product reached its users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from pmbridge.config.release import LaunchEvidence, LaunchSettings
from pmbridge.history.days import day_begins
from pmbridge.history.merging import MergedMilestone, normal_title
from pmbridge.metrics.bugflow.deployments import Placed, carrying, first_by_environment, placed
from pmbridge.metrics.bugflow.launch import CONFIGURED, Evidence, Launch, Stage, Step, choose, steps_of
from pmbridge.model import Deployment, MilestoneKind, MilestoneState

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Shipped:
    """Everything that was deployed, and those deployments of it that reached users, in their lanes."""

    everything: tuple[Deployment, ...] = ()
    production: tuple[Placed, ...] = ()

    @classmethod
    def of(cls, deployments: Iterable[Deployment], settings: LaunchSettings) -> Shipped:
        """Take the environments that are configured, else those that the trackers know as production."""
        known, own = tuple(deployments), {name.casefold() for name in settings.environments}
        users = (one for one in known if (one.environment.casefold() in own if own else one.production))
        return cls(known, placed(users))


#: Where nothing is known of deployments.
NOTHING_SHIPPED = Shipped()


def launch(
    milestone: MergedMilestone, settings: LaunchSettings, zone: ZoneInfo, shipped: Shipped = NOTHING_SHIPPED
) -> Launch | None:
    """Return the launch of a milestone; ``None`` where nothing tells it."""
    steps = tuple(
        Step(_instant(step.at, zone)[0], step.share) for step in _of_title(settings.steps, milestone.title) or ()
    )
    made = carrying(shipped.everything, milestone.title) if shipped.everything else ()
    stages = _stages(made, shipped, settings)
    evidence = (*_evidence(milestone, settings, zone, steps), *_deployed(made, stages))
    found = choose(evidence, [kind.value for kind in settings.evidence])
    if found is None:
        return None
    if found.kind != LaunchEvidence.DEPLOYMENT:
        return Launch(found.at, found.kind, found.precise, steps)
    return Launch(found.at, found.kind, found.precise, steps_of(stages), stages)


def _stages(made: tuple[Deployment, ...], shipped: Shipped, settings: LaunchSettings) -> tuple[Stage, ...]:
    shares = {name.casefold(): share for name, share in settings.exposure.items()}
    reached = first_by_environment(shipped.production, made) if made else ()
    return tuple(Stage(name, at, shares.get(name.casefold())) for name, at in reached)


def _deployed(made: Iterable[Deployment], stages: tuple[Stage, ...]) -> Iterator[Evidence]:
    """Tell what deployments say: the first that reached users, and that the tag was there when it was first built."""
    if stages:
        yield Evidence(LaunchEvidence.DEPLOYMENT, stages[0].at)
    yield from (Evidence(LaunchEvidence.TAG, one.at, precise=False) for one in made)


def _evidence(
    milestone: MergedMilestone, settings: LaunchSettings, zone: ZoneInfo, steps: tuple[Step, ...]
) -> Iterator[Evidence]:
    configured = _of_title(settings.dates, milestone.title)
    if configured is not None:
        at, precise = _instant(configured, zone)
        yield Evidence(CONFIGURED, at, precise)
    elif steps:
        yield Evidence(CONFIGURED, steps[0].at)
    for face in milestone.faces:
        if face.state is not MilestoneState.RELEASED or face.released_at is None:
            continue
        version = face.kind is MilestoneKind.VERSION
        if version and face.released_at.time() == time.min:
            # A version keeps the day of its release only; the day begins in the product's zone.
            yield Evidence("version", day_begins(face.released_at.date(), zone), precise=False)
        else:
            yield Evidence("version" if version else "release", face.released_at)


def _instant(value: datetime | date, zone: ZoneInfo) -> tuple[datetime, bool]:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC), True
    return day_begins(value, zone), False


def _of_title(entries: Mapping[str, Entry], title: str) -> Entry | None:
    return next((entry for name, entry in entries.items() if normal_title(name) == normal_title(title)), None)
