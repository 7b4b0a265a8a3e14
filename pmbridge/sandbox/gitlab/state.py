"""The issues of a sandbox GitLab, changed as GitLab would change them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pmbridge.sandbox.access import Token, Tokens
from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.portfolio import Portfolio
from pmbridge.sandbox.gitlab.records import Event, Issue, IssueLink, Note, TimeLog
from pmbridge.sandbox.gitlab.tasks import task_notes

TOKEN = "sandbox-gitlab-token"
READ_ONLY_TOKEN = "sandbox-gitlab-read-only-token"
WIDGETS = frozenset(
    f"WorkItemWidget{name}"
    for name in ("Notes", "LinkedItems", "Development", "Hierarchy", "Description", "StartAndDueDate")
)
ULTIMATE_WIDGETS = frozenset({"WorkItemWidgetTestReports"})
LINK_TYPES = ("relates_to", "blocks", "is_blocked_by")


class GitlabSite(Portfolio):
    """A GitLab. Instants are aware UTC, ``by`` is an account id, issues are named by their global id.

    Assignments, texts, time and links leave system notes; states, labels, milestones and weights leave resource
    events. It begins with one bot account, `bot`, that holds a token with the scope ``api`` and one with ``read_api``.
    Without ``premium`` there are neither weights nor iterations nor epics, and scoped labels are plain text; with
    ``ultimate`` there are requirements and test cases too. ``saas`` makes it gitlab.com. ``widgets`` are those its
    GraphQL interface knows; servers before 16.5 know no linked items, and ``None`` is a server without one.
    """

    def __init__(
        self, clock: Clock | None = None, *, premium: bool = True, ultimate: bool = False, saas: bool = False
    ) -> None:
        super().__init__(clock or Clock())
        self.premium = premium or ultimate
        self.ultimate = ultimate
        self.saas = saas
        self.widgets: frozenset[str] | None = WIDGETS | (ULTIMATE_WIDGETS if ultimate else frozenset())
        self.issues: dict[int, Issue] = {}
        self.notes: dict[int, Note] = {}
        self.links: dict[int, IssueLink] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        self.tokens = Tokens()
        self.bot = self.add_user("pmbridge", "pmbridge", bot=True)
        self.tokens.add(Token(TOKEN, str(self.bot)))
        self.tokens.add(Token(READ_ONLY_TOKEN, str(self.bot), write=False, admin=False))

    def create_issue(
        self,
        project: int | str,
        title: str,
        *,
        at: datetime,
        by: int,
        description: str | None = None,
        labels: Iterable[str] = (),
        milestone: int | None = None,
        assignees: Iterable[int] = (),
        weight: int | None = None,
        due: date | None = None,
        issue_type: str = "issue",
        confidential: bool = False,
    ) -> int:
        """Create an issue and return its id; labels, milestone and weight leave their events at once."""
        home = self.project(project)
        home.last += 1
        issue = Issue(
            id=next(self._ids),
            iid=home.last,
            project=home.id,
            title=title,
            created=at,
            updated=at,
            by=by,
            description=description,
            type=issue_type,
            due=due,
            confidential=confidential,
            assignees=[self.users[user].id for user in assignees],
        )
        self.issues[issue.id] = issue
        self._numbers[home.id, issue.iid] = issue.id
        self.add_labels(issue.id, labels, at=at, by=by)
        if milestone is not None:
            self.set_milestone(issue.id, milestone, at=at, by=by)
        if weight is not None:
            self.set_weight(issue.id, weight, at=at, by=by)
        return issue.id

    def close_issue(self, id: int, *, at: datetime, by: int) -> None:
        """Close an issue that is open."""
        issue = self.issues[id]
        if issue.state != "closed":
            issue.state, issue.closed, issue.closed_by = "closed", at, by
            self._record(issue, issue.state_events, at, by, action="closed")

    def reopen_issue(self, id: int, *, at: datetime, by: int) -> None:
        """Reopen an issue that is closed."""
        issue = self.issues[id]
        if issue.state == "closed":
            issue.state, issue.closed, issue.closed_by = "opened", None, None
            self._record(issue, issue.state_events, at, by, action="reopened")

    def set_milestone(self, id: int, milestone: int | None, *, at: datetime, by: int) -> None:
        """Move an issue into a milestone or out of any.

        A move from one milestone to another leaves a single ``add`` of the new one, as in GitLab.
        """
        issue = self.issues[id]
        old, issue.milestone = issue.milestone, None if milestone is None else self.milestones[milestone].id
        if old == issue.milestone:
            return
        action, named = ("remove", old) if milestone is None else ("add", milestone)
        self._record(issue, issue.milestone_events, at, by, action=action, milestone=named)

    def add_labels(self, id: int, labels: Iterable[str], *, at: datetime, by: int) -> None:
        """Add labels, new ones to the project too; a scoped label takes the place of its siblings."""
        issue = self.issues[id]
        for name in dict.fromkeys(labels):
            if name in issue.labels:
                continue
            scope = name.rpartition("::")[0] if self.premium else ""
            siblings = [other for other in issue.labels if scope and other.rpartition("::")[0] == scope]
            self.remove_labels(id, siblings, at=at, by=by)
            self.add_label(issue.project, name)
            issue.labels.append(name)
            self._record(issue, issue.label_events, at, by, action="add", label=name)

    def remove_labels(self, id: int, labels: Iterable[str], *, at: datetime, by: int) -> None:
        """Remove labels the issue has."""
        issue = self.issues[id]
        for name in [name for name in labels if name in issue.labels]:
            issue.labels.remove(name)
            self._record(issue, issue.label_events, at, by, action="remove", label=name)

    def set_weight(self, id: int, weight: int | None, *, at: datetime, by: int) -> None:
        """Set or clear the weight."""
        issue = self.issues[id]
        if issue.weight != weight:
            issue.weight = weight
            self._record(issue, issue.weight_events, at, by, weight=weight)

    def set_iteration(self, id: int, iteration: int | None, *, at: datetime, by: int) -> None:
        """Move an issue into an iteration or out of any; a move leaves a single ``add``, as with milestones."""
        issue = self.issues[id]
        old, issue.iteration = issue.iteration, None if iteration is None else self.iterations[iteration].id
        if old != issue.iteration:
            action, named = ("remove", old) if iteration is None else ("add", iteration)
            self._record(issue, issue.iteration_events, at, by, action=action, iteration=named)

    def set_parent(self, id: int, parent: int | None, *, at: datetime, by: int) -> None:
        """Put a task under an issue, or an issue under an epic, or take it out; a note tells of it."""
        issue = self.issues[id]
        old, issue.parent = issue.parent, parent
        if parent is not None:
            self.add_note(id, f"added {self._parent_name(issue, parent)}", at=at, by=by, system=True)
        elif old is not None:
            reference, _, kind = self._parent_name(issue, old).partition(" as parent ")
            self.add_note(id, f"removed parent {kind} {reference}", at=at, by=by, system=True)

    def _parent_name(self, issue: Issue, parent: int) -> str:
        epic = self.epics.get(parent)
        if epic is None:
            return f"#{self.issues[parent].iid} as parent issue"
        group, home = self.groups[epic.group].path, self.projects[issue.project].path.rpartition("/")[0]
        return f"{'' if group == home else group}&{epic.iid} as parent epic"

    def assign(self, id: int, assignees: Iterable[int], *, at: datetime, by: int) -> None:
        """Make these accounts, and no others, the assignees."""
        issue, new = self.issues[id], [self.users[user].id for user in assignees]
        gone = [f"unassigned @{self.users[user].username}" for user in issue.assignees if user not in new]
        come = [f"assigned to @{self.users[user].username}" for user in new if user not in issue.assignees]
        issue.assignees = new
        if come or gone:
            self.add_note(id, " and ".join(come + gone), at=at, by=by, system=True)

    def edit(self, id: int, *, at: datetime, by: int, **fields: Any) -> None:
        """Set ``title``, ``description``, ``due``, ``confidential`` or ``type``."""
        issue = self.issues[id]
        for name, value in fields.items():
            if name not in ("title", "description", "due", "confidential", "type"):
                raise ValueError(f"a sandbox issue has no field {name!r} that can be set")
            old = getattr(issue, name)
            if old != value:
                setattr(issue, name, value)
                ticks = task_notes(old, value) if name == "description" else []
                for said in ticks or [_edited(name, old, value)]:
                    self.add_note(id, said, at=at, by=by, system=True)

    def add_note(
        self, id: int, body: str, *, at: datetime, by: int, system: bool = False, internal: bool = False
    ) -> int:
        """Add a comment or a system note as it stands, and return its id."""
        issue = self.issues[id]
        note = Note(next(self._ids), id, by, at, at, body, system, internal)
        self.notes[note.id] = note
        insort(issue.notes, note, key=lambda n: (n.at, n.id))
        self._touch(issue, at)
        return note.id

    def edit_note(self, id: int, body: str, *, at: datetime) -> None:
        """Replace a comment's text."""
        note = self.notes[id]
        note.body, note.updated = body, at
        self._touch(self.issues[note.issue], at)

    def delete_note(self, id: int) -> None:
        """Delete a comment; nothing remains of it."""
        note = self.notes.pop(id)
        self.issues[note.issue].notes.remove(note)

    def log_time(self, id: int, seconds: int, *, spent_at: datetime, by: int) -> None:
        """Enter time spent."""
        issue = self.issues[id]
        issue.time_logs.append(TimeLog(next(self._ids), id, by, spent_at, seconds))
        self.add_note(id, f"added {duration(seconds)} of time spent", at=spent_at, by=by, system=True)

    def link_issues(self, a: int, b: int, link_type: str = "relates_to", *, at: datetime, by: int) -> int:
        """Link two issues, ``a`` ``link_type`` ``b``, and return the link's id; both get a system note."""
        if link_type not in LINK_TYPES:
            raise ValueError(f"a link is one of {', '.join(LINK_TYPES)}, not {link_type!r}")
        source, target = (b, a) if link_type == "is_blocked_by" else (a, b)
        link = IssueLink(next(self._ids), source, target, link_type != "relates_to", at)
        self.links[link.id] = link
        words = ("marked this issue as blocking", "marked this issue as blocked by") if link.blocks else None
        for end, other, phrase in ((source, target, 0), (target, source, 1)):
            self.issues[end].links.append(link)
            said = words[phrase] if words else "marked this issue as related to"
            self.add_note(end, f"{said} #{self.issues[other].iid}", at=at, by=by, system=True)
        return link.id

    def move_issue(self, id: int, project: int | str, *, at: datetime, by: int) -> int:
        """Move an issue: a copy opens in the other project and the old one stays, closed. Return the copy's id."""
        old, home = self.issues[id], self.project(project)
        copy = self.create_issue(
            home.id,
            old.title,
            at=at,
            by=old.by,
            description=old.description,
            labels=old.labels,
            assignees=old.assignees,
            weight=old.weight,
            due=old.due,
            issue_type=old.type,
            confidential=old.confidential,
        )
        old.moved_to = copy
        path = f"{home.path}#{self.issues[copy].iid}"
        self.add_note(id, f"moved to {path}", at=at, by=by, system=True)
        self.close_issue(id, at=at, by=by)
        return copy

    def delete_milestone(self, id: int) -> None:
        """Delete a milestone; its issues lose it without an event, and events that name it name nothing."""
        del self.milestones[id]
        for issue in self.issues.values():
            if issue.milestone == id:
                issue.milestone = None

    def delete_issue(self, id: int) -> None:
        """Remove an issue with its notes and links; no trace remains."""
        issue = self.issues.pop(id)
        del self._numbers[issue.project, issue.iid]
        for note in issue.notes:
            del self.notes[note.id]
        for link in issue.links:
            self.links.pop(link.id, None)
            other = self.issues.get(link.target if link.source == id else link.source)
            if other is not None:
                other.links.remove(link)

    def issue(self, project: int | str, iid: int) -> Issue:
        """Return an issue by its number in a project; raises `KeyError` for an unknown one."""
        return self.issues[self._numbers[self.project(project).id, iid]]

    def find_issue(self, project: int, iid: int) -> Issue | None:
        """Return an issue by its number in a project, or ``None``."""
        return self.issues.get(self._numbers.get((project, iid), 0))

    def _record(self, issue: Issue, events: list[Event], at: datetime, by: int, **what: Any) -> None:
        insort(events, Event(next(self._ids), at, by, **what), key=lambda event: (event.at, event.id))
        self._touch(issue, at)

    def _touch(self, issue: Issue, at: datetime) -> None:
        issue.updated = max(issue.updated, at)


def _edited(name: str, old: Any, new: Any) -> str:
    match name:
        case "title":
            return f"changed title from **{old}** to **{new}**"
        case "description":
            return "changed the description"
        case "due":
            return f"changed due date to {new:%B %d, %Y}" if new else "removed due date"
        case "confidential":
            return f"made the issue {'confidential' if new else 'visible to everyone'}"
        case _:
            return f"changed type from {old} to {new}"


def duration(seconds: int) -> str:
    """Write a time as GitLab does: ``1d 2h 30m``, a day of eight hours."""
    minutes = seconds // 60
    parts = ((minutes // 480, "d"), (minutes % 480 // 60, "h"), (minutes % 60, "m"))
    return " ".join(f"{number}{unit}" for number, unit in parts if number) or "0m"
