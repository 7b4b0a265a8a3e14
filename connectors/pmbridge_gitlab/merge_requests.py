"""Reading a project's merge requests, with the issues they close and when they were last reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Delivery
from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge_gitlab import delivery_queries as queries
from pmbridge_gitlab import paths
from pmbridge_gitlab.activity import number
from pmbridge_gitlab.delivered import as_listed, merge_request
from pmbridge_gitlab.roads import REFUSALS
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.client_pool import ClientPool

#: What of a merge request may name an issue: ``#12``, the address of one, or a branch such as ``12-mend-the-cart``.
_HINT = re.compile(r"(?:(?P<path>[\w.-]+(?:/[\w.-]+)+)?#|/-/(?:issues|work_items)/)(?P<iid>\d{1,9})\b")
_BRANCH = re.compile(r"\A(\d{1,9})-")


@dataclass(slots=True)
class Doors:
    """Which ways of asking are still believed in at one server."""

    graphql: bool = True
    closing: bool = True
    waits: bool = True


@dataclass(frozen=True, slots=True)
class MergeRequests:
    """Reads one project's merge requests by the cheapest way its server offers.

    With ``again`` open ones are read that nobody touched: a pipeline that ends does not touch its merge request.
    """

    pool: ClientPool
    source: str
    project: str
    doors: Doors
    again: bool = False

    def read(self, since: datetime) -> Iterator[Delivery]:
        """Yield the merge requests that were touched since an instant, a page at a time."""
        try:
            for rows in self._pages(since):
                items = self._closed(rows)
                found = (merge_request(row, self.source, self.project, items.get(row["id"], ())) for row in rows)
                yield Delivery(merge_requests=tuple(found))
        except (NotFound, PermissionDenied) as error:
            yield Delivery(notes=(_denied(self.project, error),))
            return
        if not self.doors.graphql:
            yield Delivery(notes=(_unreviewed(self.project),))
        elif not self.doors.waits:
            yield Delivery(notes=(_untold(self.project),))

    def _pages(self, since: datetime) -> Iterator[list[Row]]:
        started = False
        while self.doors.graphql:
            try:
                for rows in self._asked(self.pool.lead, since):
                    started = True
                    yield rows
                return
            except REFUSALS as refusal:
                if started:
                    raise
                self.doors.graphql = self.doors.waits and isinstance(refusal, Rejected)
                self.doors.waits = False
        yield from self._listed(self.pool.lead, since)

    def _asked(self, client: GitlabClient, since: datetime) -> Iterator[list[Row]]:
        cursors: dict[str, str | None] = dict.fromkeys(queries.LISTS if self.again else queries.LISTS[:1])
        while cursors:
            question = queries.merge_requests(cursors, waits=self.doors.waits)
            values = {"project": self.project, "since": _text(since), **cursors}
            project = client.graphql(question, values).get("project")
            if project is None:
                raise NotFound(f"The GraphQL interface shows no project {self.project}.")
            told = {name: project[name] for name in cursors if project.get(name)}
            yield [as_listed(node) for listing in told.values() for node in listing["nodes"]]
            pages = {name: listing["pageInfo"] for name, listing in told.items() if listing["pageInfo"]["hasNextPage"]}
            cursors = {name: page["endCursor"] for name, page in pages.items() if page["endCursor"] != cursors[name]}

    def _listed(self, client: GitlabClient, since: datetime) -> Iterator[list[Row]]:
        address = f"{paths.project(self.project)}/merge_requests"
        query = {"scope": "all", "state": "all", "order_by": "created_at", "sort": "asc", "updated_after": _text(since)}
        asked: dict[str, str] = {}
        while True:
            listing = client.page(address, {**query, **asked})
            yield listing.rows
            if not listing.following or listing.following == asked:
                return
            asked = listing.following

    def _closed(self, rows: Sequence[Row]) -> dict[int, list[str]]:
        """Say which issues some merge requests close: those whose text or branch names none are not asked for."""
        named = {row["id"]: _named(row) for row in rows}
        here = sorted({iid for hints in named.values() for path, iid in hints if path in (None, self.project)})
        elsewhere = [row for row in rows if any(path not in (None, self.project) for path, _ in named[row["id"]])]
        if self.doors.graphql and self.doors.closing and here:
            try:
                found = self._by_issue(here)
            except REFUSALS:
                self.doors.closing = False
                found = {}
        else:
            found = {}
        if not (self.doors.graphql and self.doors.closing):
            elsewhere = [row for row in rows if named[row["id"]]]
        for row, ids in zip(elsewhere, self.pool.each(self._by_merge_request, elsewhere), strict=True):
            found[row["id"]] = [*found.get(row["id"], ()), *ids]
        return found

    def _by_issue(self, iids: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for at in range(0, len(iids), queries.CLOSING):
            values = {"project": self.project, "iids": [str(iid) for iid in iids[at : at + queries.CLOSING]]}
            answer = self.pool.lead.graphql(queries.CLOSING_MERGE_REQUESTS, values)
            for node in ((answer.get("project") or {}).get("workItems") or {}).get("nodes") or ():
                for closing in _closing(node):
                    found.setdefault(closing, []).append(str(number(node["id"])))
        return found

    def _by_merge_request(self, client: GitlabClient, row: Row) -> list[str]:
        address = f"{paths.project(self.project)}/merge_requests/{row['iid']}/closes_issues"
        try:
            issues = list(client.every(address))
        except (NotFound, PermissionDenied):
            return []
        # Issues of another tracker come with their keys there as ids.
        return [str(issue["id"]) for issue in issues if isinstance(issue.get("id"), int)]


def _named(row: Row) -> set[tuple[str | None, int]]:
    """Return what a merge request may close, as project (if it is named) and number."""
    text = f"{row.get('title') or ''}\n{row.get('description') or ''}"
    hints: set[tuple[str | None, int]] = {(hint["path"], int(hint["iid"])) for hint in _HINT.finditer(text)}
    branch = _BRANCH.match(row.get("source_branch") or "")
    return hints | ({(None, int(branch[1]))} if branch else set())


def _closing(node: Row) -> Iterator[int]:
    for widget in node.get("widgets") or ():
        for entry in ((widget.get("closingMergeRequests") or {}).get("nodes")) or ():
            if entry.get("mergeRequest"):
                yield number(entry["mergeRequest"]["id"])


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _denied(project: str, error: Exception) -> str:
    return f"Merge requests of {project} were not read: {error} Give the token's account the role Reporter there."


def _unreviewed(project: str) -> str:
    return (
        f"When merge requests of {project} were reviewed or approved, whether their pipelines fail and which threads "
        "are unresolved is not known: only the GraphQL interface tells it cheaply."
    )


def _untold(project: str) -> str:
    return (
        f"Whether pipelines of merge requests of {project} fail, which are approved and which threads are unresolved "
        "is not known: GitLab 16.4 or newer tells it."
    )
