"""The histories of a page of issues by the cheapest road that is complete.

One question to the GraphQL interface tells the activity of fifty issues; event lists cost four requests an issue. What
the activity tells is held against the issue as it is now: where the two disagree, or a sentence cannot be understood,
the event lists of that issue are read after all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pmbridge.errors import BadAnswer, NotFound, PermissionDenied
from pmbridge_gitlab import queries
from pmbridge_gitlab.activity import Book, Told, Unclear, number, person, told
from pmbridge_gitlab.agreement import agrees, agrees_on_epic, is_recorded
from pmbridge_gitlab.history import IssueHistory, is_part, lists_to_read, read_history, read_list
from pmbridge_gitlab.roads import REFUSALS, Road, Roads
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.client_pool import ClientPool

log = logging.getLogger(__name__)

#: A question of so few issues is not made smaller any more; their event lists are read instead.
_FEWEST = 6
#: The kind of parent that is a milestone to us, and no item.
EPIC = "epic"
_UNKNOWN = ("no such type", "doesn't exist", "isn't a defined", "does not exist", "unknown")


@dataclass(slots=True)
class Ledger:
    """What the roads were taken for, so that the proof of a run can say so."""

    by_activity: int = 0
    by_events: int = 0
    reread: list[str] = field(default_factory=list)
    orphans: int = 0
    epics_since_unknown: int = 0


@dataclass
class Archive:
    """Reads histories for one project."""

    pool: ClientPool
    project: str
    make_book: Callable[[], Book]
    roads: Roads = field(default_factory=Roads)
    ledger: Ledger = field(default_factory=Ledger)

    @cached_property
    def book(self) -> Book:
        """What names stand for; read when the first history is asked for."""
        return self.make_book()

    def of(self, issues: Sequence[Row]) -> list[IssueHistory]:
        """Return the histories of some issues, in their order."""
        touched = [issue for issue in issues if lists_to_read(issue) or is_part(issue)]
        known: dict[int, IssueHistory] = {}
        logs: dict[int, list[Row]] = {}
        if touched and self.roads.best > Road.EVENTS:
            self._ask(touched, known, logs)
        left = [issue for issue in touched if issue["id"] not in known]
        for issue, past in zip(left, self.pool.each(self._events, left), strict=True):
            known[issue["id"]] = replace(past, logs=logs.get(issue["id"]))
            self.ledger.orphans += is_part(issue)
        self._note(touched, left)
        return [known.get(issue["id"], IssueHistory(logs=[])) for issue in issues]

    def notes(self) -> tuple[str, ...]:
        """Say which roads were taken, and what they cannot see."""
        return tuple(_sentences(self.project, self.ledger, self.roads.refusal))

    def _ask(self, touched: list[Row], known: dict[int, IssueHistory], logs: dict[int, list[Row]]) -> None:
        book = self.book
        batches = [touched[at : at + queries.BATCH] for at in range(0, len(touched), queries.BATCH)]
        for answers in self.pool.each(lambda client, batch: self._batch(client, batch, book), batches):
            for issue, past, spent in answers:
                if past is not None:
                    known[issue["id"]] = past
                logs[issue["id"]] = spent

    def _events(self, client: GitlabClient, issue: Row) -> IssueHistory:
        """Read event lists; one that is cut does not lead to the present, and then the history has a hole."""
        past = read_history(client, self.project, issue)
        whole = not lists_to_read(issue) or not is_recorded(issue) or agrees(issue, past)
        return past if whole else replace(past, complete=False)

    def _batch(
        self, client: GitlabClient, issues: list[Row], book: Book
    ) -> list[tuple[Row, IssueHistory | None, list[Row]]]:
        """Ask for some issues at once; in halves where that is too much, and not at all where it is refused."""
        road = self.roads.best
        try:
            answer = self._question(client, issues, road)
        except REFUSALS as refusal:
            if road is Road.EVENTS or not self._step_down(road, refusal):
                return self._halved(client, issues, book)
            return self._batch(client, issues, book) if self.roads.best > Road.EVENTS else []
        return list(self._answers(client, issues, answer, book, road))

    def _halved(
        self, client: GitlabClient, issues: list[Row], book: Book
    ) -> list[tuple[Row, IssueHistory | None, list[Row]]]:
        if len(issues) <= _FEWEST or self.roads.best is Road.EVENTS:
            return []
        middle = len(issues) // 2
        return [*self._batch(client, issues[:middle], book), *self._batch(client, issues[middle:], book)]

    def _step_down(self, road: Road, refusal: Exception) -> bool:
        """Believe in a lesser road from now on if the refusal says that this one does not exist."""
        words = str(refusal).casefold()
        absent = isinstance(refusal, NotFound | PermissionDenied | BadAnswer)
        if not absent and not any(word in words for word in _UNKNOWN):
            return False
        if self.roads.best >= road:
            self.roads.best = Road.EVENTS if absent else Road(road - 1)
            self.roads.refusal = str(refusal)
            log.warning("Histories are read in another way from now on: %s", refusal)
        return True

    def _question(self, client: GitlabClient, issues: list[Row], road: Road) -> Row:
        timed = [str(issue["iid"]) for issue in issues if (issue.get("time_stats") or {}).get("total_time_spent")]
        values = {
            "project": self.project,
            "iids": [str(issue["iid"]) for issue in issues],
            "timed": timed,
            "logs": bool(timed),
        }
        return self._project(client, queries.histories(linked=road >= Road.LINKED), values)

    def _project(self, client: GitlabClient, question: str, values: dict[str, Any]) -> Row:
        found = client.graphql(question, values).get("project")
        if not isinstance(found, dict):
            raise NotFound(f"The GraphQL interface shows no project {self.project}.")
        return found

    def _answers(
        self, client: GitlabClient, issues: list[Row], answer: Row, book: Book, road: Road
    ) -> Iterator[tuple[Row, IssueHistory | None, list[Row]]]:
        shown = {str(node["iid"]): node for node in answer["workItems"]["nodes"]}
        timed = {str(node["iid"]): node["timelogs"] for node in (answer.get("issues") or {}).get("nodes") or ()}
        for issue in issues:
            iid = str(issue["iid"])
            spent = list(self._logs(client, iid, timed.get(iid)))
            yield issue, self._past(client, issue, shown.get(iid), book, road, spent), spent

    def _past(
        self, client: GitlabClient, issue: Row, node: Row | None, book: Book, road: Road, spent: list[Row]
    ) -> IssueHistory | None:
        """Return a history that agrees with the issue as it is now, or ``None``."""
        widgets = {key: value for widget in (node or {}).get("widgets") or () for key, value in widget.items()}
        if not isinstance(widgets.get("discussions"), dict):
            return None
        notes = list(self._notes(client, str(issue["iid"]), widgets["discussions"]))
        try:
            events = told(notes, book, created=issue["created_at"])
        except Unclear:
            return None
        if not agrees(issue, events):
            return None
        links = self._links(client, issue, widgets.get("linkedItems"), events, road)
        parent = _parent(widgets.get("parent"))
        known = parent is None or parent["kind"] != EPIC or agrees_on_epic(parent, events)
        self.ledger.epics_since_unknown += bool(book.epics) and not known
        return IssueHistory(
            states=events.states,
            milestones=events.milestones,
            labels=events.labels,
            weights=events.weights,
            iterations=events.iterations,
            links=links,
            assignees=events.assignees,
            types=events.types,
            ticks=events.ticks,
            texts=events.texts,
            logs=spent,
            epics=events.epics if known else [],
            parent=parent,
        )

    def _notes(self, client: GitlabClient, iid: str, listing: Row) -> Iterator[Row]:
        """Read an issue's activity to its end."""
        while True:
            for discussion in listing["nodes"]:
                yield from discussion["notes"]["nodes"]
            if not listing["pageInfo"]["hasNextPage"]:
                return
            values = {"project": self.project, "iids": [iid], "after": listing["pageInfo"]["endCursor"]}
            (node,) = self._project(client, queries.MORE_ACTIVITY, values)["workItems"]["nodes"]
            listing = next(widget["discussions"] for widget in node["widgets"] if widget.get("discussions"))

    def _logs(self, client: GitlabClient, iid: str, listing: Row | None) -> Iterator[Row]:
        """Read the time logged on an issue to its end."""
        while listing is not None:
            yield from (_log(row) for row in listing["nodes"])
            if not listing["pageInfo"]["hasNextPage"]:
                return
            values = {"project": self.project, "iids": [iid], "after": listing["pageInfo"]["endCursor"]}
            (node,) = self._project(client, queries.MORE_LOGS, values)["issues"]["nodes"]
            listing = node["timelogs"]

    def _links(self, client: GitlabClient, issue: Row, listing: Row | None, events: Told, road: Road) -> list[Row]:
        """Take links from the answer, or from their own list where the answer has them not, or not all."""
        if road >= Road.LINKED and listing is not None and not listing["pageInfo"]["hasNextPage"]:
            return [_link(row) for row in listing["nodes"] if row.get("workItem")]
        if road >= Road.LINKED and listing is None:
            return []
        if road >= Road.LINKED or events.related or issue.get("blocking_issues_count"):
            return read_list(client, self.project, issue, "links")
        return []

    def _note(self, touched: list[Row], left: list[Row]) -> None:
        self.ledger.by_events += len(left)
        self.ledger.by_activity += len(touched) - len(left)
        if self.roads.best > Road.EVENTS:
            self.ledger.reread += [str(issue["iid"]) for issue in left]


