"""How the release manager lets milestones out and cuts those that do not fit."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.events import MilestoneReleased
from pmbridge.sandbox.story.hypercare import Hypercare
from pmbridge.sandbox.story.scenario import MilestonePlan
from pmbridge.sandbox.story.ticket import WORK, Outcome, State, Ticket
from pmbridge.sandbox.story.world import World


class Releasing:
    """Looks at every milestone each working day, and at its fit once a week."""

    def __init__(self, world: World, board: Board, author: Author, hypercare: Hypercare) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._hypercare = hypercare
        self._rules = world.scenario.releasing
        self._dice = world.dice("releasing")

    def prepare(self) -> None:
        """Enter the daily look into the agenda."""
        opening = min(plan.start for plan in self._world.scenario.milestones)
        for day in range(opening, 1):
            if self._world.day(day).weekday() < 5:
                self._world.agenda.plan(self._world.instant(day, self._dice.uniform(9.6, 14.5)), self._look)

    def _look(self) -> None:
        manager = self._world.having(Duty.MANAGER)[0]
        weekday = self._world.time.astimezone(self._world.zone).weekday()
        for plan in self._world.scenario.milestones:
            if plan.title in self._world.released:
                continue
            if weekday in (1, 2, 3) and self._is_ready(plan):
                self._release(plan, manager)
            elif weekday == 0 and plan.negotiable:
                self._cut(plan, manager)

    def _is_ready(self, plan: MilestonePlan) -> bool:
        left = self._world.days_left(plan)
        if left > self._rules.early_days:
            return False
        members = self._standing(plan)
        open_items = [ticket for ticket in members if ticket.is_open]
        calm = not any(ticket.priority == 1 for ticket in open_items)
        few = len(open_items) <= self._rules.tolerance * len(members)
        return (calm and few) or left < -self._rules.patience_days

    def _standing(self, plan: MilestonePlan) -> list[Ticket]:
        return [t for t in self._world.members(plan.title) if t.kind in WORK and not t.from_users]

    def _release(self, plan: MilestonePlan, manager: Person) -> None:
        world = self._world
        world.released[plan.title] = world.time
        tag = f"v{plan.title.split()[0]}.0"
        world.script.record(MilestoneReleased(at=world.time, title=plan.title, tag=tag))
        at = world.time
        for ticket in world.members(plan.title):
            if ticket.is_open:
                at += timedelta(minutes=self._dice.uniform(0.2, 2))
                world.agenda.plan(at, partial(self._tidy, ticket, plan, manager))
        self._hypercare.launch(plan.title)

    def _tidy(self, ticket: Ticket, plan: MilestonePlan, manager: Person) -> None:
        if not ticket.is_open or ticket.milestone != plan.title:
            return
        if ticket.kind in WORK:
            self._move(ticket, plan, manager)
        else:
            self._board.finish(ticket, manager, Outcome.DONE)

    def _move(self, ticket: Ticket, plan: MilestonePlan, manager: Person) -> None:
        """Move ``ticket`` to the milestone after ``plan``."""
        self._author.put_off(ticket, manager, self._world.scenario.following(plan.title))

    def _cut(self, plan: MilestonePlan, manager: Person) -> None:
        """Move the least important items nobody has begun to the next milestone until the rest fits."""
        left = self._world.days_left(plan)
        if not 0 < left < self._rules.replan_days or self._world.scenario.following(plan.title) is None:
            return
        standing = [ticket for ticket in self._standing(plan) if ticket.is_open]
        excess = sum(map(self._hours, standing)) - self._capacity(left)
        waiting = [t for t in standing if t.state is State.TODO and not t.reopened and t.priority > 1]
        at: datetime | None = self._world.presence(manager, self._world.time)
        for ticket in sorted(waiting, key=lambda t: (-t.priority, t.number))[: self._rules.cuts_a_week]:
            if excess <= 0 or at is None:
                return
            excess -= self._hours(ticket)
            at += timedelta(minutes=self._dice.uniform(0.5, 4))
            self._world.agenda.plan(at, partial(self._move, ticket, plan, manager))

    def _hours(self, ticket: Ticket) -> float:
        per_point = self._world.scenario.rates.hours_per_point
        return self._rules.unknown_hours if ticket.points is None else ticket.points * per_point

    def _capacity(self, days: float) -> float:
        """Return the hours of effort the milestone may hope for in ``days`` days."""
        daily = len(self._world.having(Duty.DEVELOPER)) * self._rules.hours_a_day
        return self._rules.capacity_share * daily * days * 5 / 7
