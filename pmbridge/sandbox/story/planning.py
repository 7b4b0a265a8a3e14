"""How the product owners plan: milestones, refinement sessions, late additions and weekly grooming."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.chance import poisson
from pmbridge.sandbox.story.events import Field, MilestonePlanned
from pmbridge.sandbox.story.scenario import MilestonePlan, Team
from pmbridge.sandbox.story.ticket import WORK, Kind, Outcome, Relation, State, Ticket
from pmbridge.sandbox.story.world import World

#: Items written in one refinement session.
SESSION = 7
#: Days between setting up a milestone and its first refinement session.
ANNOUNCED = 60

Wish = Callable[[Ticket, Person], None]


class Planning:
    """Puts the plan into the trackers and keeps it moving."""

    def __init__(self, world: World, board: Board, author: Author) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._dice = world.dice("planning")

    def prepare(self) -> None:
        """Enter everything that is planned into the agenda."""
        for plan in self._world.scenario.milestones:
            first = plan.start - plan.lead_days
            self._announce(plan, first - ANNOUNCED)
            self._sessions(plan.title, plan.items, first, plan.start - 4, SESSION)
            extra = poisson(self._dice, plan.items * plan.growth)
            self._sessions(plan.title, extra, plan.start, plan.due, 2)
        opening = min(plan.start for plan in self._world.scenario.milestones)
        self._sessions(None, self._world.scenario.backlog, opening, 0, 1)
        for day in range(opening + 7, 0):
            if self._world.day(day).weekday() == 0:
                for team in Team:
                    self._at(day, partial(self._groom, team))

    def _sessions(self, title: str | None, items: int, first: int, last: int, size: int) -> None:
        """Spread ``items`` over refinement sessions of about ``size``, each of the team furthest behind its share."""
        written = dict.fromkeys(Team, 0)
        while (done := sum(written.values())) < items:
            count = min(items - done, self._dice.randint(1, 2 * size - 1))
            owed = {team: share * (done + count) - written[team] for team, share in self._world.scenario.team_share}
            team = max(owed, key=lambda team: owed[team] + self._dice.uniform(0, 1))
            written[team] += count
            self._at(self._dice.randint(first, last), partial(self._session, title, team, count))

    def _at(self, day: int, action: partial[None]) -> None:
        self._world.agenda.plan(self._world.instant(day, self._dice.uniform(8.8, 15.5)), action)

    def _announce(self, plan: MilestonePlan, day: int) -> None:
        manager = self._world.having(Duty.MANAGER)[0]
        at = max(self._world.time, self._world.instant(day, self._dice.uniform(8.8, 15.5)))
        self._world.agenda.plan(self._world.presence(manager, at), partial(self._set_up, plan, manager))

    def _set_up(self, plan: MilestonePlan, manager: Person) -> None:
        world = self._world
        world.announced.add(plan.title)
        world.script.record(
            MilestonePlanned(
                at=world.time,
                title=plan.title,
                start=world.starts(plan),
                due=world.ends(plan),
                description=f"{world.scenario.product} {plan.title}",
            )
        )
        if plan.headline:
            self._author.epic(plan, manager)
            self._author.tracking(plan, manager)

    def _session(self, title: str | None, team: Team, count: int) -> None:
        owner, at = self._host(team)
        for _ in range(count):
            self._world.agenda.plan(at, partial(self._add, owner, team, title))
            at = at and at + timedelta(minutes=self._dice.uniform(1.5, 9))

    def _host(self, team: Team) -> tuple[Person, datetime | None]:
        """Return the product owner of ``team`` and when there; another one, when that would take days."""
        owners = sorted(self._world.having(Duty.OWNER), key=lambda owner: owner.team is not team)
        present = [(owner, self._world.presence(owner, self._world.time)) for owner in owners]
        soon = self._world.time + timedelta(days=1.5)
        return next(((owner, at) for owner, at in present if at is not None and at < soon), present[0])

    def _add(self, owner: Person, team: Team, title: str | None) -> None:
        while title in self._world.released:
            title = self._world.scenario.following(title)
        self._author.work(owner, team, title)

    def _groom(self, team: Team) -> None:
        owner, at = self._host(team)
        for ticket in [t for t in self._world.open_tickets.values() if t.team is team and t.kind in WORK]:
            change = self._wish(ticket)
            if change is not None and at is not None:
                self._world.agenda.plan(at, partial(change, ticket, owner))
                at += timedelta(minutes=self._dice.uniform(1, 12))

    def _wish(self, ticket: Ticket) -> Wish | None:
        rates, roll = self._world.scenario.rates, self._dice.random()
        if ticket.mirrors is not None or ticket.from_users:
            return None
        if ticket.state is State.TODO and roll < rates.cancelled_weekly:
            return self._cancel
        if ticket.state is State.TODO and roll < rates.cancelled_weekly + self._deferrable(ticket):
            return self._defer
        if ticket.points is not None and roll > 1 - rates.reestimated_weekly:
            return self._reestimate
        if ticket.points is None and self._estimates(ticket):
            return self._reestimate
        return self._rewrite if self._rewrites(ticket) else None

    def _deferrable(self, ticket: Ticket) -> float:
        plan = self._world.plan(ticket.milestone)
        free = plan is not None and plan.negotiable and plan.headline and ticket.priority > 2
        return self._world.scenario.rates.deferred_weekly if free else 0.0

    def _defer(self, ticket: Ticket, owner: Person) -> None:
        """Put ``ticket`` off to the next milestone, since others matter more."""
        following = ticket.milestone and self._world.scenario.following(ticket.milestone)
        if ticket.state is State.TODO and following:
            self._board.comment(ticket, owner, f"Not needed for this release, planned for {following}.")
            self._author.put_off(ticket, owner, following)

    def _estimates(self, ticket: Ticket) -> bool:
        plan = self._world.plan(ticket.milestone)
        later = self._world.scenario.rates.estimated_later / 4
        return plan is not None and self._dice.random() < later * (1 - 2 * min(plan.unestimated, 0.5))

    def _rewrites(self, ticket: Ticket) -> bool:
        weekly = self._world.scenario.rates.requirement_edited / 4
        return ticket.kind is Kind.STORY and ticket.body is not None and self._dice.random() < weekly

    def _cancel(self, ticket: Ticket, owner: Person) -> None:
        if ticket.state is not State.TODO:
            return
        original = self._same_thing(ticket)
        if original is not None and self._dice.random() < 0.3:
            self._board.relate(ticket, original, Relation.DUPLICATES, owner)
            self._board.finish(ticket, owner, Outcome.DUPLICATE)
            return
        self._board.comment(ticket, owner, "Not needed any more, agreed with the steering group.")
        self._board.finish(ticket, owner, Outcome.WONT_DO)

    def _same_thing(self, ticket: Ticket) -> Ticket | None:
        others = (other for other in self._world.open_tickets.values() if other.mirrors is None)
        same = [t for t in others if (t.component, t.home) == (ticket.component, ticket.home) and t is not ticket]
        return self._dice.choice(same) if same and ticket.component else None

    def _reestimate(self, ticket: Ticket, owner: Person) -> None:
        if ticket.is_open:
            self._board.edit(ticket, owner, {Field.POINTS: self._author.estimate(ticket)})

    def _rewrite(self, ticket: Ticket, owner: Person) -> None:
        if ticket.body is not None and ticket.team is not None:
            longer = self._author.wording.extended(ticket.team, ticket.body)
            self._board.edit(ticket, owner, {Field.BODY: longer})
