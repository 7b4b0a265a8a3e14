"""What keeps work waiting: other items and parties outside."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.chance import lognormal
from pmbridge.sandbox.story.events import Field
from pmbridge.sandbox.story.ticket import WORK, Relation, Ticket
from pmbridge.sandbox.story.wording import Wording
from pmbridge.sandbox.story.world import World


class Impediments:
    """Blocks items under way and frees them when what they wait for is there."""

    def __init__(self, world: World, board: Board, wording: Wording) -> None:
        self._world = world
        self._board = board
        self._wording = wording
        self._dice = world.dice("impediments")
        self._waiting: dict[int, list[int]] = {}
        board.when_done(self._lift)

    def strike(self, ticket: Ticket, person: Person) -> None:
        """Perhaps block ``ticket``, on which ``person`` has just worked."""
        plan = self._world.plan(ticket.milestone)
        hardship = plan.hardship if plan else 1.0
        if ticket.blocked or self._dice.random() >= self._world.scenario.rates.blocked * hardship:
            return
        blocker = self._blocker(ticket) if self._dice.random() < self._world.scenario.rates.blocked_by_item else None
        if blocker is None:
            self._wait_outside(ticket, person, plan.outside_days if plan else 4.0)
        else:
            self._wait_for(ticket, blocker, person)

    def _lift(self, blocker: Ticket, person: Person) -> None:
        """Free what waited for ``blocker``; its people notice within a day or so."""
        for number in self._waiting.pop(blocker.number, ()):
            ticket = self._world.tickets[number]
            holder = ticket.assignee or person
            noticed = self._world.time + timedelta(hours=lognormal(self._dice, 5, 1.0))
            self._world.agenda.plan(self._world.presence(holder, noticed), partial(self._free, ticket, holder))

    def _wait_for(self, ticket: Ticket, blocker: Ticket, person: Person) -> None:
        self._waiting.setdefault(blocker.number, []).append(ticket.number)
        self._board.relate(blocker, ticket, Relation.BLOCKS, person)
        self._board.edit(ticket, person, {Field.BLOCKED: True})

    def _wait_outside(self, ticket: Ticket, person: Person, median_days: float) -> None:
        self._board.block(ticket, person, self._wording.wait())
        back = self._world.time + timedelta(days=lognormal(self._dice, median_days, 0.7))
        self._world.agenda.plan(self._world.presence(person, back), partial(self._free, ticket, person))

    def _free(self, ticket: Ticket, person: Person) -> None:
        if ticket.is_open and ticket.blocked:
            self._board.edit(ticket, person, {Field.BLOCKED: False})

    def _blocker(self, ticket: Ticket) -> Ticket | None:
        """Choose an open item of the same milestone that waits for nothing itself, rather of another team."""
        candidates = [
            other
            for other in self._world.open_tickets.values()
            if other.milestone == ticket.milestone and other is not ticket and other.kind in WORK
            if other.mirrors is None and not other.blocked and not other.from_users
        ]
        elsewhere = [other for other in candidates if other.team is not ticket.team]
        chosen = elsewhere if elsewhere and self._dice.random() < 0.6 else candidates
        return self._dice.choice(chosen) if chosen else None
