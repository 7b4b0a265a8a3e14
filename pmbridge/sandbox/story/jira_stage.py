"""The Jira side of the story: events become issues, edits, comments and links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmbridge.sandbox.jira import adf
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.sandbox.story.cast import CAST, Duty, Person
from pmbridge.sandbox.story.events import Edited, Field, MilestonePlanned, MilestoneReleased, Opened, Worked
from pmbridge.sandbox.story.scenario import Scenario, Team
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Outcome, Relation, State
from pmbridge.sandbox.story.vocabulary import THINGS

TYPES = {
    Kind.EPIC: "Epic",
    Kind.STORY: "Story",
    Kind.TASK: "Task",
    Kind.BUG: "Bug",
    Kind.TEST: "Test",
    Kind.SUBTASK: "Sub-task",
    Kind.REQUEST: "Task",
}
PRIORITIES = {1: "Highest", 2: "High", 3: "Medium", 4: "Low", 5: "Lowest"}
STATUSES = {State.TODO: "To Do", State.ACTIVE: "In Progress", State.REVIEW: "In Review", State.DONE: "Done"}
RESOLUTIONS = {
    Outcome.DONE: "Done",
    Outcome.WONT_DO: "Won't Do",
    Outcome.DUPLICATE: "Duplicate",
    Outcome.NOT_REPRODUCIBLE: "Cannot Reproduce",
}
LINK_TYPES = {
    Relation.BLOCKS: "Blocks",
    Relation.DUPLICATES: "Duplicate",
    Relation.RELATES: "Relates",
    Relation.TESTS: "Test",
    Relation.SPLIT: "Issue split",
}
#: The label an acceptance test carries for its latest result.
VERDICT = "at::"


class JiraStage:
    """Plays events on a Jira site; `ids` finds the issue of an item, `versions` that of a milestone."""

    def __init__(self, site: JiraSite, scenario: Scenario, url: str) -> None:
        self.site = site
        self.ids: dict[int, str] = {}
        self.versions: dict[str, str] = {}
        self._scenario = scenario
        self._url = url.rstrip("/")

    def furnish(self) -> None:
        """Add the accounts, the project and its components."""
        for person in CAST:
            self.site.add_user(person.handle, person.name, person.email, zone=self._scenario.zone)
        lead = next(person for person in CAST if person.duty is Duty.MANAGER)
        self.site.add_project(self._scenario.jira_project, self._scenario.product, lead.handle)
        self.site.add_project(self._scenario.desk_project, f"{self._scenario.product} support", lead.handle)
        for team in (Team.CHECKOUT, Team.CATALOGUE):
            for component in THINGS[team]:
                self.site.add_component(self._scenario.jira_project, component)

    def plan(self, event: MilestonePlanned) -> None:
        """Add the version of a milestone."""
        self.versions[event.title] = self.site.add_version(
            self._scenario.jira_project,
            event.title,
            start=event.start,
            release_date=event.due,
            description=event.description,
        )

    def release(self, event: MilestoneReleased) -> None:
        """Release the version of a milestone, on the local day."""
        day = event.at.astimezone(ZoneInfo(self._scenario.zone)).date()
        self.site.release_version(self.versions[event.title], day)

    def open(self, event: Opened) -> None:
        """Create the issue of an item."""
        self.ids[event.ticket] = self.site.create_issue(
            self._scenario.desk_project if event.home is Home.DESK else self._scenario.jira_project,
            TYPES[event.kind],
            event.title,
            at=event.at,
            by=event.by.handle,
            description=_document(event.body, event.ticket),
            fix_versions=self._named(event.milestone),
            parent=self._parent(event.parent),
            points=event.points,
            priority=PRIORITIES[event.priority],
            labels=event.labels,
            components=[event.component] if event.component else [],
            assignee=_account(event.assignee),
            affects=self._named(event.affects),
            due=event.due,
            restricted=event.restricted,
        )

    def edit(self, event: Edited) -> None:
        """Save an edit."""
        changes = dict(self._fields(event))
        self.site.edit_issue(self.ids[event.ticket], at=event.at, by=event.by.handle, **changes)

    def comment(self, ticket: int, text: str, *, at: datetime, by: Person) -> None:
        """Comment on an issue."""
        self.site.add_comment(self.ids[ticket], text, at=at, by=by.handle)

    def work(self, event: Worked) -> None:
        """Enter a worklog."""
        self.site.log_work(
            self.ids[event.ticket], event.seconds, started=event.started, by=event.by.handle, at=event.at
        )

    def relate(self, relation: Relation, source: int, target: int, *, at: datetime, by: Person) -> None:
        """Link two issues."""
        self.site.link_issues(LINK_TYPES[relation], self.ids[source], self.ids[target], at=at, by=by.handle)

    def point_to(self, ticket: int, url: str, title: str, relationship: str) -> None:
        """Link an issue to a page of the other tracker."""
        self.site.add_remote_link(self.ids[ticket], url, title, relationship)

    def key(self, ticket: int) -> str:
        """Return the key of an item's issue."""
        return self.site.issue(self.ids[ticket]).key

    def address(self, ticket: int) -> str:
        """Return the address of an item's issue."""
        return f"{self._url}/browse/{self.key(ticket)}"

    def _fields(self, event: Edited) -> Iterator[tuple[str, Any]]:
        for field, value in event.changes.items():
            match field:
                case Field.STATE:
                    yield "status", STATUSES[value]
                case Field.OUTCOME:
                    yield "resolution", RESOLUTIONS[value] if value else None
                case Field.MILESTONE:
                    yield "fix_versions", self._named(value)
                case Field.PARENT:
                    yield "parent", self._parent(value)
                case Field.ASSIGNEE:
                    yield "assignee", _account(value)
                case Field.PRIORITY:
                    yield "priority", PRIORITIES[value]
                case Field.POINTS:
                    yield "points", value
                case Field.BLOCKED:
                    yield "flagged", value
                case Field.BODY:
                    yield "description", _document(value, event.ticket)
                case Field.VERDICT:
                    yield "labels", self._labels(event.ticket, value)

    def _labels(self, ticket: int, verdict: str) -> list[str]:
        kept = [label for label in self.site.issue(self.ids[ticket]).labels if not label.startswith(VERDICT)]
        return [*kept, VERDICT + verdict]

    def _named(self, milestone: str | None) -> list[str]:
        return [] if milestone is None else [self.versions[milestone]]

    def _parent(self, ticket: int | None) -> str | None:
        return None if ticket is None else self.ids[ticket]


def _account(person: Person | None) -> str | None:
    return None if person is None else person.handle


def _document(body: Body | None, ticket: int) -> list[adf.Node] | None:
    if body is None:
        return None
    blocks = [adf.paragraph(text) for text in body.paragraphs]
    if body.criteria:
        blocks += [adf.heading("Acceptance criteria"), adf.task_list(body.criteria, f"criteria-{ticket}")]
    return blocks
