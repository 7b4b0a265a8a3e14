"""The colour of a milestone's people: is anybody who matters overloaded, away, or the only one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pmbridge.assessment import Reason
from pmbridge.metrics import wording
from pmbridge.metrics.concentration import ALONE, Concentration
from pmbridge.metrics.load import told_elsewhere
from pmbridge.metrics.schedule import AMBER, GREEN, RED, UNKNOWN, Verdict, Weighed

#: Working days away, of the next ten, from which work on the critical path is in danger.
MOST_AWAY = 3


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """Load from which a team is overloaded, and badly so; 1.0 is full."""

    amber: float = 1.0
    red: float = 1.25


@dataclass(frozen=True, slots=True)
class People:
    """What is known of the people behind a milestone.

    ``leans_since`` is when somebody came to hold more than half of the open work, where one does.
    ``overloaded`` names teams with the weeks in which their load is above the limit, two or more running.
    ``critical_away`` maps critical items to the working days of the next ten on which their assignee is away,
    ``critical_overloaded`` lists those whose assignee's team is badly overloaded. ``loads_known`` tells whether a load
    could be computed at all. ``elsewhere`` holds the hours of those weeks that belong to other products, by team and
    title.
    """

    concentration: Concentration | None = None
    overloaded: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    critical_away: tuple[tuple[str, int], ...] = ()
    critical_overloaded: tuple[str, ...] = ()
    loads_known: bool = False
    elsewhere: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    leans_since: datetime | None = None


def resources_verdict(people: People, limits: ResourceLimits) -> Verdict:
    """Judge overload, absence and concentration; unknown without assignees, and never green without a load."""
    if people.concentration is None and not people.loads_known:
        return Verdict(UNKNOWN)
    red = [*_away(people), *_critical(people, limits)]
    amber = [*_loads(people, limits), *_alone(people)]
    reasons = tuple(red + amber)
    if red:
        return Verdict(RED, reasons)
    if amber:
        return Verdict(AMBER, reasons)
    return Verdict(GREEN if people.loads_known else UNKNOWN)


def _away(people: People) -> list[Weighed]:
    away = [(item, days) for item, days in people.critical_away if days > MOST_AWAY]
    if not away:
        return []
    keys = tuple(item for item, _ in away)
    most = max(days for _, days in away)
    reason = Reason(
        rule="resources.critical_away",
        measured=wording.count(most, "day"),
        threshold=wording.count(MOST_AWAY, "day"),
        text=f"On the critical path, {wording.listed(keys)} waits for someone who is away for "
        f"{wording.count(most, 'working day')} of the next ten.",
        evidence=keys,
        remedy=f"Hand {wording.listed(keys)} over.",
    )
    return [Weighed(0.3, reason)]


def _critical(people: People, limits: ResourceLimits) -> list[Weighed]:
    if not people.critical_overloaded:
        return []
    keys = people.critical_overloaded
    reason = Reason(
        rule="resources.critical_overload",
        measured=wording.count(len(keys), "item"),
        threshold="0 items",
        text=f"On the critical path, {wording.listed(keys)} lies with a team loaded above {wording.share(limits.red)}.",
        evidence=keys,
        remedy="Take other work off that team.",
    )
    return [Weighed(0.25, reason)]


def _loads(people: People, limits: ResourceLimits) -> list[Weighed]:
    if not people.overloaded:
        return []
    teams = sorted(people.overloaded)
    weeks = max(len(people.overloaded[team]) for team in teams)
    reason = Reason(
        rule="resources.load",
        measured=wording.listed(teams),
        threshold=wording.share(limits.amber),
        text=f"More work than working time for {wording.count(weeks, 'week')}: {wording.listed(teams)}"
        f"{_elsewhere(people)}.",
        remedy="Move work, or its due date, out of these weeks.",
    )
    return [Weighed(0.15, reason)]


def _elsewhere(people: People) -> str:
    """Say how much of the overloaded teams' work belongs to other products."""
    found: dict[str, float] = {}
    for team in people.overloaded:
        for title, hours in people.elsewhere.get(team, {}).items():
            found[title] = found.get(title, 0.0) + hours
    told = told_elsewhere(found)
    return f", {told}" if told else ""


def _alone(people: People) -> list[Weighed]:
    found = people.concentration
    if found is None or not found.is_thin or found.people == 0:
        return []
    share = wording.share(found.largest)
    reason = Reason(
        rule="resources.bus_factor",
        measured=share,
        threshold=wording.share(ALONE if found.bus_factor > 1 else 0.5),
        text=f"One person holds {share} of the assigned open work.",
        remedy="Share that work out, or have somebody learn it.",
    )
    return [Weighed(0.1, reason)]
