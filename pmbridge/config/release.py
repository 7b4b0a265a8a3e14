"""When a product launched, and how fast its bugs must be answered."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from pmbridge.config.section import Section, Words

_SPAN = re.compile(r"[1-9][0-9]*(bd|bh|d|h)")


def _span(text: str) -> str:
    if not _SPAN.fullmatch(text):
        raise ValueError(f"{text!r} is no span of time: write 2bd (business days), 4bh (business hours), 3d or 12h")
    return text


#: A span like 2bd (business days), 4bh (business hours), 3d or 12h (elapsed).
Span = Annotated[str, AfterValidator(_span)]


class LaunchEvidence(StrEnum):
    """What may tell the instant at which a version reached users."""

    DEPLOYMENT = "deployment"
    RELEASE = "release"
    VERSION = "version"
    TAG = "tag"


class LaunchStep(Section):
    """The share of users that had a release from a day or instant on."""

    at: datetime | date
    share: float = Field(ge=0, le=1)


class LaunchSettings(Section):
    """Where a launch is read from, best evidence first.

    ``dates`` maps a milestone's title to the day or instant at which it reached users, and wins; ``steps`` to the
    shares of a launch that did not reach everybody at once. An instant without a zone is meant in the product's.
    ``environments`` are those in which users work, by default those that the trackers know as production; ``exposure``
    is the share of users each of them has.
    """

    evidence: tuple[LaunchEvidence, ...] = Field(
        (LaunchEvidence.DEPLOYMENT, LaunchEvidence.RELEASE, LaunchEvidence.VERSION), alias="from", min_length=1
    )
    environments: tuple[Words, ...] = ()
    exposure: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(default_factory=dict)
    dates: dict[str, datetime | date] = Field(default_factory=dict)
    steps: dict[str, tuple[LaunchStep, ...]] = Field(default_factory=dict)


class StableSettings(Section):
    """What counts as calm after a launch: defects a week, open ones of the second severity, for so many days."""

    weekly_arrivals: float = Field(2.0, ge=0)
    open_second: int = Field(2, ge=0)
    days: int = Field(14, ge=1)


class AlarmSettings(Section):
    """The rise of arrivals that an alarm is to notice, as a factor, and how seldom it may come for nothing, in days."""

    rise: float = Field(1.75, gt=1)
    false_alarm_days: float = Field(200.0, ge=7)


class FailureSettings(Section):
    """When a deployment counts as failed: what its tag or branch says of a hotfix, and how many days trouble has."""

    hotfix: tuple[Words, ...] = ("hotfix",)
    days: float = Field(7.0, gt=0)


class HandoffSettings(Section):
    """How reports are handed over: the support projects by source, and the statuses or labels that say where one lies.

    Statuses are named as they are, labels as ``label:name``. ``escalated`` is said by a support ticket, ``returned``
    and ``deployed`` by an engineering item, ``waiting_for_customer`` by either. ``stuck_days`` are working days without
    a move, ``stuck_hours`` those of the gravest severity.
    """

    support: dict[str, tuple[Words, ...]] = Field(default_factory=dict)
    escalated: tuple[Words, ...] = ()
    returned: tuple[Words, ...] = ()
    deployed: tuple[Words, ...] = ()
    waiting_for_customer: tuple[Words, ...] = ()
    stuck_days: float = Field(3.0, gt=0)
    stuck_hours: float = Field(4.0, gt=0)


class BugSettings(Section):
    """How bugs are counted after a launch, and how fast they must be resolved.

    ``sla`` is the time to resolve by the tracker's word for severity or priority; ``sla_target`` the share that is to
    hold. ``severities`` ranks such words, groups of equal ones from the gravest on. ``found_in_production`` are labels
    of bugs that users met. ``window_days`` is how long a launch is looked at. ``transferred`` maps a milestone's title
    to the day on which operation was handed over. ``incident`` are types or labels of bugs that took the service away,
    ``restored`` statuses or labels that say it is back. ``comments`` has a sync read who answered bugs after a
    launch.
    """

    sla: dict[str, Span] = Field(default_factory=dict)
    sla_target: float = Field(0.9, ge=0, le=1)
    severities: tuple[tuple[Words, ...], ...] = ()
    found_in_production: tuple[Words, ...] = ("found-in-production",)
    incident: tuple[Words, ...] = ("Incident", "type::incident")
    restored: tuple[Words, ...] = ()
    comments: bool = False
    failure: FailureSettings = FailureSettings()
    window_days: int = Field(180, ge=14)
    transferred: dict[str, date] = Field(default_factory=dict)
    stable: StableSettings = StableSettings()
    alarm: AlarmSettings = AlarmSettings()
    handoff: HandoffSettings = HandoffSettings()
