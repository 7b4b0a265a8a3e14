"""The verbs by which people change items; each leaves an event in the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.events import Commented, Edited, Field, Opened, Related, Worked
from pmbridge.sandbox.story.ticket import Body, Outcome, Relation, State, Ticket
from pmbridge.sandbox.story.world import World

#: Hours until the other half of a mirrored item follows: median and spread of the logarithm.
LAG = (2.2, 0.9)
#: What a mirror does not carry.
PLANNED_ONLY = frozenset({Field.PARENT, Field.BODY})

Listener = Callable[[Ticket, Person], None]


class Board:
    """Items and what can be done to them, at the present instant of the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice: Random = world.dice("board")
        self._listeners: list[Listener] = []

    def when_done(self, listener: Listener) -> None:
        """Have ``listener`` called with every item that gets done, for whatever reason, and who did it."""
        self._listeners.append(listener)

    def open(self, ticket: Ticket) -> Ticket:
        """Write ``ticket`` down; its number is given by `number`."""
        self._world.tickets.append(ticket)
        self._world.open_tickets[ticket.number] = ticket
        self._world.script.record(_opening(ticket, self._world.time))
        return ticket

    def number(self) -> int:
        """Return the number of the next item."""
        return len(self._world.tickets)

    def edit(self, ticket: Ticket, by: Person, changes: Mapping[Field, Any]) -> None:
        """Save ``changes`` in one edit; the mirror of the item follows hours later."""
        fresh = {field: value for field, value in changes.items() if getattr(ticket, field.value) != value}
        if not fresh:
            return
        for field, value in fresh.items():
            setattr(ticket, field.value, value)
        if Field.STATE in fresh:
            self._settle(ticket, by)
        self._world.script.record(Edited(at=self._world.time, ticket=ticket.number, by=by, changes=fresh))
        if ticket.twin is not None:
            self._follow(ticket, self._world.tickets[ticket.twin], by, fresh)

    def start(self, ticket: Ticket, by: Person) -> None:
        """Take ``ticket`` into work."""
        self.edit(ticket, by, {Field.STATE: State.ACTIVE, Field.ASSIGNEE: by})

    def finish(self, ticket: Ticket, by: Person, outcome: Outcome = Outcome.DONE) -> None:
        """Close ``ticket``; a developer closes a mirror with the merge, and the planned half follows."""
        done: dict[Field, Any] = {Field.STATE: State.DONE, Field.OUTCOME: outcome, Field.BLOCKED: False}
        mirror = None if ticket.twin is None else self._world.tickets[ticket.twin]
        if mirror is None or not mirror.is_open or outcome is not Outcome.DONE:
            self.edit(ticket, by, done)
            return
        self.edit(mirror, by, done)
        ticket.state = State.DONE
        self._settle(ticket, by)
        self._world.agenda.plan(self._later(by), lambda: self._tell(ticket, by, done))

    def reopen(self, ticket: Ticket, by: Person) -> None:
        """Put a finished ``ticket`` back to the beginning."""
        ticket.reopened += 1
        self.edit(ticket, by, {Field.STATE: State.TODO, Field.OUTCOME: None})

    def block(self, ticket: Ticket, by: Person, text: str) -> None:
        """Flag ``ticket`` as blocked and say why."""
        self.edit(ticket, by, {Field.BLOCKED: True})
        self.comment(ticket, by, text)

    def comment(self, ticket: Ticket, by: Person, text: str, mention: Ticket | None = None) -> None:
        """Comment on ``ticket``."""
        number = None if mention is None else mention.number
        self._world.script.record(
            Commented(at=self._world.time, ticket=ticket.number, by=by, text=text, mention=number)
        )

    def relate(self, source: Ticket, target: Ticket, relation: Relation, by: Person) -> None:
        """Link two items; across trackers that is an address on both sides."""
        self._world.script.record(
            Related(at=self._world.time, source=source.number, target=target.number, relation=relation, by=by)
        )

    def log(self, ticket: Ticket, by: Person, started: datetime, hours: float) -> None:
        """Log work on ``ticket``, to the quarter of an hour; developers log where they close."""
        seconds = max(900, round(hours * 4) * 900)
        self._world.script.record(
            Worked(at=self._world.time, ticket=ticket.number, by=by, started=started, seconds=seconds)
        )

    def tick(self, ticket: Ticket, by: Person, share: float) -> None:
        """Tick each acceptance criterion of ``ticket`` with probability ``share``."""
        if ticket.body is None or not ticket.body.criteria:
            return
        criteria = tuple((text, done or self._dice.random() < share) for text, done in ticket.body.criteria)
        self.edit(ticket, by, {Field.BODY: Body(ticket.body.paragraphs, criteria)})

    def _settle(self, ticket: Ticket, by: Person) -> None:
        world = self._world
        ticket.waiting_since = world.time if ticket.state is State.REVIEW else None
        if ticket.is_open:
            ticket.finished = None
            world.open_tickets[ticket.number] = ticket
            return
        ticket.finished = world.time
        world.open_tickets.pop(ticket.number, None)
        for listener in self._listeners:
            listener(ticket, by)

    def _follow(self, ticket: Ticket, mirror: Ticket, by: Person, changes: Mapping[Field, Any]) -> None:
        """Let the mirror of ``ticket`` take over hours later what is then still true."""

        def take_over() -> None:
            true = {field: value for field, value in changes.items() if getattr(ticket, field.value) == value}
            self.edit(mirror, by, {field: value for field, value in true.items() if field not in PLANNED_ONLY})

        self._world.agenda.plan(self._later(by), take_over)

    def _tell(self, ticket: Ticket, by: Person, changes: Mapping[Field, Any]) -> None:
        """Record on the planned half what already happened on the other."""
        if not ticket.is_open:
            ticket.outcome, ticket.blocked = Outcome.DONE, False
            self._world.script.record(Edited(at=self._world.time, ticket=ticket.number, by=by, changes=dict(changes)))

    def _later(self, by: Person) -> datetime | None:
        lag = timedelta(hours=LAG[0] * self._dice.lognormvariate(0, LAG[1]))
        return self._world.presence(by, self._world.time + lag)


def _opening(ticket: Ticket, at: datetime) -> Opened:
    return Opened(
        at=at,
        ticket=ticket.number,
        home=ticket.home,
        kind=ticket.kind,
        title=ticket.title,
        by=ticket.by,
        body=ticket.body,
        milestone=ticket.milestone,
        points=ticket.points,
        priority=ticket.priority,
        labels=ticket.labels,
        component=ticket.component,
        assignee=ticket.assignee,
        parent=ticket.parent,
        affects=ticket.affects,
        due=ticket.due,
        restricted=ticket.restricted,
        mirrors=ticket.mirrors,
        reported=ticket.reported,
    )
