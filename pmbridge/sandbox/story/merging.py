"""The merge requests behind the items, as the reviews of the story have them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pmbridge.sandbox.story.cast import Duty, Person
from pmbridge.sandbox.story.events import Edited, Field
from pmbridge.sandbox.story.gitlab_stage import GitlabStage
from pmbridge.sandbox.story.jira_stage import JiraStage
from pmbridge.sandbox.story.scenario import Role
from pmbridge.sandbox.story.ticket import WORK, Home, Kind, Outcome, State, Ticket
from pmbridge.sandbox.story.world import World

#: Share of tasks that need no code, of items planned in Jira whose code is in the interface's project.
WITHOUT_CODE, IN_API = 0.4, 0.25
#: Days since which merge requests wait that everybody has forgotten.
FORGOTTEN = (61, 38, 24)
OBJECTIONS = ("This needs a test.", "Please split this.", "What about the empty basket?", "Naming: see the glossary.")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Review:
    """What happens to one merge request; ``ended`` is ``None`` while it is open.

    Nobody answers the objections to a ``forgotten`` one. ``failed`` is when its pipelines failed, none of which worked.
    """

    ticket: Ticket
    home: Home
    author: Person
    opened: datetime
    reviewer: Person
    draft: bool = False
    objections: list[datetime] = field(default_factory=list)
    ended: datetime | None = None
    merged: bool = False
    forgotten: bool = False
    failed: list[datetime] = field(default_factory=list)


class Merging:
    """Reads from the script who had what reviewed when, and opens the merge requests of it in GitLab."""

    def __init__(self, world: World, jira: JiraStage, gitlab: GitlabStage) -> None:
        self._world = world
        self._jira = jira
        self._gitlab = gitlab
        self._dice = world.dice("merging")
        self._edits: dict[int, list[Edited]] = defaultdict(list)
        for event in world.script.events:
            if isinstance(event, Edited) and Field.STATE in event.changes:
                self._edits[event.ticket].append(event)

    def play(self) -> None:
        """Open every merge request in the order of time, with what became of it until now."""
        found = [review for ticket in self._world.tickets for review in self._reviews(ticket)]
        for review in sorted([*found, *self._forgotten()], key=lambda review: review.opened):
            self._play(review)

    def _reviews(self, ticket: Ticket) -> Iterator[Review]:
        """Yield the merge request of an item that got as far as review, or is still a draft."""
        skipped, elsewhere = self._dice.random() < WITHOUT_CODE, self._dice.random() < IN_API
        concerns_code = ticket.kind in (Kind.STORY, Kind.BUG) or (ticket.kind is Kind.TASK and not skipped)
        if not concerns_code or ticket.mirrors is not None or ticket.restricted or not self._is_told(ticket):
            return
        review: Review | None = None
        for edit in self._edits[ticket.number]:
            state = edit.changes[Field.STATE]
            if state is State.REVIEW and review is None:
                review = self._opened(ticket, edit.at, edit.by, elsewhere=elsewhere)
            elif state is State.ACTIVE and review is not None:
                review.objections.append(edit.at)
            elif state is State.DONE and review is not None:
                self._end(review, edit)
                break
        if review is not None:
            yield review

    def _is_told(self, ticket: Ticket) -> bool:
        return ticket.number in self._jira.ids or ticket.number in self._gitlab.ids

    def _opened(self, ticket: Ticket, at: datetime, by: Person, *, elsewhere: bool) -> Review:
        planned = Home.API if elsewhere else Home.WEB
        home = planned if ticket.home in (Home.JIRA, Home.DESK) else ticket.home
        if ticket.twin is not None:
            home = self._world.tickets[ticket.twin].home
        mates = [mate for mate in self._world.having(Duty.DEVELOPER, by.team) if mate is not by]
        return Review(ticket, home, by, at, self._dice.choice(mates or list(self._world.having(Duty.DEVELOPER))))

    def _end(self, review: Review, edit: Edited) -> None:
        """Merge, or give up; the developer of a mirrored item merges when the mirror is closed, before the plan is."""
        ends = [edit.at]
        if review.ticket.twin is not None:
            twin = self._edits[review.ticket.twin]
            ends += [e.at for e in twin if e.changes[Field.STATE] is State.DONE and e.at > review.opened]
        review.ended = max(min(ends), review.opened + timedelta(minutes=4))
        review.merged = edit.changes.get(Field.OUTCOME, Outcome.DONE) is Outcome.DONE

    def _forgotten(self) -> Iterator[Review]:
        """Yield merge requests of the milestone in trouble that wait for long, and one that is a draft still."""
        title = self._world.scenario.plan(Role.TROUBLE).title
        waiting = [
            ticket
            for ticket in self._world.members(title)
            if ticket.home is Home.JIRA and ticket.kind in WORK and ticket.state in (State.TODO, State.ACTIVE)
            if self._is_told(ticket) and not ticket.restricted and ticket.twin is None
        ]
        author = self._world.having(Duty.DEVELOPER)[0]
        for ticket, days in zip(sorted(waiting, key=lambda t: t.created), FORGOTTEN, strict=False):
            at = max(ticket.created + timedelta(hours=2), self._world.now - timedelta(days=days))
            review = self._opened(ticket, at, ticket.assignee or author, elsewhere=False)
            review.objections = [min(at + timedelta(hours=self._dice.uniform(4, 50)), self._world.now)]
            review.forgotten = True
            review.failed = [at + timedelta(minutes=40)] if days == FORGOTTEN[-1] else []
            yield review
        for ticket in waiting[-1:]:
            at = max(ticket.created, self._world.now - timedelta(days=3))
            draft = self._opened(ticket, at, ticket.assignee or author, elsewhere=False)
            draft.draft = True
            yield draft

    def _play(self, review: Review) -> None:
        site, ticket = self._gitlab.site, review.ticket
        account = self._gitlab.users
        id = site.add_merge_request(
            self._gitlab.path(review.home),
            f"{'Draft: ' if review.draft else ''}{self._name(ticket)}{ticket.title}",
            branch=self._branch(ticket),
            at=review.opened,
            by=account[review.author.handle],
            description=self._description(ticket),
            draft=review.draft,
            reviewers=[] if review.draft else [account[review.reviewer.handle]],
            closes=self._closes(ticket),
        )
        for at in review.objections:
            if review.ended is None or at < review.ended:
                say = site.object if review.forgotten else site.review
                say(id, self._dice.choice(OBJECTIONS), at=at, by=account[review.reviewer.handle])
        for at in review.failed:
            site.run_pipeline(id, at=at, status="failed")
        if review.ended is not None:
            self._conclude(id, review, review.ended, account[review.reviewer.handle])

    def _conclude(self, id: int, review: Review, ended: datetime, reviewer: int) -> None:
        author = self._gitlab.users[review.author.handle]
        if not review.merged:
            self._gitlab.site.abandon(id, at=ended, by=author)
            return
        self._gitlab.site.approve(id, at=ended - timedelta(minutes=self._dice.uniform(0.5, 3)), by=reviewer)
        self._gitlab.site.merge(id, at=ended, by=author)

    def _name(self, ticket: Ticket) -> str:
        return f"{self._jira.key(ticket.number)}: " if ticket.number in self._jira.ids else ""

    def _branch(self, ticket: Ticket) -> str:
        """Name a branch as its team does: with the key of the item, or as GitLab would."""
        words = _NO_WORD.sub("-", ticket.title.casefold()).strip("-")[:32].strip("-")
        if ticket.number in self._jira.ids:
            return f"{'fix' if ticket.kind is Kind.BUG else 'feature'}/{self._jira.key(ticket.number)}-{words}"
        return f"{self._gitlab.site.issues[self._gitlab.ids[ticket.number]].iid}-{words}"

    def _closes(self, ticket: Ticket) -> list[int]:
        number = ticket.number if ticket.number in self._gitlab.ids else ticket.twin
        return [] if number is None or number not in self._gitlab.ids else [self._gitlab.ids[number]]

    def _description(self, ticket: Ticket) -> str:
        closed = [self._gitlab.site.issues[id].iid for id in self._closes(ticket)]
        return "".join(f"Closes #{iid}" for iid in closed) or self._name(ticket).rstrip(": ")
