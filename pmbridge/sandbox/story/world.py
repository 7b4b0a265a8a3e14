"""What the parts of the simulation share: the plan, the people, the dice and the items so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pmbridge.sandbox.story.agenda import Agenda
from pmbridge.sandbox.story.cast import CAST, Duty, Person
from pmbridge.sandbox.story.diary import Diary, keep_diary, working_days
from pmbridge.sandbox.story.scenario import MilestonePlan, Scenario, Team
from pmbridge.sandbox.story.script import Script
from pmbridge.sandbox.story.ticket import Ticket

#: Days the simulation reaches back beyond the first milestone's start.
PROLOGUE = 24
#: Days diaries are kept beyond now.
EPILOGUE = 20


@dataclass(slots=True)
class World:
    """The state of the simulated project at `time`."""

    scenario: Scenario
    seed: int
    now: datetime
    zone: ZoneInfo
    agenda: Agenda
    script: Script
    people: tuple[Person, ...]
    diaries: dict[str, Diary]
    tickets: list[Ticket] = field(default_factory=list)
    open_tickets: dict[int, Ticket] = field(default_factory=dict)
    announced: set[str] = field(default_factory=set)
    released: dict[str, datetime] = field(default_factory=dict)

    @property
    def time(self) -> datetime:
        """The present instant of the simulation."""
        return self.agenda.time

    def dice(self, purpose: str) -> Random:
        """Return random numbers of their own for one purpose, so that parts do not disturb each other."""
        return Random(f"{self.seed}/{purpose}")

    def day(self, offset: int) -> date:
        """Return the calendar day ``offset`` days from now, in the zone of the project."""
        return self.now.astimezone(self.zone).date() + timedelta(days=offset)

    def instant(self, offset: int, hour: float = 0.0) -> datetime:
        """Return a local hour of the day ``offset`` days from now, in UTC."""
        midnight = datetime.combine(self.day(offset), time(), self.zone).astimezone(UTC)
        return midnight + timedelta(hours=hour)

    def starts(self, plan: MilestonePlan) -> date:
        """Return the day a milestone starts, a Monday when its plan says weekend."""
        day = self.day(plan.start)
        return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def ends(self, plan: MilestonePlan) -> date:
        """Return the day a milestone is due, a Friday when its plan says weekend."""
        day = self.day(plan.due)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def has_begun(self, plan: MilestonePlan, head_start: int = 0) -> bool:
        """Tell whether ``plan`` starts within ``head_start`` days."""
        return self.starts(plan) - timedelta(days=head_start) <= self.time.astimezone(self.zone).date()

    def days_left(self, plan: MilestonePlan) -> float:
        """Return the days from the present to the end of the day on which ``plan`` is due."""
        end = datetime.combine(self.ends(plan), time(23, 59), self.zone)
        return (end - self.time) / timedelta(days=1)

    def plan(self, title: str | None) -> MilestonePlan | None:
        """Return the plan of a milestone."""
        return next((plan for plan in self.scenario.milestones if plan.title == title), None)

    def having(self, duty: Duty, team: Team | None = None) -> list[Person]:
        """Return the people of a duty, of one team when given, who have joined by now."""
        day = -((self.now - self.time) / timedelta(days=1))
        return [
            person
            for person in self.people
            if person.duty is duty and person.joined <= day and team in (None, person.team)
        ]

    def presence(self, person: Person, at: datetime) -> datetime | None:
        """Return the first instant from ``at`` on at which ``person`` is at work."""
        return self.diaries[person.handle].next_open(at)

    def members(self, title: str) -> list[Ticket]:
        """Return the items of a milestone, mirrors left out."""
        return [ticket for ticket in self.tickets if ticket.milestone == title and ticket.mirrors is None]


def found_world(scenario: Scenario, seed: int, now: datetime) -> World:
    """Return the world before anything has happened."""
    zone = ZoneInfo(scenario.zone)
    today = now.astimezone(zone).date()
    opening = min(plan.start for plan in scenario.milestones) - PROLOGUE
    days = working_days(today + timedelta(days=opening), today + timedelta(days=EPILOGUE))
    start = datetime.combine(days[0], time(6), zone).astimezone(UTC)
    return World(
        scenario=scenario,
        seed=seed,
        now=now,
        zone=zone,
        agenda=Agenda(start, now),
        script=Script(Random(f"{seed}/script"), now),
        people=CAST,
        diaries={
            person.handle: keep_diary(
                Random(f"{seed}/diary/{person.handle}"),
                [day for day in days if (day - today).days >= person.joined],
                zone,
            )
            for person in CAST
        },
    )
