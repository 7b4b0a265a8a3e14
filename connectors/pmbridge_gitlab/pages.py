"""Reading of a project's issues page by page, resumable after any page.

Issues come in the order of their creation, which no update changes, so that nothing slips past a page boundary while
people work. What is updated meanwhile is read again by the next sync.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Page
from pmbridge.errors import BadAnswer, ConnectorError, Rejected
from pmbridge_gitlab import paths
from pmbridge_gitlab.changes import changes
from pmbridge_gitlab.history import IssueHistory, lists_to_read, read_history
from pmbridge_gitlab.normalize import Origin, assignees, item, links, people
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient, Listing
    from pmbridge_gitlab.crew import Crew

#: What servers before 18.3 say to keyset paging of issues.
_NO_KEYSET = frozenset({400, 405, 422})


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads one project; ``since`` is the earliest update that is wanted, ``None`` for all."""

    crew: Crew
    origin: Origin
    since: datetime | None

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield pages after ``cursor``; each needs a request of its own, then those of its issues' histories."""
        following = _decode(cursor, self.origin.source)
        while True:
            listing = self._listing(following)
            if listing.following and listing.following == following:
                raise BadAnswer(
                    f"{self.origin.source} names the same page again: its paging is broken.",
                    source=self.origin.source,
                )
            yield self._page(listing)
            if not listing.following:
                return
            following = listing.following

    def _listing(self, following: dict[str, str]) -> Listing:
        address = paths.issues(self.origin.project)
        if "page" in following:
            return self.crew.lead.page(address, {**self._query(), **following})
        try:
            return self.crew.lead.page(address, {**self._query(), "pagination": "keyset", **following})
        except (Rejected, BadAnswer) as error:
            if following or error.status not in _NO_KEYSET:
                raise
            return self.crew.lead.page(address, self._query())

    def _query(self) -> dict[str, str]:
        query = {"scope": "all", "state": "all", "order_by": "created_at", "sort": "asc"}
        if self.since is not None:
            query["updated_after"] = self.since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return query

    def _page(self, listing: Listing) -> Page:
        found = list(zip(listing.rows, self._histories(listing.rows), strict=True))
        source, scopes = self.origin.source, self.origin.scopes
        return Page(
            items=tuple(item(issue, self.origin) for issue, _ in found),
            changes=tuple(entry for issue, past in found for entry in changes(issue, past, source, scopes)),
            links=tuple({link.id: link for issue, past in found for link in links(issue, past.links, source)}.values()),
            people=people((user for pair in found for user in _accounts(*pair)), source),
            raw={str(issue["id"]): _payload(issue, past) for issue, past in found},
            partial_history=tuple(str(issue["id"]) for issue, past in found if not past.complete),
            cursor=_encode(listing.following),
        )

    def _histories(self, issues: list[Row]) -> list[IssueHistory]:
        def read(client: GitlabClient, issue: Row) -> IssueHistory:
            return read_history(client, self.origin.project, issue)

        touched = [issue for issue in issues if lists_to_read(issue)]
        known = {issue["id"]: past for issue, past in zip(touched, self.crew.each(read, touched), strict=True)}
        return [known.get(issue["id"], IssueHistory()) for issue in issues]


def _accounts(issue: Row, past: IssueHistory) -> Iterator[Row | None]:
    yield issue.get("author")
    yield issue.get("closed_by")
    yield from assignees(issue)
    for event in (*past.states, *past.milestones, *past.labels, *past.weights):
        yield event.get("user")


def _payload(issue: Row, past: IssueHistory) -> Row:
    return {
        "issue": issue,
        "states": past.states,
        "milestones": past.milestones,
        "labels": past.labels,
        "weights": past.weights,
        "links": past.links,
    }


def _encode(following: dict[str, str]) -> str | None:
    return next((f"{name}:{value}" for name, value in following.items()), None)


def _decode(cursor: str | None, source: str) -> dict[str, str]:
    if cursor is None:
        return {}
    name, separator, value = cursor.partition(":")
    if name not in {"cursor", "page"} or not separator or not value:
        raise ConnectorError(f"{cursor!r} is no cursor of {source}: sync this project anew.", source=source)
    return {name: value}
