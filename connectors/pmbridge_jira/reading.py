"""One project of a Jira, read as resumable pages of normalized rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from pmbridge.connector import Page
from pmbridge.errors import BadAnswer, Rejected
from pmbridge_jira import changelog, normalize
from pmbridge_jira.ahead import ahead
from pmbridge_jira.client import Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.harvest import Batch, Harvest, is_harvest
from pmbridge_jira.instants import epoch_milliseconds
from pmbridge_jira.links import links
from pmbridge_jira.normalize import Site
from pmbridge_jira.shape import Json, expected
from pmbridge_jira.ticks import ticks


def project_jql(project: str) -> str:
    """Select a project; the key is quoted, and what would end the quote is escaped."""
    escaped = project.replace("\\", "\\\\").replace('"', '\\"')
    return f'project = "{escaped}"'


def pages_jql(project: str, since: int | None) -> str:
    """Select what was updated at or after ``since``, in an order that later updates do not shift.

    ``since`` is in epoch milliseconds, which JQL reads absolutely; it reads quoted dates in the account's own zone.
    """
    bound = "" if since is None else f" AND updated >= {since}"
    return f"{project_jql(project)}{bound} ORDER BY created ASC, key ASC"


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
    ``remote_links`` and ``full_history`` are those of the settings.
    """

    searching: Client
    gathering: Client
    site: Site
    deployed: Callable[[Client], Deployment] = Cloud
    harvesting: tuple[Client, ...] = ()
    remote_links: bool = False
    full_history: bool = False

    def pages(self, project: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        """Yield pages until the tracker has no more; at least one, so that an empty project is known to be read.

        A token that is no longer accepted starts the query of ``since`` anew: rows repeat, none is left out.
        """
        with closing(self._batches(project, since, cursor)) as batches:
            for issues, resume in batches:
                yield page(issues, self.site, resume)

    def _batches(self, project: str, since: datetime | None, cursor: str | None) -> Generator[Batch, None, None]:
        if self.harvesting and since is None and (cursor is None or is_harvest(cursor)):
            harvest = Harvest(self.harvesting, self._fields(), self.site.fields.wanted, self._complete)
            return harvest.batches(pages_jql(project, None), cursor)
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
                issues, token = jira.search(position.jql, self.site.fields.wanted, position.token)
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

    def _gathered(self, found: Generator[Batch, None, None]) -> Generator[Batch, None, None]:
        """Fetch what belongs to the issues of each page: histories, long worklogs, remote links if wanted."""
        jira = self.deployed(self.gathering)
        with closing(found):
            for issues, resume in found:
                with expected(self.site.source, "a history or worklog"):
                    jira.complete(issues, self._fields())
                    for issue in issues:
                        self._complete(self.gathering, issue)
                yield issues, resume

    def _complete(self, client: Client, issue: Json) -> None:
        worklog = issue["fields"].get("worklog") or {}
        if int(worklog.get("total") or 0) > len(worklog.get("worklogs") or ()):
            worklog["worklogs"] = list(client.rows(f"issue/{issue['id']}/worklog", key="worklogs"))
        if self.remote_links:
            issue["remotelinks"] = client.get(f"issue/{issue['id']}/remotelink")


def page(issues: list[Json], site: Site, cursor: str | None) -> Page:
    """Normalize a page of issues with their histories; raises `BadAnswer` naming the issue that cannot be read."""
    rows = [_rows(issue, site) for issue in issues]
    return Page(
        items=tuple(item for row in rows for item in row.items),
        changes=tuple(change for row in rows for change in row.changes),
        links=tuple({link.id: link for row in rows for link in row.links}.values()),
        worklogs=tuple(worklog for row in rows for worklog in row.worklogs),
        whole_worklogs=tuple(str(issue["id"]) for issue in issues if "worklog" in issue["fields"]),
        tests=tuple(test for row in rows for test in row.tests),
        executions=tuple(run for row in rows for run in row.executions),
        people=tuple(normalize.people(issues, site.source)),
        raw={str(issue["id"]): issue for issue in issues},
        cursor=cursor,
    )


def _rows(issue: Json, site: Site) -> Page:
    """Derive the rows of one payload; the payload alone suffices, so stored ones can be mapped again."""
    with expected(site.source, f"the issue {issue.get('key') or issue.get('id')}"):
        item = normalize.item(issue, site)
        tests, executions = ticks(issue, item)
        return Page(
            items=(item,),
            changes=tuple(changelog.changes(issue, site.fields, source=site.source, level=item.level)),
            links=tuple(links(issue, site.source)),
            worklogs=tuple(normalize.worklogs(issue, site.source)),
            tests=tests,
            executions=executions,
        )
