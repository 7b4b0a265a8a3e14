"""The working calendars of a product: its own, those of its teams over it, those of their people over these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pmbridge.config.product import ProductSettings, TeamSettings
from pmbridge.history.calendar import Shift, WorkingCalendar, default_calendar

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
#: Working hours of a person in a month, from which capacities are read.
_MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Calendars:
    """Who works when. ``people`` and ``teams`` are by user name and team name."""

    product: WorkingCalendar
    teams: Mapping[str, WorkingCalendar]
    people: Mapping[str, WorkingCalendar]

    @classmethod
    def of(cls, settings: ProductSettings) -> Calendars:
        """Put the calendars over each other."""
        product = product_calendar(settings)
        teams = {
            name: product.layered(holidays=team.holidays) if team.holidays else product
            for name, team in settings.teams.items()
        }
        people = {
            person: _personal(teams[name], team, person)
            for name, team in settings.teams.items()
            for person in team.people
        }
        return cls(product, teams, people)

    def of_person(self, person: str) -> WorkingCalendar:
        """Return a person's calendar; the product's for people without a team."""
        return self.people.get(person, self.product)

    def open_days(self, begin: datetime, end: datetime) -> float:
        """Count the product's working days between two instants."""
        return float(self.product.business_days(self.product.day_of(begin), self.product.day_of(end)))

    def capacity(self, team: str, settings: TeamSettings, day: date) -> float:
        """Return a team's hours on a day: its monthly hours over its usual open days, else everyone's shifts."""
        here = [person for person in settings.people if self.people[person].is_open(day)]
        if not here or not self.teams[team].is_open(day):
            return 0.0
        if settings.capacity_hours is None:
            return sum(_hours(self.people[person], day) for person in here)
        usual = sum(bool(shifts) for shifts in self.product.week) / 7 * _MONTH_DAYS
        return settings.capacity_hours / usual * len(here) / len(settings.people)

    def away(self, person: str, today: date, working_days: int = 10) -> int:
        """Count the days a person is away, of the product's next working days."""
        days: list[date] = []
        day = today
        while len(days) < working_days:
            if self.product.is_open(day):
                days.append(day)
            day += _DAY
        return sum(not self.of_person(person).is_open(day) for day in days)


def product_calendar(settings: ProductSettings) -> WorkingCalendar:
    """Return the calendar of the product; Monday to Friday where none is configured."""
    own = settings.calendar
    if own is None:
        return default_calendar(settings.zone)
    shifts = (Shift(own.hours.opens, own.hours.closes),)
    names = {day.value for day in own.days}
    week = tuple(shifts if name in names else () for name in _WEEK)
    return WorkingCalendar(default_calendar(settings.zone).zone, week, frozenset(own.holidays))


def _personal(team: WorkingCalendar, settings: TeamSettings, person: str) -> WorkingCalendar:
    spans = settings.absences.get(person, ())
    away = [span.first + n * _DAY for span in spans for n in range((span.last - span.first).days + 1)]
    # An absence closes a day that an exception of the team opens.
    return team.layered(exceptions=dict.fromkeys(away, ())) if away else team


def _hours(calendar: WorkingCalendar, day: date) -> float:
    return sum((closes - opens).total_seconds() for opens, closes in calendar.open_intervals(day)) / 3600
