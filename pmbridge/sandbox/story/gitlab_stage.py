"""The GitLab side of the story: events become issues, labels, notes and deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.story.cast import CAST, Person
from pmbridge.sandbox.story.events import Edited, Field, MilestonePlanned, MilestoneReleased, Opened, Worked
from pmbridge.sandbox.story.scenario import Scenario
from pmbridge.sandbox.story.ticket import Body, Home, Kind, Outcome, Relation, State

TYPES = {
    Kind.STORY: "type::feature",
    Kind.TASK: "type::task",
    Kind.BUG: "type::bug",
    Kind.TRACKING: "release-tracking",
}
WORKFLOW = {State.ACTIVE: "workflow::doing", State.REVIEW: "workflow::review"}
REASONS = {
    Outcome.WONT_DO: "resolution::wont do",
    Outcome.DUPLICATE: "resolution::duplicate",
    Outcome.NOT_REPRODUCIBLE: "resolution::not reproducible",
}
BLOCKED = "blocked"
LINK_TYPES = {Relation.BLOCKS: "blocks"}


class GitlabStage:
    """Plays events on a GitLab; `ids` finds the issue of an item, `milestones` that of a home and title."""

    def __init__(self, site: GitlabSite, scenario: Scenario, url: str) -> None:
        self.site = site
        self.ids: dict[int, int] = {}
        self.milestones: dict[tuple[Home, str], int] = {}
        self.users: dict[str, int] = {}
        self._paths = {Home.WEB: scenario.web_project, Home.API: scenario.api_project}
        self._homes: dict[int, Home] = {}
        self._url = url.rstrip("/")

    def path(self, home: Home) -> str:
        """Return the path of a home's project."""
        return self._paths[home]

    def furnish(self) -> None:
        """Add the accounts and the projects with their labels."""
        for person in CAST:
            self.users[person.handle] = self.site.add_user(person.handle, person.name)
        for path in self._paths.values():
            self.site.add_project(path)
            for label in (*TYPES.values(), *WORKFLOW.values(), *REASONS.values(), BLOCKED):
                self.site.add_label(path, label)

    def plan(self, event: MilestonePlanned) -> None:
        """Add the milestone to both projects."""
        for home, path in self._paths.items():
            self.milestones[home, event.title] = self.site.add_milestone(
                path, event.title, start=event.start, due=event.due, description=event.description
            )

    def release(self, event: MilestoneReleased) -> None:
        """Deploy to production, publish the release and close the milestone, in both projects."""
        for home, path in self._paths.items():
            milestone = self.milestones[home, event.title]
            self.site.add_deployment(path, "production", "production", finished_at=event.at, ref=event.tag)
            self.site.add_release(path, event.tag, released_at=event.at, milestones=[milestone])
            self.site.close_milestone(milestone)

    def open(self, event: Opened, description: str | None) -> None:
        """Create the issue of an item."""
        self._homes[event.ticket] = event.home
        self.ids[event.ticket] = self.site.create_issue(
            self._paths[event.home],
            event.title,
            at=event.at,
            by=self.users[event.by.handle],
            description=description,
            labels=list(_labels(event)),
            milestone=self._milestone(event.ticket, event.milestone),
            assignees=self._accounts(event.assignee),
            weight=None if event.points is None else int(event.points),
            due=event.due,
            confidential=event.restricted,
        )

    def edit(self, event: Edited) -> None:
        """Save an edit: each field leaves its own trace, as GitLab has no joint history."""
        issue, at, by = self.ids[event.ticket], event.at, self.users[event.by.handle]
        for field, value in event.changes.items():
            match field:
                case Field.STATE:
                    self._move(event.ticket, value, at, by)
                case Field.OUTCOME if value in REASONS:
                    self.site.add_labels(issue, [REASONS[value]], at=at, by=by)
                case Field.MILESTONE:
                    self.site.set_milestone(issue, self._milestone(event.ticket, value), at=at, by=by)
                case Field.ASSIGNEE:
                    self.site.assign(issue, self._accounts(value), at=at, by=by)
                case Field.POINTS:
                    self.site.set_weight(issue, None if value is None else int(value), at=at, by=by)
                case Field.BLOCKED:
                    change = self.site.add_labels if value else self.site.remove_labels
                    change(issue, [BLOCKED], at=at, by=by)
                case Field.BODY:
                    self.site.edit(issue, at=at, by=by, description=markdown(value))

    def comment(self, ticket: int, text: str, *, at: datetime, by: Person) -> None:
        """Add a note."""
        self.site.add_note(self.ids[ticket], text, at=at, by=self.users[by.handle])

    def work(self, event: Worked) -> None:
        """Enter time spent, as of the end of the work."""
        by = self.users[event.by.handle]
        self.site.log_time(self.ids[event.ticket], event.seconds, spent_at=event.at, by=by)

    def relate(self, relation: Relation, source: int, target: int, *, at: datetime, by: Person) -> None:
        """Link two issues; a duplicate is named in a system note, since GitLab has no such link."""
        author = self.users[by.handle]
        self.site.link_issues(
            self.ids[source], self.ids[target], LINK_TYPES.get(relation, "relates_to"), at=at, by=author
        )
        if relation is Relation.DUPLICATES:
            said = f"marked this issue as a duplicate of #{self.site.issues[self.ids[target]].iid}"
            self.site.add_note(self.ids[source], said, at=at, by=author, system=True)

    def pipeline(self, home: Home, *, at: datetime, succeeded: bool, suites: list[dict[str, object]]) -> None:
        """Add a pipeline of the main branch with its test report."""
        status = "success" if succeeded else "failed"
        self.site.add_pipeline(self._paths[home], ref="main", at=at, status=status, test_suites=suites)

    def reference(self, ticket: int) -> str:
        """Return the full reference of an item's issue, such as ``group/project#12``."""
        return f"{self._paths[self._homes[ticket]]}#{self.site.issues[self.ids[ticket]].iid}"

    def address(self, ticket: int) -> str:
        """Return the address of an item's issue."""
        path, _, iid = self.reference(ticket).partition("#")
        return f"{self._url}/{path}/-/issues/{iid}"

    def _move(self, ticket: int, state: State, at: datetime, by: int) -> None:
        """Change label and state; the sandbox knows opened and closed, the rest is the workflow label."""
        issue = self.ids[ticket]
        if state is State.DONE:
            self.site.remove_labels(issue, list(WORKFLOW.values()), at=at, by=by)
            self.site.close_issue(issue, at=at, by=by)
            return
        self.site.reopen_issue(issue, at=at, by=by)
        if state in WORKFLOW:
            self.site.add_labels(issue, [WORKFLOW[state]], at=at, by=by)
        else:
            self.site.remove_labels(issue, list(WORKFLOW.values()), at=at, by=by)

    def _milestone(self, ticket: int, title: str | None) -> int | None:
        return None if title is None else self.milestones[self._homes[ticket], title]

    def _accounts(self, person: Person | None) -> list[int]:
        return [] if person is None else [self.users[person.handle]]


def markdown(body: Body | None, *more: str) -> str | None:
    """Write a description with its checklist; nothing to say is ``None``."""
    paragraphs = [*(body.paragraphs if body else ()), *more]
    if body and body.criteria:
        boxes = "\n".join(f"- [{'x' if done else ' '}] {text}" for text, done in body.criteria)
        paragraphs.append(f"### Acceptance criteria\n\n{boxes}")
    return "\n\n".join(paragraphs) or None


def _labels(event: Opened) -> Iterator[str]:
    """Yield the labels of a new issue; one written in a hurry has its type only."""
    if event.kind in TYPES:
        yield TYPES[event.kind]
    if event.component is not None:
        yield f"area::{event.component.lower()}"
        if event.priority <= 2:
            yield f"priority::{event.priority}"
        if event.kind is Kind.BUG:
            yield f"severity::{min(event.priority, 4)}"
    if event.affects is not None:
        yield f"affects::{event.affects.split()[0]}"
    yield from event.labels
