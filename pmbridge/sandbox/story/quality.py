"""What follows finished work inside the project: acceptance by the owner, bugs found, re-opening."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.chance import lognormal
from pmbridge.sandbox.story.scenario import Team
from pmbridge.sandbox.story.ticket import Kind, Outcome, Relation, Ticket
from pmbridge.sandbox.story.world import World

#: Chance that a criterion of an accepted requirement gets its tick.
TICKED = 0.97


class Quality:
    """Looks at finished work after a while."""

    def __init__(self, world: World, board: Board, author: Author) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._dice = world.dice("quality")

    def after(self, ticket: Ticket) -> None:
        """Plan what will come of ``ticket``, which a developer has just finished."""
        rates = self._world.scenario.rates
        chance = rates.bug_reopened if ticket.kind is Kind.BUG else rates.reopened
        if self._dice.random() < chance:
            self._soon(3.0, Duty.SUPPORT if ticket.from_users else Duty.TESTER, partial(self._reopen, ticket))
        elif ticket.kind is not Kind.BUG and self._dice.random() < rates.found_bugs:
            self._soon(4.0, Duty.TESTER, partial(self._find_bug, ticket))
        if ticket.kind is Kind.STORY and self._dice.random() < rates.accepted:
            self._soon(1.5, Duty.OWNER, partial(self._accept, ticket), ticket.team)

    def _soon(self, median_days: float, duty: Duty, action: partial[None], team: Team | None = None) -> None:
        person = self._dice.choice(self._world.having(duty, team))
        at = self._world.time + timedelta(days=lognormal(self._dice, median_days, 0.7))
        self._world.agenda.plan(self._world.presence(person, at), partial(action, person))

    def _accept(self, ticket: Ticket, owner: Person) -> None:
        if not ticket.is_open and ticket.outcome is Outcome.DONE:
            self._board.tick(ticket, owner, TICKED)

    def _reopen(self, ticket: Ticket, person: Person) -> None:
        if ticket.is_open or (ticket.milestone in self._world.released and not ticket.from_users):
            return
        ticket.left = max(1.0, ticket.effort * self._dice.uniform(0.2, 0.6))
        self._board.comment(ticket, person, "Checked on staging: the problem is still there in some cases.")
        self._board.reopen(ticket, person)

    def _find_bug(self, ticket: Ticket, person: Person) -> None:
        if ticket.team is None or ticket.is_open:
            return
        component = ticket.component or self._author.wording.component(ticket.team)
        title, body = self._author.wording.report(ticket.team, component, by_users=False)
        bug = self._author.bug(
            person,
            ticket.team,
            title=title,
            body=body,
            component=component,
            milestone=self._next_open(ticket.milestone),
            home=ticket.home,
        )
        ticket.bugs.append(bug.number)
        self._board.relate(bug, ticket, Relation.RELATES, person)

    def _next_open(self, milestone: str | None) -> str | None:
        while milestone in self._world.released:
            milestone = self._world.scenario.following(milestone)
        return milestone
