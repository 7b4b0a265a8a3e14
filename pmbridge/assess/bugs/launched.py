"""One launch with the bugs that came within its window, ready for every computation about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pmbridge.assess.bugs.field import BugField
from pmbridge.metrics.bugflow.groups import Defects, Group
from pmbridge.metrics.bugflow.launch import Launch
from pmbridge.metrics.bugflow.population import Population
from pmbridge.metrics.bugflow.series import Days, Series, series
from pmbridge.model.instants import to_micros


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch as far as it is looked at, to ``end``: the instant of the report or the end of its window."""

    key: str
    launch: Launch
    population: Population
    reports: Group
    defects: Defects
    internal: Group
    end: datetime
    days: Days
    series: Series


def launched(field: BugField, key: str) -> Launched:
    """Cut the population of a launch to its window and count it by day."""
    launch, population = field.launches[key], field.populations[key]
    end = min(field.as_of, launch.at + timedelta(days=field.settings.bugs.window_days))
    early = field.bugs.created <= to_micros(end)
    reports, internal = (group.where(group.take(early)) for group in (population.reports, population.internal))
    defects = population.defects.where(population.defects.arrived <= to_micros(end))
    days = Days.between(launch.at, end, field.reading.zone)
    return Launched(
        key=key,
        launch=launch,
        population=population,
        reports=reports,
        defects=defects,
        internal=internal,
        end=end,
        days=days,
        series=series(reports, defects, internal, days),
    )