def _link(row: Row) -> Row:
    kind = str(row.get("linkType") or "relates_to").replace("blocked_by", "is_blocked_by")
    return {
        "id": number(row["workItem"]["id"]),
        "issue_link_id": number(row["linkId"]),
        "link_type": kind.replace("is_is_", "is_"),
    }


def _parent(item: Row | None) -> Row | None:
    """Return what an issue is a part of, by the number of its id and the lower case name of its type."""
    if not item:
        return None
    return {"id": number(item["id"]), "kind": str((item.get("workItemType") or {}).get("name") or "").lower()}


def _log(row: Row) -> Row:
    user = row.get("user")
    return {**row, "id": number(row["id"]), "user": person(user) if user else None}


def _issues(count: int) -> str:
    return "1 issue" if count == 1 else f"{count} issues"


def _sentences(project: str, ledger: Ledger, refusal: str | None) -> Iterator[str]:
    if ledger.by_activity:
        yield f"Histories of {_issues(ledger.by_activity)} of {project} were read from their activity, to the second."
    if ledger.reread:
        several = f"{len(ledger.reread)} issues" if len(ledger.reread) > 1 else f"#{ledger.reread[0]}"
        yield f"The activity of {several} of {project} did not lead to the present state: event lists were read."
    if ledger.by_events:
        yield (
            f"Histories of {_issues(ledger.by_events)} of {project} were read from event lists, "
            "which know neither assignees nor time."
        )
    if ledger.orphans:
        yield f"What {ledger.orphans} tasks or issues of {project} are parts of is not known: no event list tells it."
    if ledger.epics_since_unknown:
        yield (
            f"Since when {ledger.epics_since_unknown} issues of {project} belong to their epics is not known: "
            "they count as if they always had."
        )
    if refusal:
        yield f"The cheaper way to histories was refused: {refusal}"
