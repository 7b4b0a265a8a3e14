"""Which item a developer takes up next."""

from __future__ import annotations

from random import Random

from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.ticket import WORK, State, Ticket
from pmbridge.sandbox.story.world import World

#: Days in which a bug from users wants to be repaired, by priority.
USER_BUG_DAYS = {1: -60.0, 2: -8.0, 3: 8.0, 4: 34.0, 5: 60.0}
#: Days granted to work that belongs to no milestone.
NO_MILESTONE = 75.0


class Urgency:
    """Ranks open work by the days it has left, its priority and a portion of taste."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice: Random = world.dice("urgency")

    def next_for(self, person: Person) -> Ticket | None:
        """Return the item ``person`` should begin now, if the team has any."""
        head_start = self._world.scenario.rates.head_start_days
        begun = {p.title for p in self._world.scenario.milestones if self._world.has_begun(p, head_start)}
        fitting = [
            ticket
            for ticket in self._world.open_tickets.values()
            if _fits(ticket, person) and (ticket.from_users or ticket.milestone is None or ticket.milestone in begun)
        ]
        if fitting and self._dice.random() < self._world.scenario.rates.wander:
            return self._dice.choice(fitting)
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
        return NO_MILESTONE if plan is None else self._world.days_left(plan)


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
