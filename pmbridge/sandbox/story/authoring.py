"""How items come to be written: what they are about, how large they are and who is to do them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from pmbridge.sandbox.story.board import Board
from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.chance import lognormal, story_points
from pmbridge.sandbox.story.events import Field
from pmbridge.sandbox.story.scenario import MilestonePlan, Team
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Ticket
from pmbridge.sandbox.story.vocabulary import HOSTILE_TITLES
from pmbridge.sandbox.story.wording import Wording
from pmbridge.sandbox.story.world import World

#: How important the owners find their items: priority and share.
PRIORITIES = {2: 0.22, 3: 0.58, 4: 0.17, 5: 0.03}
TOPICS = ("ux", "tech-debt", "performance", "accessibility", "security", "seo", "analytics")


class Author:
    """Writes items down in the tracker in which their team plans."""

    def __init__(self, world: World, board: Board, wording: Wording) -> None:
        self._world = world
        self._board = board
        self.wording = wording
        self._dice = world.dice("author")
        self._rates = world.scenario.rates
        self._hostile = list(HOSTILE_TITLES)
        self._epics: dict[str, int] = {}
        self._readers: list[Callable[[Ticket], None]] = []

    def when_written(self, reader: Callable[[Ticket], None]) -> None:
        """Have ``reader`` called with every planned item as it is written."""
        self._readers.append(reader)

    def work(self, by: Person, team: Team, milestone: str | None) -> Ticket:
        """Write a story or task of ``team`` as its product owner ``by`` plans it."""
        kind = Kind.STORY if self._dice.random() < 0.62 else Kind.TASK
        component = self.wording.component(team)
        title = self._title(kind, team, component)
        bare = self._dice.random() < self._rates.bare
        if bare:
            return self.write(kind, team, by, title=title, milestone=milestone, bare=True)
        body = self._body(kind, team, title)
        ticket = self.write(
            kind, team, by, title=title, milestone=milestone, component=component, body=body, due=self._due(milestone)
        )
        if ticket.home is Home.JIRA and kind is Kind.STORY and self._dice.random() < self._mirrored(milestone):
            self._mirror_soon(ticket)
        for reader in self._readers:
            reader(ticket)
        return ticket

    def bug(self, by: Person, team: Team, *, title: str, body: Body, component: str, **more: Any) -> Ticket:
        """Write a bug of ``team`` as ``by`` saw it."""
        return self.write(Kind.BUG, team, by, title=title, body=body, component=component, **more)

    def epic(self, plan: MilestonePlan, by: Person) -> Ticket:
        """Write the epic of a milestone."""
        words = Body((f"Everything that has to be true before {plan.title} may reach the customers.",))
        epic = self._container(Kind.EPIC, Home.JIRA, f"{plan.title}: delivery", plan, by, words)
        self._epics[plan.title] = epic.number
        return epic

    def tracking(self, plan: MilestonePlan, by: Person) -> Ticket:
        """Write the tracking issue of a milestone."""
        words = Body(("Status of the release, decisions and links. Updated by the release manager.",))
        return self._container(Kind.TRACKING, Home.WEB, f"Release {plan.title}", plan, by, words)

    def write(
        self,
        kind: Kind,
        team: Team,
        by: Person,
        *,
        title: str,
        milestone: str | None,
        home: Home | None = None,
        effort: float | None = None,
        bare: bool = False,
        **more: Any,
    ) -> Ticket:
        """Write an item, of a drawn effort unless given; ``bare`` leaves every optional field empty."""
        plan = self._world.plan(milestone)
        hours = self._effort(kind, plan) if effort is None else effort
        place = home or self._home(team)
        ticket = Ticket(
            number=self._board.number(),
            home=place,
            kind=kind,
            title=title,
            team=team,
            milestone=milestone,
            created=self._world.time,
            by=by,
            effort=hours,
            left=hours,
            **({} if bare else self._usual(kind, team, place, plan, hours) | more),
        )
        return self._board.open(ticket)

    def _usual(self, kind: Kind, team: Team, place: Home, plan: MilestonePlan | None, hours: float) -> dict[str, Any]:
        """Draw the fields people usually fill in."""
        return {
            "priority": self._priority(),
            "labels": self._labels(),
            "points": self._points(kind, hours, plan),
            "assignee": self._assignee(kind, team, plan),
            "parent": self.epic_of(plan.title) if plan is not None and place is Home.JIRA else None,
            "restricted": self._dice.random() < self._rates.restricted,
        }

    def epic_of(self, milestone: str | None) -> int | None:
        """Return the number of the epic of a milestone that has one."""
        return None if milestone is None else self._epics.get(milestone)

    def put_off(self, ticket: Ticket, by: Person, milestone: str | None) -> None:
        """Move ``ticket`` to another milestone that is set up, and to its epic in the same edit."""
        if milestone is not None and milestone not in self._world.announced:
            return
        changes: dict[Field, object] = {Field.MILESTONE: milestone}
        if ticket.home is Home.JIRA:
            changes[Field.PARENT] = self.epic_of(milestone)
        self._board.edit(ticket, by, changes)

    def estimate(self, ticket: Ticket) -> float:
        """Return what the team would guess for ``ticket``: points, wrong by a third either way."""
        per_point = self._rates.hours_per_point
        return story_points(ticket.effort * lognormal(self._dice, 1, 0.35) / per_point)

    def mirror(self, ticket: Ticket, by: Person) -> None:
        """Write the developers' copy of ``ticket`` in the web project."""
        if not ticket.is_open:
            return
        twin = Ticket(
            number=self._board.number(),
            home=Home.WEB,
            kind=ticket.kind,
            title=ticket.title,
            team=ticket.team,
            milestone=ticket.milestone,
            component=ticket.component,
            created=self._world.time,
            by=by,
            points=ticket.points,
            priority=ticket.priority,
            body=Body(ticket.body.paragraphs) if ticket.body else None,
            assignee=ticket.assignee,
            mirrors=ticket.number,
            restricted=ticket.restricted,
        )
        ticket.twin = twin.number
        self._board.open(twin)

    def _mirror_soon(self, ticket: Ticket) -> None:
        developers = self._world.having(Duty.DEVELOPER, ticket.team)
        by = self._dice.choice(developers)
        lag = timedelta(hours=lognormal(self._dice, 14, 0.9))
        self._world.agenda.plan(self._world.presence(by, self._world.time + lag), lambda: self.mirror(ticket, by))

    def _mirrored(self, milestone: str | None) -> float:
        return 0.0 if milestone is None else self._rates.mirrored

    def _container(self, kind: Kind, home: Home, title: str, plan: MilestonePlan, by: Person, body: Body) -> Ticket:
        return self._board.open(
            Ticket(
                number=self._board.number(),
                home=home,
                kind=kind,
                title=title,
                team=None,
                milestone=plan.title,
                created=self._world.time,
                by=by,
                assignee=by,
                body=body,
            )
        )

    def _title(self, kind: Kind, team: Team, component: str) -> str:
        if self._hostile and self._board.number() > 40 and self._dice.random() < self._rates.hostile:
            return self._hostile.pop()
        return self.wording.title(kind, team, component)

    def _body(self, kind: Kind, team: Team, title: str) -> Body:
        if kind is Kind.STORY:
            return self.wording.story(team, title, self._dice.randint(2, 5))
        return self.wording.task(team, title)

    def _home(self, team: Team) -> Home:
        if team is not Team.PLATFORM:
            return Home.JIRA
        return Home.API if self._dice.random() < 0.55 else Home.WEB

    def _effort(self, kind: Kind, plan: MilestonePlan | None) -> float:
        medians = {Kind.STORY: self._rates.story_hours, Kind.BUG: self._rates.bug_hours}
        hours = lognormal(self._dice, medians.get(kind, self._rates.task_hours), self._rates.effort_spread)
        return min(60.0, hours) * (plan.size if plan else 1.0)

    def _points(self, kind: Kind, hours: float, plan: MilestonePlan | None) -> float | None:
        missing = 0.6 if plan is None or kind is Kind.BUG else plan.unestimated
        if kind is Kind.TEST or self._dice.random() < missing:
            return None
        return story_points(hours * lognormal(self._dice, 1, 0.35) / self._rates.hours_per_point)

    def _assignee(self, kind: Kind, team: Team, plan: MilestonePlan | None) -> Person | None:
        """Choose who is named at once: the keeper of the milestone's knowledge, now and then another, often nobody."""
        developers = self._world.having(Duty.DEVELOPER, team)
        keeper = next((p for p in developers if plan is not None and p.handle == plan.keeper), None)
        if plan is not None and keeper is not None and self._dice.random() < plan.keeper_share:
            return keeper
        planned = kind in (Kind.STORY, Kind.TASK) and plan is not None
        return self._dice.choice(developers) if planned and self._dice.random() < self._rates.assigned else None

    def _due(self, milestone: str | None) -> date | None:
        plan = self._world.plan(milestone)
        if plan is None or self._dice.random() >= self._rates.due_date:
            return None
        return self._world.day(self._dice.randint(plan.start + 5, plan.due))

    def _priority(self) -> int:
        return self._dice.choices(list(PRIORITIES), list(PRIORITIES.values()))[0]

    def _labels(self) -> tuple[str, ...]:
        return (self._dice.choice(TOPICS),) if self._dice.random() < 0.25 else ()
