"""One project of a Jira, read as resumable pages of normalized rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence, Set
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import chain

from orjson import Fragment

from pmbridge.connector import Page
from pmbridge.errors import BadAnswer, Rejected
from pmbridge.model import Change, Execution, FieldName, Item, Link, TestCase, Worklog
from pmbridge_jira import changelog, normalize
from pmbridge_jira.ahead import ahead
from pmbridge_jira.changelog import Lexicon
from pmbridge_jira.client import PAGE_SIZE, Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.harvest import Harvest, is_harvest
from pmbridge_jira.histories import encoded, history_of, is_cut
from pmbridge_jira.instants import epoch_milliseconds
from pmbridge_jira.links import links
from pmbridge_jira.normalize import Site
from pmbridge_jira.shape import Json, expected
from pmbridge_jira.ticks import ticks
from pmbridge_jira.worklogs import Spent

#: How an edit of a description shows in a payload.
_DESCRIBED = b':"description"'

#: The order of their creation, which no update shifts.
ORDER = " ORDER BY created ASC, key ASC"

#: Issues, and the cursor that resumes after them.
Batch = tuple[list[Json], str | None]


def project_jql(project: str) -> str:
    """Select a project."""
    return f"project = {quoted(project)}"


def quoted(key: str) -> str:
    """Quote a key for a query; what would end the quote is escaped."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def pages_jql(project: str, since: int | None) -> str:
    """Select what was updated at or after ``since``, in an order that later updates do not shift.

    ``since`` is in epoch milliseconds, which JQL reads absolutely; it reads quoted dates in the account's own zone.
    """
    bound = "" if since is None else f" AND updated >= {since}"
    return f"{project_jql(project)}{bound}{ORDER}"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reading stands: a page token belongs to the query it was made for, so both are kept."""

    project: str
    since: int | None
    token: str | None = None

    @property
    def jql(self) -> str:
        """The query of this reading."""
        return pages_jql(self.project, self.since)

    def resumed(self, cursor: str | None) -> Position:
        """Take up a cursor of this project that reads at least as far back; start anew with any other."""
        try:
            kept = json.loads(cursor) if cursor else {}
            since = None if kept["since"] is None else int(kept["since"])
            earlier = Position(str(kept["project"]), since, str(kept["token"]))
        except (ValueError, TypeError, KeyError):
            return self
        reaches = earlier.since is None or (self.since is not None and earlier.since <= self.since)
        return earlier if reaches and earlier.project == self.project else self

    def cursor(self) -> str | None:
        """Write the cursor that resumes here; ``None`` when nothing follows."""
        return None if self.token is None else json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads pages of one site while the next ones are already on their way.

    Searching and the gathering of histories each run ahead in a thread of their own, with the client that is given
    for it. A first reading by ``harvesting`` clients, where there are some, has several pages on their way at once.
    ``remote_links`` and ``full_history`` are those of the settings. ``spent`` tells what happened to time since an
    instant, where that is asked for.
    """

    searching: Client
    gathering: Client
    site: Site
    lexicon: Lexicon
    deployed: Callable[[Client], Deployment] = Cloud
    harvesting: tuple[Client, ...] = ()
    remote_links: bool = False
    full_history: bool = False
    spent: Callable[[Client, int], Spent] | None = None

    def pages(
        self,
        project: str,
        since: datetime | None,
        cursor: str | None,
        *,
        quiet: bool = False,
        listed: Sequence[str] | None = None,
        notes: tuple[str, ...] = (),
    ) -> Iterator[Page]:
        """Yield pages until the tracker has no more; at least one, so that an empty project is known to be read.

        A token that is no longer accepted starts the query of ``since`` anew: rows repeat, none is left out. Of a
        ``quiet`` project nothing but the time spent on its issues is asked for; ``listed`` are the ids of all issues
        where they are known already. ``notes`` say how it was found to be quiet.
        """
        seen: set[str] = set()
        with closing(_nothing(notes) if quiet else self._pages(project, since, cursor, listed)) as pages:
            for made in pages:
                seen.update(item.id for item in made.items)
                yield made
        if self.spent is not None and since is not None:
            yield from self._timed(project, self.spent(self.searching, epoch_milliseconds(since)), seen)

    def _timed(self, project: str, told: Spent, seen: Set[str]) -> Iterator[Page]:
        """Read the issues whose time changed and that were not read yet, and tell what time was taken back."""
        if told.gone or told.notes:
            yield Page(gone_worklogs=told.gone, notes=told.notes)
        jira, unseen = self.deployed(self.gathering), [issue for issue in told.issues if issue not in seen]
        with expected(self.site.source, "an issue on which time was spent"):
            here = self._at_home(jira, project, unseen) if unseen else []
        for start in range(0, len(here), PAGE_SIZE):
            yield self._made(jira, here[start : start + PAGE_SIZE], None)

    def _at_home(self, jira: Deployment, project: str, ids: Sequence[str]) -> list[Json]:
        """Read those issues that belong to a project: a renamed one answers to its old key, and is known by its id."""
        home = str(jira.client.get(f"project/{project}")["id"])
        found = jira.issues(ids, self.site.fields.wanted).values()
        return [issue for issue in found if str(issue["fields"]["project"]["id"]) == home]

    def _pages(
        self, project: str, since: datetime | None, cursor: str | None, listed: Sequence[str] | None
    ) -> Generator[Page, None, None]:
        if self.harvesting and since is None and (cursor is None or is_harvest(cursor)):
            readers = [Cloud(client) for client in self.harvesting]
            harvest = Harvest(Cloud(self.searching), readers, self._known)
            return harvest.pages(pages_jql(project, None), cursor, listed)
        start = Position(project, None if since is None else epoch_milliseconds(since))
        found = ahead(self._found(start, start.resumed(cursor)))
        return ahead(self._gathered(found))

    def _fields(self) -> Sequence[str]:
        return () if self.full_history else self.site.fields.history

    def _found(self, start: Position, position: Position) -> Generator[Batch, None, None]:
        """Search page after page; each comes with the cursor that resumes after it."""
        jira, restarted, seen = self.deployed(self.searching), False, set[str]()
        while True:
            try:
                issues, token = jira.search(position.jql, self.site.fields.wanted, position.token, histories=True)
            except Rejected:
                if position.token is None or restarted:
                    raise
                position, restarted, seen = start, True, set()
                continue
            if token in seen:
                raise BadAnswer(f"Jira's search of {start.project} came back to a page it had already sent.")
            position = replace(position, token=token)
            yield issues, position.cursor()
            if token is None:
                return
            seen.add(token)

    def _gathered(self, found: Generator[Batch, None, None]) -> Generator[Page, None, None]:
        jira = self.deployed(self.gathering)
        with closing(found):
            for issues, resume in found:
                yield self._made(jira, issues, resume)

    def _known(self, jira: Cloud, ids: Sequence[str], resume: str | None) -> Page:
        """Read issues by id; one that is gone since it was listed is left out."""
        found = jira.with_histories(ids, self.site.fields.wanted)
        return self._made(jira, [found[native] for native in ids if native in found], resume, jira.notes)

    def _made(self, jira: Deployment, issues: list[Json], resume: str | None, notes: tuple[str, ...] = ()) -> Page:
        """Fetch what belongs to some issues and map it: histories, long worklogs, remote links if wanted."""
        with expected(self.site.source, "a history or worklog"):
            jira.complete(issues, self._fields())
            for issue in issues:
                self._complete(jira.client, issue)
        return page(issues, self.site, self.lexicon, resume, notes)

    def _complete(self, client: Client, issue: Json) -> None:
        worklog = issue["fields"].get("worklog") or {}
        if int(worklog.get("total") or 0) > len(worklog.get("worklogs") or ()):
            found = client.gathered(f"issue/{issue['id']}/worklog", key="worklogs")
            worklog["worklogs"], worklog["total"] = found
        if self.remote_links:
            issue["remotelinks"] = client.get(f"issue/{issue['id']}/remotelink")


