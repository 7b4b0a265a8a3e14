"""When each milestone of a product reached its users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from pmbridge.config.release import LaunchSettings
from pmbridge.history.days import day_begins
from pmbridge.history.merging import MergedMilestone, normal_title
from pmbridge.metrics.bugflow.launch import CONFIGURED, Evidence, Launch, Step, choose
from pmbridge.model import MilestoneKind, MilestoneState

Entry = TypeVar("Entry")


def launch(milestone: MergedMilestone, settings: LaunchSettings, zone: ZoneInfo) -> Launch | None:
    """Return the launch of a milestone; ``None`` where nothing tells it."""
    steps = tuple(
        Step(_instant(step.at, zone)[0], step.share) for step in _of_title(settings.steps, milestone.title) or ()
    )
    found = choose(_evidence(milestone, settings, zone, steps), [kind.value for kind in settings.evidence])
    return None if found is None else Launch(found.at, found.kind, found.precise, steps)


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
