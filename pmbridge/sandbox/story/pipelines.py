"""The nightly pipelines: what automated tests say about the requirements of the milestone at the gate."""

from __future__ import annotations

from functools import partial

from pmbridge.sandbox.story.events import Case, PipelineRan
from pmbridge.sandbox.story.scenario import Role
from pmbridge.sandbox.story.ticket import Home, Kind, Outcome, State, Ticket
from pmbridge.sandbox.story.vocabulary import UNIT_TESTS
from pmbridge.sandbox.story.world import World

#: Share of requirements with an automated test, and the chance that such a test fails without a reason.
AUTOMATED, FLAKY = 0.7, 0.012
#: The project whose pipeline runs the acceptance tests of each home.
RUNS_IN = {Home.JIRA: Home.WEB, Home.WEB: Home.WEB, Home.API: Home.API}


class Pipelines:
    """Runs a pipeline in both GitLab projects every working night."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = world.dice("pipelines")
        self._automated: dict[int, bool] = {}

    def prepare(self) -> None:
        """Enter the nights into the agenda."""
        for day in range(-self._world.scenario.pipeline_days, 1):
            if self._world.day(day).weekday() < 5:
                for home in (Home.WEB, Home.API):
                    at = self._world.instant(day, self._dice.uniform(2.0, 3.4))
                    self._world.agenda.plan(at, partial(self._run, home))

    def _run(self, home: Home) -> None:
        title = self._world.scenario.plan(Role.GATE).title
        proven = [ticket for ticket in self._world.members(title) if self._has_case(ticket, home)]
        cases = (*map(self._acceptance, proven), *map(self._unit, UNIT_TESTS[home.value]))
        self._world.script.record(PipelineRan(at=self._world.time, home=home, cases=cases))

    def _has_case(self, ticket: Ticket, home: Home) -> bool:
        """Tell whether the pipeline of ``home`` knows ``ticket``: a story that got as far as review once."""
        known = ticket.kind is Kind.STORY and RUNS_IN[ticket.home] is home and ticket.outcome in (None, Outcome.DONE)
        if not known or (ticket.state in (State.TODO, State.ACTIVE) and not ticket.reopened):
            return False
        if ticket.number not in self._automated:
            self._automated[ticket.number] = self._dice.random() < AUTOMATED
        return self._automated[ticket.number]

    def _acceptance(self, ticket: Ticket) -> Case:
        broken = ticket.is_open or any(number in self._world.open_tickets for number in ticket.bugs)
        failed = broken or self._dice.random() < FLAKY
        return Case("acceptance", ticket.title, "failed" if failed else "success", self._seconds(9), ticket.number)

    def _unit(self, name: str) -> Case:
        roll = self._dice.random()
        status = "failed" if roll < 0.002 else "skipped" if roll < 0.01 else "success"
        return Case("unit", name, status, self._seconds(0.4))

    def _seconds(self, mean: float) -> float:
        return round(self._dice.expovariate(1 / mean), 3)
