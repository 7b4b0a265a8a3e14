"""What all milestones of a product have in common, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pmbridge.assess.blocking import Pair, pairs
from pmbridge.assess.calendars import Calendars
from pmbridge.assess.crew import Crew, crew
from pmbridge.assess.elsewhere import NOWHERE, Elsewhere, assigned_elsewhere
from pmbridge.assess.families import Relations
from pmbridge.assess.money import Budgeting, budgeting
from pmbridge.assess.network import Network, linked_pairs, network
from pmbridge.assess.people import Identities
from pmbridge.assess.reading import Reading
from pmbridge.assess.references import Signposts
from pmbridge.assess.reviews import merge_requests
from pmbridge.assess.risk_register import risk_lives
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import day_begins
from pmbridge.history.phases import Life
from pmbridge.metrics.ageing import CycleTimes, cycle_times
from pmbridge.metrics.load import Assigned
from pmbridge.metrics.reviews import Requests, ReviewPace
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)


@dataclass(frozen=True)
class Surroundings:
    """The product around a milestone; what only running milestones need is made when one asks for it."""

    reading: Reading
    settings: ProductSettings
    related: Relations
    calendars: Calendars
    who: Identities
    elsewhere: tuple[Assigned, ...] = ()

    @cached_property
    def budgeting(self) -> Budgeting:
        """Logged time and rates."""
        return budgeting(self.reading, self.settings, self.calendars, self.who)

    @cached_property
    def blocking(self) -> tuple[Pair, ...]:
        """Every statement that work blocks work."""
        return tuple(pairs(self.reading))

    @cached_property
    def network(self) -> Network:
        """Who waits for whom."""
        return network(self.reading, self.blocking)

    @cached_property
    def times(self) -> CycleTimes:
        """How long work takes from its begin."""
        # By whole days, so that no chance moves from run to run of one day without a change.
        return cycle_times(self.reading.lives, day_begins(self.reading.today, self.reading.zone))

    @cached_property
    def crew(self) -> Crew:
        """How loaded the teams are."""
        return crew(self.reading, self.settings, self.calendars, self.who, self.elsewhere)

    @cached_property
    def signposts(self) -> Signposts:
        """What can stand for a milestone."""
        return Signposts.of(self.reading, self.settings.milestones)

    @cached_property
    def requests(self) -> Requests:
        """The merge requests of each piece of work."""
        return merge_requests(self.reading)

    @cached_property
    def linked(self) -> frozenset[tuple[str, str]]:
        """The pairs of work that any link joins, by key."""
        return linked_pairs(self.reading)

    @cached_property
    def open_by_key(self) -> Mapping[str, Life]:
        """All open work, by the key of any face."""
        reading = self.reading
        still = [life for life, now in zip(reading.lives, reading.standing, strict=True) if now.category not in _ENDED]
        return {face.item.key: life for life in still for face in life.canonical.faces}

    @cached_property
    def review_pace(self) -> ReviewPace:
        """How long merge requests usually take."""
        return ReviewPace.of(self.reading.history.merge_requests, self.calendars.open_days)

    @cached_property
    def risks(self) -> tuple[Life, ...]:
        """The items of the risk register."""
        return risk_lives(self.reading, self.settings)


def surroundings(
    reading: Reading, settings: ProductSettings, related: Relations, elsewhere: Elsewhere = NOWHERE
) -> Surroundings:
    """Prepare them; from here on the settings speak of people by their one name."""
    settled = reading.who.settled(settings)
    others = tuple(assigned_elsewhere(elsewhere, settings, reading.who))
    return Surroundings(reading, settled, related, Calendars.of(settled), reading.who, others)