def _nothing(notes: tuple[str, ...]) -> Generator[Page, None, None]:
    yield Page(notes=notes)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one issue comes to."""

    item: Item
    changes: list[Change]
    links: tuple[Link, ...]
    worklogs: tuple[Worklog, ...]
    tests: tuple[TestCase, ...]
    executions: tuple[Execution, ...]
    raw: Fragment


def page(issues: list[Json], site: Site, lexicon: Lexicon, cursor: str | None, notes: tuple[str, ...] = ()) -> Page:
    """Normalize a page of issues with their histories; raises `BadAnswer` naming the issue that cannot be read."""
    rows = [_rows(issue, site, lexicon) for issue in issues]
    return Page(
        items=tuple(row.item for row in rows),
        changes=tuple(chain.from_iterable(row.changes for row in rows)),
        links=tuple({link.id: link for row in rows for link in row.links}.values()),
        worklogs=tuple(worklog for row in rows for worklog in row.worklogs),
        whole_worklogs=tuple(str(i["id"]) for i in issues if "worklog" in i["fields"] and not is_cut(i)),
        partial_history=tuple(row.item.id for row, issue in zip(rows, issues, strict=True) if _lacks(row, issue)),
        tests=tuple(test for row in rows for test in row.tests),
        executions=tuple(run for row in rows for run in row.executions),
        people=tuple(normalize.people(issues, site.source)),
        raw={row.item.id: row.raw for row in rows},
        notes=notes,
        cursor=cursor,
    )


def _lacks(row: _Rows, issue: Json) -> bool:
    """Tell whether something of an issue is wanting: the end of a list, or the last of its history.

    The last status that the history tells of must be the one it has; what happened after the issue was read counts
    for the next reading.
    """
    if is_cut(issue):
        return True
    item = row.item
    known = (c for c in reversed(row.changes) if c.field is FieldName.STATUS and c.at <= item.updated_at)
    last = next(known, None)
    return last is not None and last.after not in (item.status, item.status_name)


def _rows(issue: Json, site: Site, lexicon: Lexicon) -> _Rows:
    """Derive the rows of one payload; the payload alone suffices, so stored ones can be mapped again."""
    with expected(site.source, f"the issue {issue.get('key') or issue.get('id')}"):
        issue["changelog"] = {**(issue.get("changelog") or {}), "histories": history_of(issue)}
        item = normalize.item(issue, site)
        told = encoded(issue)
        # Looking for the word is cheaper than looking through every edit; few histories tell of descriptions.
        tests, executions = ticks(issue, item) if _DESCRIBED in told else ((), ())
        return _Rows(
            item=item,
            changes=changelog.changes(issue, lexicon, source=site.source, level=item.level),
            links=tuple(links(issue, site.source)),
            worklogs=tuple(normalize.worklogs(issue, site.source)),
            tests=tests,
            executions=executions,
            raw=Fragment(told),
        )
