"""The support desk: customers' tickets, handed over to engineering and closed when the customer was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.chance import lognormal
from pmbridge.sandbox.story.events import Field
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Outcome, Relation, State, Ticket
from pmbridge.sandbox.story.vocabulary import ANSWERS, COMPLAINTS, QUESTIONS
from pmbridge.sandbox.story.world import World


@dataclass(slots=True)
class Call:
    """A customer's message: its ticket, once it has come in."""

    ticket: Ticket | None = None

    @property
    def number(self) -> int | None:
        """The number of its ticket."""
        return None if self.ticket is None else self.ticket.number


class Desk:
    """Keeps the customers' tickets in a project of their own."""

    def __init__(self, world: World, board: Board) -> None:
        self._world = world
        self._board = board
        self._rules = world.scenario.desk
        self._dice = world.dice("desk")
        self._waiting: defaultdict[int, list[Ticket]] = defaultdict(list)
        board.when_done(self._repaired)

    def call(self, at: datetime, person: Person) -> Call:
        """Let a message come in at ``at`` that ``person`` will look at; it says little of what is wrong."""
        call = Call()
        title = self._dice.choice(COMPLAINTS)
        self._world.agenda.plan(at, partial(self._receive, call, title, self._dice.choice((2, 3, 3, 3, 4)), person))
        return call

    def hand_over(self, call: Call, bug: Ticket, person: Person) -> None:
        """Link the customer's ticket to the engineering item and let it wait for that."""
        if call.ticket is None:
            return
        self._board.edit(call.ticket, person, {Field.STATE: State.REVIEW, Field.ASSIGNEE: person})
        self._board.relate(call.ticket, bug, Relation.RELATES, person)
        self._waiting[bug.number].append(call.ticket)

    def follow(self, double: Ticket, original: Ticket) -> None:
        """Let the tickets behind a duplicate wait for the original."""
        self._waiting[original.number] += self._waiting.pop(double.number, [])

    def open_days(self, begin: datetime) -> None:
        """Plan what else comes in after a launch: questions that support answers, and tickets it loses sight of."""
        for _ in range(self._rules.questions):
            self._later(begin, self._rules.days, self._question)
        for _ in range(self._rules.lost):
            self._later(begin, self._rules.days / 2, self._lose)

    def _later(self, begin: datetime, days: float, action: Callable[[Person], None]) -> None:
        at = begin + timedelta(days=self._dice.uniform(1, days))
        person = self._dice.choice(self._world.having(Duty.SUPPORT))
        self._world.agenda.plan(self._world.presence(person, at), partial(action, person))

    def _receive(self, call: Call, title: str, priority: int, person: Person, *words: str) -> None:
        ticket = Ticket(
            number=self._board.number(),
            home=Home.DESK,
            kind=Kind.REQUEST,
            title=title,
            team=None,
            milestone=None,
            created=self._world.time,
            by=person,
            priority=priority,
            body=Body(words) if words else None,
        )
        call.ticket = self._board.open(ticket)

    def _question(self, person: Person) -> None:
        call = Call()
        self._receive(call, self._dice.choice(QUESTIONS), 4, person)
        at = self._world.time + timedelta(hours=lognormal(self._dice, 4, 0.8))
        self._world.agenda.plan(self._world.presence(person, at), partial(self._answer, call, person))

    def _answer(self, call: Call, person: Person) -> None:
        if call.ticket is not None and call.ticket.is_open:
            self._board.comment(call.ticket, person, self._dice.choice(ANSWERS))
            self._board.finish(call.ticket, person)

    def _lose(self, person: Person) -> None:
        """Mark a ticket as handed over and forget to write the engineering item."""
        call = Call()
        self._receive(call, self._dice.choice(COMPLAINTS), 3, person)
        if call.ticket is not None:
            self._board.edit(call.ticket, person, {Field.STATE: State.REVIEW, Field.ASSIGNEE: person})

    def _repaired(self, bug: Ticket, by: Person) -> None:
        """Tell the customers of a bug that has come to its end, unless somebody forgets to."""
        if bug.outcome is Outcome.DUPLICATE:
            return
        for ticket in self._waiting.get(bug.number, ()):
            if ticket.assignee is not None and self._dice.random() >= self._rules.forgotten:
                at = self._world.time + timedelta(hours=lognormal(self._dice, 7, 0.9))
                then = partial(self._tell, ticket, bug, ticket.assignee)
                self._world.agenda.plan(self._world.presence(ticket.assignee, at), then)

    def _tell(self, ticket: Ticket, bug: Ticket, person: Person) -> None:
        if ticket.is_open and not bug.is_open:
            self._board.comment(ticket, person, "Told the customer what became of it.")
            self._board.finish(ticket, person)
