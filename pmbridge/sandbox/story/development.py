"""How developers spend their days: reviewing, working, getting blocked, taking up the next item."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.events import Field
from pmbridge.sandbox.story.impediments import Impediments
from pmbridge.sandbox.story.quality import Quality
from pmbridge.sandbox.story.splitting import Splitting
from pmbridge.sandbox.story.ticket import WORK, State, Ticket
from pmbridge.sandbox.story.urgency import Urgency
from pmbridge.sandbox.story.world import World


class Development:
    """Lets every developer do one thing after another while at work."""

    def __init__(self, world: World, board: Board, author: Author, quality: Quality) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._quality = quality
        self._rates = world.scenario.rates
        self._urgency = Urgency(world)
        self._impediments = Impediments(world, board, author.wording)
        self._splitting = Splitting(world, board, author)
        self._dice = world.dice("development")

    def prepare(self) -> None:
        """Enter everybody's first morning into the agenda."""
        for person in self._world.people:
            if person.duty is Duty.DEVELOPER:
                self._next(person, self._world.time)

    def _next(self, person: Person, at: datetime) -> None:
        self._world.agenda.plan(self._world.presence(person, at), partial(self._turn, person))

    def _turn(self, person: Person) -> None:
        """Choose what ``person``, who is free now, does next."""
        review = self._waiting_review(person)
        ticket = None if review else self._own_work(person)
        if review is not None:
            self._spend(person, self._dice.uniform(*self._rates.review_hours), partial(self._reviewed, review))
        elif ticket is not None:
            hours = min(ticket.left, self._dice.uniform(*self._rates.stretch_hours))
            self._spend(person, hours, partial(self._worked, ticket, self._world.time, hours))
        else:
            self._next(person, self._world.time + timedelta(hours=self._dice.uniform(0.7, 2.5)))

    def _spend(self, person: Person, hours: float, then: partial[None]) -> None:
        def done() -> None:
            then(person)
            self._next(person, self._world.time + timedelta(minutes=self._dice.uniform(1, 12)))

        pace = self._rates.focus * person.pace * self._dice.uniform(0.8, 1.2)
        self._world.agenda.plan(self._world.diaries[person.handle].after(self._world.time, hours / pace), done)

    def _waiting_review(self, person: Person) -> Ticket | None:
        if self._dice.random() > self._rates.review_first:
            return None
        waiting = [
            ticket
            for ticket in self._world.open_tickets.values()
            if ticket.state is State.REVIEW and ticket.team is person.team and ticket.mirrors is None
            if ticket.assignee is not person and ticket.kind in WORK and not ticket.blocked
        ]
        return min(waiting, key=lambda ticket: ticket.waiting_since or ticket.created, default=None)

    def _own_work(self, person: Person) -> Ticket | None:
        mine = [ticket for ticket in self._world.open_tickets.values() if self._at_hand(ticket, person)]
        fresh = None
        if not mine or (len(mine) < self._rates.wip_limit and self._dice.random() < self._rates.second_item):
            fresh = self._urgency.next_for(person)
        if fresh is not None:
            self._begin(fresh, person)
            return fresh if fresh.state is State.ACTIVE else None
        return self._urgency.most_urgent(mine)

    def _at_hand(self, ticket: Ticket, person: Person) -> bool:
        return (
            ticket.state is State.ACTIVE
            and ticket.assignee is person
            and ticket.kind in WORK
            and ticket.mirrors is None
            and not ticket.blocked
        )

    def _begin(self, ticket: Ticket, person: Person) -> None:
        if self._splitting.splits(ticket):
            self._splitting.split(ticket, person)
        self._board.start(ticket, person)
        self._splitting.break_down(ticket, person)

    def _worked(self, ticket: Ticket, started: datetime, hours: float, person: Person) -> None:
        if ticket.state is not State.ACTIVE or ticket.assignee is not person:
            return
        ticket.left -= hours
        if self._dice.random() < self._rates.logged:
            self._board.log(ticket, person, started, hours)
        if self._dice.random() < self._rates.commented:
            self._board.comment(ticket, person, self._author.wording.remark(ticket.kind, ticket.component))
        if ticket.left > 0.05:
            self._impediments.strike(ticket, person)
        elif self._dice.random() < self._rates.review_skipped:
            self._finish(ticket, person)
        else:
            self._board.edit(ticket, person, {Field.STATE: State.REVIEW})

    def _reviewed(self, ticket: Ticket, person: Person) -> None:
        if ticket.state is not State.REVIEW:
            return
        if self._dice.random() < self._rates.rework:
            ticket.left = max(0.5, ticket.effort * self._dice.uniform(*self._rates.rework_share))
            self._board.comment(ticket, person, self._author.wording.objection())
            self._board.edit(ticket, person, {Field.STATE: State.ACTIVE})
        else:
            self._finish(ticket, ticket.assignee or person)

    def _finish(self, ticket: Ticket, person: Person) -> None:
        self._splitting.close_parts(ticket, person)
        self._board.finish(ticket, person)
        self._quality.after(ticket)
