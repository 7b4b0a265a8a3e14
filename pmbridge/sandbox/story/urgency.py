"""Which item a developer takes up next."""

from __future__ import annotations

from random import Random

from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.ticket import WORK, State, Ticket
from pmbridge.sandbox.story.world import World

#: Days in which a bug from users wants to be repaired, by priority.
USER_BUG_DAYS = {1: -60.0, 2: -8.0, 3: 8.0, 4: 34.0, 5: 60.0}
#: Days granted to work that belongs to no milestone, and to work whose milestone has not begun.
NO_MILESTONE, NOT_BEGUN = 75.0, 35.0


class Urgency:
    """Ranks open work by the days it has left, its priority and a portion of taste."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice: Random = world.dice("urgency")

    def next_for(self, person: Person) -> Ticket | None:
        """Return the item ``person`` should begin now, if the team has any."""
        fitting = [ticket for ticket in self._world.open_tickets.values() if _fits(ticket, person)]
        return min(fitting, key=self._days, default=None)

    def most_urgent(self, tickets: list[Ticket]) -> Ticket | None:
        """Return the most urgent of some items."""
        return min(tickets, key=self._days, default=None)

    def _days(self, ticket: Ticket) -> float:
        taste = self._dice.gauss(0, 7)
        return self._deadline(ticket) + 4 * (ticket.priority - 3) + taste - 12 * ticket.reopened

    def _deadline(self, ticket: Ticket) -> float:
        if ticket.from_users:
            return USER_BUG_DAYS[ticket.priority]
        plan = self._world.plan(ticket.milestone)
        if plan is None:
            return NO_MILESTONE
        return self._world.days_left(plan) + (0 if self._world.has_begun(plan) else NOT_BEGUN)


def _fits(ticket: Ticket, person: Person) -> bool:
    return (
        ticket.state is State.TODO
        and ticket.team is person.team
        and ticket.kind in WORK
        and ticket.mirrors is None
        and ticket.triaged
        and not ticket.blocked
        and ticket.assignee in (None, person)
    )
