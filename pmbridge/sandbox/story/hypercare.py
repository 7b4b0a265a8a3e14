"""What users meet after a launch: defects surface at a decaying rate and support reports them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.chance import poisson
from pmbridge.sandbox.story.desk import Call, Desk
from pmbridge.sandbox.story.scenario import Storm, Team
from pmbridge.sandbox.story.ticket import WORK, Kind, Outcome, Relation, Ticket
from pmbridge.sandbox.story.world import World

#: How grave what users report turns out to be: priority and share.
GRAVITY = {1: 0.07, 2: 0.25, 3: 0.46, 4: 0.22}
FOUND = "found-in-production"


class Hypercare:
    """Brings the latent defects of a launched milestone to light, each after its own waiting time."""

    def __init__(self, world: World, board: Board, author: Author, desk: Desk) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._desk = desk
        self._support = world.scenario.support
        self._dice = world.dice("hypercare")

    def launch(self, title: str) -> None:
        """Plan the discovery of what is wrong with the milestone that has just reached its users.

        The number of defects is Poisson in proportion to the work done, the time to discovery exponential: a
        Goel-Okumoto process.
        """
        plan = self._world.plan(title)
        done = sum(1 for t in self._world.members(title) if t.kind in WORK and t.outcome is Outcome.DONE)
        for _ in range(poisson(self._dice, done * (plan.latent if plan else 0))):
            days = self._dice.expovariate(1 / self._support.discovery_days)
            self._by_support(self._world.time + timedelta(days=days), partial(self._report, title))
        if plan is not None and plan.storm is not None:
            self._break(plan.title, plan.storm)
        if plan is not None and plan.headline:
            self._desk.open_days(self._world.time)

    def _break(self, title: str, storm: Storm) -> None:
        """Plan the reports of a bad week."""
        dice = self._world.dice("storm")
        for _ in range(storm.defects):
            at = self._world.time + timedelta(days=storm.day + dice.uniform(0, storm.days))
            self._by_support(at, partial(self._seen, title, storm.team, storm.component, storm.hours))

    def _by_support(self, at: datetime, action: partial[None]) -> None:
        first = ((self._world.presence(person, at), person) for person in self._world.having(Duty.SUPPORT))
        there = [(when, person) for when, person in first if when is not None]
        if there:
            when, person = min(there, key=lambda pair: (pair[0], pair[1].handle))
            self._world.agenda.plan(when, partial(action, self._desk.call(at, person), person))

    def _report(self, title: str, call: Call, person: Person) -> None:
        teams, shares = zip(*self._world.scenario.team_share, strict=True)
        team = self._dice.choices(teams, shares)[0]
        self._seen(title, team, self._author.wording.component(team), None, call, person)

    def _seen(self, title: str, team: Team, component: str, effort: float | None, call: Call, person: Person) -> None:
        summary, body = self._author.wording.report(team, component, by_users=True)
        bug = self._write(
            person, team, title, summary=summary, body=body, component=component, effort=effort, reported=call.number
        )
        self._desk.hand_over(call, bug, person)
        if self._dice.random() < self._support.duplicate:
            again = self._world.time + timedelta(days=self._dice.uniform(0.2, 6))
            self._by_support(again, partial(self._report_again, bug))
        self._triage_later(bug, self._triage)

    def _report_again(self, bug: Ticket, call: Call, person: Person) -> None:
        if bug.team is None or bug.component is None or bug.body is None or bug.affects is None:
            return
        summary = self._author.wording.rephrased(bug.title)
        double = self._write(
            person,
            bug.team,
            bug.affects,
            summary=summary,
            body=bug.body,
            component=bug.component,
            home=bug.home,
            reported=call.number,
        )
        self._desk.hand_over(call, double, person)
        self._triage_later(double, partial(self._merge, bug))

    def _write(self, person: Person, team: Team, affects: str, *, summary: str, **more: Any) -> Ticket:
        bug = self._author.write(
            Kind.BUG,
            team,
            person,
            title=summary,
            milestone=affects if team is Team.PLATFORM else None,
            priority=self._dice.choices(list(GRAVITY), list(GRAVITY.values()))[0],
            labels=(FOUND,),
            affects=affects,
            points=None,
            **more,
        )
        bug.from_users, bug.triaged = True, False
        return bug

    def _triage_later(self, bug: Ticket, action: Callable[[Ticket, Person], None]) -> None:
        lead = self._dice.choice(self._world.having(Duty.DEVELOPER, bug.team))
        at = self._world.time + timedelta(hours=self._dice.expovariate(1 / 9))
        self._world.agenda.plan(self._world.presence(lead, at), partial(action, bug, lead))

    def _triage(self, bug: Ticket, lead: Person) -> None:
        """Decide what becomes of a report: refused, put off to a later milestone, or repaired."""
        roll, support = self._dice.random(), self._support
        bug.triaged = True
        if roll < support.wont_do:
            self._refuse(bug, lead, Outcome.WONT_DO, "Works as agreed with the business, see the help page.")
        elif roll < support.wont_do + support.not_reproducible:
            self._refuse(bug, lead, Outcome.NOT_REPRODUCIBLE, "Tried three browsers and two accounts, cannot see it.")
        elif bug.priority >= 4 and self._dice.random() < support.deferred:
            self._put_off(bug, lead)

    def _refuse(self, bug: Ticket, lead: Person, outcome: Outcome, why: str) -> None:
        self._board.comment(bug, lead, why)
        self._board.finish(bug, lead, outcome)

    def _merge(self, original: Ticket, double: Ticket, lead: Person) -> None:
        if double.is_open:
            self._board.relate(double, original, Relation.DUPLICATES, lead)
            self._board.finish(double, lead, Outcome.DUPLICATE)
            self._desk.follow(double, original)

    def _put_off(self, bug: Ticket, lead: Person) -> None:
        coming = [plan.title for plan in self._world.scenario.milestones if plan.title not in self._world.released]
        if len(coming) > 1:
            bug.from_users = False
            self._author.put_off(bug, lead, coming[1])
