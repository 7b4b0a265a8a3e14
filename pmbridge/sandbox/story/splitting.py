"""How items are cut into smaller ones: splits into siblings, and sub-tasks."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.events import Field
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Relation, State, Ticket
from pmbridge.sandbox.story.world import World

PARTS = ("front end", "service", "mails", "translations", "back office", "tests")


class Splitting:
    """Cuts items that are about to be begun."""

    def __init__(self, world: World, board: Board, author: Author) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._dice = world.dice("splitting")
        self._parts: dict[int, list[Ticket]] = {}

    def splits(self, ticket: Ticket) -> bool:
        """Tell whether ``ticket`` turns out to be too large for one item."""
        rates = self._world.scenario.rates
        large = ticket.kind is not Kind.BUG and (ticket.points or 0) >= rates.split_from_points
        return large and ticket.team is not None and self._dice.random() < rates.split

    def split(self, ticket: Ticket, person: Person) -> None:
        """Move a part of ``ticket`` into a new item of the same milestone."""
        if ticket.team is None:
            return
        share = self._dice.uniform(0.3, 0.55)
        part = self._author.write(
            ticket.kind,
            ticket.team,
            person,
            title=f"{ticket.title[:180]} ({self._dice.choice(PARTS)})",
            milestone=ticket.milestone,
            home=ticket.home,
            effort=ticket.left * share,
            component=ticket.component,
            priority=ticket.priority,
            body=Body((f"Split off from: {ticket.title}",)),
        )
        ticket.left *= 1 - share
        ticket.effort *= 1 - share
        self._board.relate(ticket, part, Relation.SPLIT, person)
        self._board.edit(ticket, person, {Field.POINTS: self._author.estimate(ticket)})

    def break_down(self, ticket: Ticket, person: Person) -> None:
        """Perhaps note the steps of ``ticket`` as sub-tasks."""
        is_story = ticket.kind is Kind.STORY and ticket.home is Home.JIRA and ticket.number not in self._parts
        if not is_story or ticket.team is None or self._dice.random() >= self._world.scenario.rates.subtasks * 2:
            return
        for step in self._dice.sample(PARTS, 2):
            part = self._author.write(
                Kind.SUBTASK,
                ticket.team,
                person,
                title=f"{step[0].upper()}{step[1:]} of {ticket.title[:120]}",
                milestone=None,
                points=None,
                parent=ticket.number,
                assignee=person,
                labels=(),
            )
            self._parts.setdefault(ticket.number, []).append(part)

    def close_parts(self, ticket: Ticket, person: Person) -> None:
        """Close the sub-tasks of ``ticket``, which is about to be finished."""
        at = self._world.time
        for part in self._parts.pop(ticket.number, ()):
            at += timedelta(minutes=self._dice.uniform(0.3, 20))
            self._world.agenda.plan(at, partial(self._close, part, person))

    def _close(self, part: Ticket, person: Person) -> None:
        if part.state is not State.DONE:
            self._board.finish(part, person)
