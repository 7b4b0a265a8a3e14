"""Reading of a project's issues page by page, resumable after any page.

Issues come in the order of their creation, which no update changes, so that nothing slips past a page boundary while
people work. What is updated meanwhile is read again by the next sync.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pmbridge.connector import Page
from pmbridge.errors import BadAnswer, ConnectorError, Rejected
from pmbridge_gitlab import paths, test_cases, ticks
from pmbridge_gitlab.archive import Archive
from pmbridge_gitlab.changes import changes
from pmbridge_gitlab.history import IssueHistory
from pmbridge_gitlab.normalize import Origin, assignees, item, links, people, worklogs
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient, Listing

_KEPT = (
    "states",
    "milestones",
    "labels",
    "weights",
    "iterations",
    "links",
    "assignees",
    "types",
    "ticks",
    "texts",
    "logs",
    "epics",
    "parent",
)
#: What servers before 18.3 say to keyset paging of issues.
_NO_KEYSET = frozenset({400, 405, 422})


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads one project; ``since`` is the earliest update that is wanted, ``None`` for all.

    ``scout`` is a client of its own, which lists the next issues while the histories of these are read.
    """

    scout: GitlabClient
    archive: Archive
    origin: Origin
    since: datetime | None

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield pages after ``cursor``; each needs a request of its own, then those of its issues' histories."""
        following = _decode(cursor, self.origin.source)
        with ThreadPoolExecutor(1, thread_name_prefix="gitlab-list") as pool:
            coming: Future[Listing] | None = pool.submit(self._listing, following)
            while coming is not None:
                listing = coming.result()
                if listing.following and listing.following == following:
                    raise BadAnswer(
                        f"{self.origin.source} names the same page again: its paging is broken.",
                        source=self.origin.source,
                    )
                following = listing.following
                coming = pool.submit(self._listing, following) if following else None
                yield self._page(listing)

    def _listing(self, following: dict[str, str]) -> Listing:
        address = paths.issues(self.origin.project)
        if "page" in following:
            return self.scout.page(address, {**self._query(), **following})
        try:
            return self.scout.page(address, {**self._query(), "pagination": "keyset", **following})
        except (Rejected, BadAnswer) as error:
            if following or error.status not in _NO_KEYSET:
                raise
            return self.scout.page(address, self._query())

    def _query(self) -> dict[str, str]:
        query = {"scope": "all", "state": "all", "order_by": "created_at", "sort": "asc"}
        if self.since is not None:
            query["updated_after"] = self.since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return query

    def _page(self, listing: Listing) -> Page:
        found = list(zip(listing.rows, self.archive.of(listing.rows), strict=True))
        notes = () if listing.following else self.archive.notes()
        return page_of(found, self.origin).model_copy(update={"notes": notes, "cursor": _encode(listing.following)})


def page_of(found: Sequence[tuple[Row, IssueHistory]], origin: Origin) -> Page:
    """Normalize issues with their histories."""
    source, scopes = origin.source, origin.scopes
    items = tuple(item(issue, origin, past.parent) for issue, past in found)
    pasts = [(one, past) for one, (_, past) in zip(items, found, strict=True)]
    return Page(
        items=items,
        changes=tuple(entry for issue, past in found for entry in changes(issue, past, source, scopes)),
        links=tuple({link.id: link for issue, past in found for link in links(issue, past.links, source)}.values()),
        tests=tuple(
            test for one, past in pasts for test in (*ticks.tests(one, past.ticks), *test_cases.tests(one, past))
        ),
        executions=tuple(run for one, past in pasts for run in ticks.runs(one, past.ticks)),
        worklogs=tuple(log for issue, past in found for log in worklogs(issue, past.logs or (), source)),
        people=people((user for pair in found for user in _accounts(*pair)), source),
        raw={str(issue["id"]): _payload(issue, past) for issue, past in found},
        partial_history=tuple(str(issue["id"]) for issue, past in found if not past.complete),
    )


def unpacked(payload: Row) -> tuple[Row, IssueHistory]:
    """Take a payload apart again that a page kept as ``raw``."""
    return payload["issue"], IssueHistory(**{name: payload[name] for name in _KEPT if name in payload})


def _accounts(issue: Row, past: IssueHistory) -> Iterator[Row | None]:
    yield issue.get("author")
    yield issue.get("closed_by")
    yield from assignees(issue)
    for event in (*past.states, *past.milestones, *past.labels, *past.weights, *past.assignees, *(past.logs or ())):
        yield event.get("user")


def _payload(issue: Row, past: IssueHistory) -> Row:
    kept = {name: getattr(past, name) for name in _KEPT}
    return {"issue": issue, **{name: rows for name, rows in kept.items() if rows}}


def _encode(following: dict[str, str]) -> str | None:
    return next((f"{name}:{value}" for name, value in following.items()), None)


def _decode(cursor: str | None, source: str) -> dict[str, str]:
    if cursor is None:
        return {}
    name, separator, value = cursor.partition(":")
    if name not in {"cursor", "page"} or not separator or not value:
        raise ConnectorError(f"{cursor!r} is no cursor of {source}: sync this project anew.", source=source)
    return {name: value}
