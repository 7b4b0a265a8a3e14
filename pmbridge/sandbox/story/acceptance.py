"""The acceptance tests of a milestone: written for requirements, run when these are done, repeated after repairs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pmbridge.sandbox.story.authoring import Author
from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.chance import lognormal
from pmbridge.sandbox.story.events import Field
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Outcome, Relation, State, Ticket
from pmbridge.sandbox.story.world import World

#: Tests a requirement may have.
AT_MOST = 2
PASSED, FAILED = "passed", "failed"


class Acceptance:
    """Testers who prove requirements, as far as the plan of a milestone asks for tests."""

    def __init__(self, world: World, board: Board, author: Author) -> None:
        self._world = world
        self._board = board
        self._author = author
        self._dice = world.dice("acceptance")
        self._tests: dict[int, list[Ticket]] = {}
        self._repairs: dict[int, Ticket] = {}
        board.when_done(self._done)
        author.when_written(self._written)

    def _written(self, ticket: Ticket) -> None:
        """Have a test written for a new requirement, where the plan asks for one."""
        plan = self._world.plan(ticket.milestone)
        requirement = ticket.kind is Kind.STORY and ticket.home is Home.JIRA
        for _ in range(AT_MOST):
            if plan is not None and requirement and self._dice.random() < plan.tests / AT_MOST:
                self._soon(2.0, partial(self._write, ticket))

    def _done(self, ticket: Ticket, by: Person) -> None:
        """Plan a run when a requirement or the repair of a failure gets done."""
        repaired = self._repairs.pop(ticket.number, None)
        if repaired is not None:
            self._run_later(repaired)
        for test in self._tests.get(ticket.number, ()):
            self._run_later(test)

    def _run_later(self, test: Ticket) -> None:
        """Have ``test`` run in the test phase, which begins some weeks before the milestone is due."""
        rates, plan = self._world.scenario.rates, self._world.plan(test.milestone)
        early = 0.0 if plan is None else self._world.days_left(plan) - rates.test_phase_days
        self._soon(rates.test_days, partial(self._run, test), wait=max(0.0, early))

    def _soon(self, median_days: float, action: partial[None], wait: float = 0.0) -> None:
        tester = self._dice.choice(self._world.having(Duty.TESTER))
        at = self._world.time + timedelta(days=wait + lognormal(self._dice, median_days, 0.7))
        self._world.agenda.plan(self._world.presence(tester, at), partial(action, tester))

    def _write(self, requirement: Ticket, tester: Person) -> None:
        if requirement.team is None:
            return
        test = self._author.write(
            Kind.TEST,
            requirement.team,
            tester,
            title=f"Acceptance: {requirement.title[:200]}",
            milestone=requirement.milestone,
            home=Home.JIRA,
            component=requirement.component,
            assignee=tester,
            labels=("acceptance",),
            body=_steps(requirement),
        )
        self._tests.setdefault(requirement.number, []).append(test)
        self._board.relate(test, requirement, Relation.TESTS, tester)
        if not requirement.is_open:
            self._run_later(test)

    def _run(self, test: Ticket, tester: Person) -> None:
        requirement = self._requirement(test)
        if requirement is None or requirement.is_open or test.milestone in self._world.released:
            return
        if self._dice.random() < self._world.scenario.rates.test_pass:
            self._pass(test, tester)
        else:
            self._fail(test, requirement, tester)

    def _pass(self, test: Ticket, tester: Person) -> None:
        self._board.edit(test, tester, {Field.STATE: State.DONE, Field.OUTCOME: Outcome.DONE, Field.VERDICT: PASSED})

    def _fail(self, test: Ticket, requirement: Ticket, tester: Person) -> None:
        changes = {Field.STATE: State.ACTIVE, Field.OUTCOME: None, Field.VERDICT: FAILED}
        self._board.edit(test, tester, changes)
        if requirement.team is None or requirement.component is None:
            return
        title, body = self._author.wording.report(requirement.team, requirement.component, by_users=False)
        bug = self._author.bug(
            tester,
            requirement.team,
            title=title,
            body=body,
            component=requirement.component,
            milestone=requirement.milestone,
            home=requirement.home,
            priority=self._dice.choice((1, 2, 2, 3)),
        )
        self._repairs[bug.number] = test
        requirement.bugs.append(bug.number)
        self._board.relate(bug, test, Relation.BLOCKS, tester)

    def _requirement(self, test: Ticket) -> Ticket | None:
        found = next((number for number, tests in self._tests.items() if test in tests), None)
        return None if found is None else self._world.tickets[found]


def _steps(requirement: Ticket) -> Body:
    criteria = requirement.body.criteria if requirement.body else ()
    steps = tuple(f"Check on staging: {text}" for text, _ in criteria)
    return Body(steps or ("Walk through the screen on staging.",))
