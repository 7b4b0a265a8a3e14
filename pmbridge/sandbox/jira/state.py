"""The issues of a sandbox Jira, changed as Jira would change them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from pmbridge.sandbox.access import Token, Tokens
from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.jira import adf, catalog
from pmbridge.sandbox.jira.edit import changes_of
from pmbridge.sandbox.jira.records import (
    Adf,
    ChangeItem,
    Comment,
    Component,
    History,
    Issue,
    Link,
    RemoteLink,
    Version,
    Worklog,
)
from pmbridge.sandbox.jira.searches import Searches
from pmbridge.sandbox.jira.structure import Structure

BOT = "5f00000000000000000000b0"
BOT_EMAIL = "pmbridge@example.com"
TOKEN = "sandbox-jira-token"
READ_ONLY_TOKEN = "sandbox-jira-read-only-token"

_CATALOGS: dict[str, Sequence[Any]] = {
    "statuses": catalog.STATUSES,
    "resolutions": catalog.RESOLUTIONS,
    "priorities": catalog.PRIORITIES,
    "types": catalog.ISSUE_TYPES,
    "link_types": catalog.LINK_TYPES,
}


class JiraSite(Structure):
    """A Jira Cloud site. Instants are aware UTC, ``by`` is an account id, issues are named by id or key.

    It begins with one bot account, `bot`, that holds a token with all rights and one that may only read.
    With ``server`` it is a Data Center: `server.py` says how that differs. Its searches never look beyond
    ``result_window`` rows, and one of an ``old`` version names its users without keys.
    """

    def __init__(
        self, clock: Clock | None = None, name: str = "Sandbox Jira", *, server: bool = False, old: bool = False
    ) -> None:
        super().__init__()
        self.server, self.old, self.result_window, self.worklog_page = server, old, 10_000, 1000
        self.clock = clock or Clock()
        self.name = name
        self.issues: dict[str, Issue] = {}
        self.children: dict[str, list[str]] = {}
        self.comments: dict[str, Comment] = {}
        self.worklogs: dict[str, Worklog] = {}
        self.deleted_worklogs: list[tuple[datetime, str]] = []
        self._keys: dict[str, str] = {}
        self.searches = Searches()
        self._history_ids = count(100_000)
        self.tokens = Tokens()
        self.bot = self.add_user(BOT, "pmbridge", BOT_EMAIL, bot=True)
        self.tokens.add(Token(TOKEN, self.bot))
        self.tokens.add(Token(READ_ONLY_TOKEN, self.bot, write=False, admin=False))

    def create_issue(
        self,
        project: str,
        type: str,
        summary: str,
        *,
        at: datetime,
        by: str,
        description: str | Sequence[Adf] | Adf | None = None,
        fix_versions: Iterable[str] = (),
        parent: str | None = None,
        points: float | None = None,
        priority: str = "Medium",
        labels: Iterable[str] = (),
        components: Iterable[str] = (),
        assignee: str | None = None,
        affects: Iterable[str] = (),
        due: date | None = None,
        restricted: bool = False,
    ) -> str:
        """Create an issue in the first status and return its id; what it is created with leaves no history."""
        home = self.project(project)
        home.last += 1
        issue = Issue(
            id=str(next(self._ids)),
            key=f"{home.key}-{home.last}",
            project=home.key,
            type=self.named("types", type).id,
            summary=summary,
            created=at,
            updated=at,
            by=by,
            status=catalog.STATUSES[0].id,
            category_changed=at,
        )
        given = {
            "description": description,
            "fix_versions": fix_versions,
            "parent": parent,
            "points": points,
            "priority": priority,
            "labels": labels,
            "components": components,
            "assignee": assignee,
            "affects": affects,
            "due": due,
            "restricted": restricted,
        }
        for attribute, value, _ in changes_of(self, issue, given):
            setattr(issue, attribute, value)
        self.issues[issue.id] = issue
        self._keys[issue.key] = issue.id
        if issue.parent:
            self.children.setdefault(issue.parent, []).append(issue.id)
        self.revision += 1
        return issue.id

    def edit_issue(self, id: str, *, at: datetime, by: str, **changes: Any) -> None:
        """Change fields in one edit: one history with an item for every field (for every version) that changes."""
        issue = self.issue(id)
        items: list[ChangeItem] = []
        for attribute, value, found in changes_of(self, issue, changes):
            self._follow(issue, attribute, value, at)
            setattr(issue, attribute, value)
            items.extend(found)
        if items:
            self._record(issue, at, by, *items)

    def _follow(self, issue: Issue, attribute: str, value: Any, at: datetime) -> None:
        """Move what depends on a field along with it."""
        if attribute == "resolution":
            issue.resolved = at if value is not None else None
        elif attribute == "status":
            old, new = (self.named("statuses", status).category for status in (issue.status, value))
            issue.category_changed = at if old != new else issue.category_changed
        elif attribute == "parent":
            if issue.parent:
                self.children[issue.parent].remove(issue.id)
            if value:
                self.children.setdefault(value, []).append(issue.id)

    def _record(self, issue: Issue, at: datetime, by: str, *items: ChangeItem) -> None:
        insort(issue.histories, History(next(self._history_ids), at, by, items), key=lambda h: (h.at, h.id))
        self._touch(issue, at)

    def _touch(self, issue: Issue, at: datetime) -> None:
        issue.updated = max(issue.updated, at)
        self.revision += 1

    def link_issues(self, type_name: str, outward_issue_source: str, target: str, *, at: datetime, by: str) -> str:
        """Link two issues, ``source`` --outward phrase--> ``target``; both ends record it. Return the link's id."""
        kind, source, end = (
            self.named("link_types", type_name),
            self.issue(outward_issue_source),
            self.issue(target),
        )
        for link in source.links:
            if (link.type, link.source, link.target) == (kind.id, source.id, end.id):
                return link.id
        link = Link(str(next(self._ids)), kind.id, source.id, end.id)
        source.links.append(link)
        end.links.append(link)
        for issue, phrase, other in ((source, kind.outward, end), (end, kind.inward, source)):
            words = f"This issue {phrase} {other.key}"
            self._record(issue, at, by, ChangeItem("Link", None, None, None, other.key, words))
        return link.id

    def add_remote_link(
        self,
        issue: str,
        url: str,
        title: str,
        relationship: str | None = None,
        global_id: str | None = None,
        *,
        at: datetime | None = None,
        by: str | None = None,
        **more: Any,
    ) -> RemoteLink:
        """Link to a page elsewhere; a known ``global_id`` replaces that link and clears what is not given.

        A new link that is given an instant and an author is recorded in the history.
        """
        home = self.issue(issue)
        known = next((link for link in home.remote_links if global_id and link.global_id == global_id), None)
        id = known.id if known else int(next(self._ids))
        link = RemoteLink(id, home.id, url, title, relationship, global_id, **more)
        if known is None:
            home.remote_links.append(link)
            if at is not None and by is not None:
                words = f'This issue links to "{title}"'
                self._record(home, at, by, ChangeItem("RemoteIssueLink", None, None, None, str(id), words))
        else:
            home.remote_links[home.remote_links.index(known)] = link
        return link

    def add_comment(
        self, issue: str, text_or_adf: str | Sequence[Adf] | Adf, *, at: datetime, by: str, **more: Any
    ) -> str:
        """Comment on an issue and return the comment's id; ``more`` sets fields of `Comment`."""
        home, body = self.issue(issue), adf.document(text_or_adf)
        if body is None:
            raise ValueError("a comment needs a text")
        comment = Comment(str(next(self._ids)), home.id, by, at, body, at, by, **more)
        self.comments[comment.id] = comment
        insort(home.comments, comment, key=lambda c: (c.at, int(c.id)))
        self._touch(home, at)
        return comment.id

    def edit_comment(self, id: str, body: Adf | str, *, at: datetime, by: str) -> None:
        """Replace a comment's text."""
        comment = self.comments[id]
        comment.body, comment.updated, comment.updated_by = adf.document(body) or {}, at, by
        self._touch(self.issues[comment.issue], at)

    def delete_comment(self, id: str, *, at: datetime | None = None) -> None:
        """Delete a comment; nothing remains of it."""
        comment = self.comments.pop(id)
        self.issues[comment.issue].comments.remove(comment)
        self._touch(self.issues[comment.issue], at or self.clock.now())

    def log_work(
        self, issue: str, seconds: int, *, started: datetime, by: str, at: datetime | None = None, quiet: bool = False
    ) -> str:
        """Enter time spent, at ``at`` or when the work ended, and return the worklog's id.

        Time that is entered ``quiet`` moves nothing but itself, as that of some apps does.
        """
        home, entered = self.issue(issue), at or started
        worklog = Worklog(str(next(self._ids)), home.id, by, started, entered, seconds)
        self._spend(home, [*home.worklogs, worklog], None if quiet else entered, by)
        self.worklogs[worklog.id] = worklog
        return worklog.id

    def delete_work(self, id: str, *, at: datetime, by: str, quiet: bool = False) -> None:
        """Take time back; only the list of deleted worklogs remembers it."""
        home = self.issues[self.worklogs.pop(id).issue]
        self._spend(home, [log for log in home.worklogs if log.id != id], None if quiet else at, by)
        self.deleted_worklogs.append((at, id))

    def _spend(self, issue: Issue, worklogs: list[Worklog], at: datetime | None, by: str) -> None:
        sums = (sum(log.seconds for log in logs) for logs in (issue.worklogs, worklogs))
        before, after = (str(seconds) if seconds else None for seconds in sums)
        issue.worklogs = worklogs
        if at is not None:
            self._record(issue, at, by, ChangeItem("timespent", "timespent", before, before, after, after))

    def archive_issue(self, id: str, *, at: datetime | None) -> None:
        """Take an issue out of every search, or with ``None`` put it back; its id and key find it all the same."""
        self.issue(id).archived = at
        self.revision += 1

    def delete_issue(self, id: str) -> None:
        """Remove an issue with its comments, worklogs, links and sub-tasks; no trace remains."""
        issue = self.issue(id)
        for child in list(self.children.pop(issue.id, ())):
            self._orphan(child)
        if issue.parent:
            self.children[issue.parent].remove(issue.id)
        for link in issue.links:
            other = link.target if link.source == issue.id else link.source
            self.issues[other].links.remove(link)
        for comment in issue.comments:
            del self.comments[comment.id]
        for worklog in issue.worklogs:
            del self.worklogs[worklog.id]
        del self.issues[issue.id]
        self._keys = {key: kept for key, kept in self._keys.items() if kept != issue.id}
        self.revision += 1

    def move_issue(self, id: str, project: str, *, at: datetime, by: str) -> None:
        """Move an issue to another project: its id stays, its key changes, and the old key still finds it."""
        issue, home = self.issue(id), self.project(project)
        old_home, old_key = self.projects[issue.project], issue.key
        if home is old_home:
            return
        home.last += 1
        emptied = ("fix_versions", "affects", "components")
        lost = changes_of(self, issue, dict.fromkeys(emptied, ()))
        issue.project, issue.key = home.key, f"{home.key}-{home.last}"
        self._keys[issue.key] = issue.id
        for attribute, value, _ in lost:
            setattr(issue, attribute, value)
        moved = [
            ChangeItem("project", "project", old_home.id, old_home.name, home.id, home.name),
            ChangeItem("Key", None, None, old_key, None, issue.key),
        ]
        self._record(issue, at, by, *moved, *(item for _, _, items in lost for item in items))

    def _orphan(self, id: str) -> None:
        child = self.issues[id]
        child.parent = None
        if self.named("types", child.type).level < 0:
            self.delete_issue(id)

    def issue_by_key(self, key: str) -> Issue:
        """Return the issue with a key; raises `KeyError` for an unknown one."""
        return self.issue(key)

    def issue(self, id_or_key: str) -> Issue:
        """Return an issue by id or key; raises `KeyError` for an unknown one."""
        found = self.issues.get(self._keys.get(id_or_key.upper(), id_or_key))
        if found is None:
            raise KeyError(f"the sandbox Jira has no issue {id_or_key!r}")
        return found

    def named(self, table: str, id_or_name: str) -> Any:
        """Return an entry of the catalogue by id or name; raises `ValueError` for an unknown one."""
        for entry in _CATALOGS[table]:
            if id_or_name in (entry.id, entry.name):
                return entry
        known = ", ".join(entry.name for entry in _CATALOGS[table])
        raise ValueError(f"the sandbox Jira has no {table} entry {id_or_name!r}; known are {known}")

    def of_project(self, table: str, project: str, id_or_name: str) -> Version | Component:
        """Return a version or component of a project by id or name; raises `ValueError` for an unknown one."""
        entries = self.project_versions(project) if table == "versions" else self.project_components(project)
        for entry in entries:
            if id_or_name in (entry.id, entry.name):
                return entry
        raise ValueError(f"the project {project} has no {table} entry {id_or_name!r}")
