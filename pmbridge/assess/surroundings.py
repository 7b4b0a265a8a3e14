"""What all milestones of a product have in common, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pmbridge.assess.calendars import Calendars
from pmbridge.assess.crew import Crew, crew
from pmbridge.assess.families import Relations
from pmbridge.assess.money import Budgeting, budgeting
from pmbridge.assess.network import Network, network
from pmbridge.assess.people import Identities, identities
from pmbridge.assess.reading import Reading
from pmbridge.assess.risk_register import risk_lives
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import day_begins
from pmbridge.history.phases import Life
from pmbridge.metrics.ageing import CycleTimes, cycle_times


@dataclass(frozen=True)
class Surroundings:
    """The product around a milestone; what only running milestones need is made when one asks for it."""

    reading: Reading
    settings: ProductSettings
    related: Relations
    calendars: Calendars
    who: Identities

    @cached_property
    def budgeting(self) -> Budgeting:
        """Logged time and rates."""
        return budgeting(self.reading, self.settings, self.calendars, self.who)

    @cached_property
    def network(self) -> Network:
        """Who waits for whom."""
        return network(self.reading)

    @cached_property
    def times(self) -> CycleTimes:
        """How long work takes from its begin."""
        # By whole days, so that no chance moves from run to run of one day without a change.
        return cycle_times(self.reading.lives, day_begins(self.reading.today, self.reading.zone))

    @cached_property
    def crew(self) -> Crew:
        """How loaded the teams are."""
        return crew(self.reading, self.settings, self.calendars, self.who)

    @cached_property
    def risks(self) -> tuple[Life, ...]:
        """The items of the risk register."""
        return risk_lives(self.reading, self.settings)


def surroundings(reading: Reading, settings: ProductSettings, related: Relations) -> Surroundings:
    """Prepare them."""
    return Surroundings(reading, settings, related, Calendars.of(settings), identities(reading.history, settings))
