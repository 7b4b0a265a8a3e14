"""How Jira Data Center pages searches, histories and known issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from pmbridge_jira.client import Client
from pmbridge_jira.histories import history_of
from pmbridge_jira.instants import instant
from pmbridge_jira.shape import Json, listing, mapping

#: Whole histories come with the issues, so that pages are kept small.
PAGE = 50
_IDS, _KNOWN = 1000, 100
_SEARCH, _ORDER = "search", " ORDER BY "


class DataCenter:
    """Reads a Jira Data Center through one client.

    A search is cut into windows that begin where the last page ended, at the second in which its last issue was made:
    so the offset never grows into the server's result window, whatever the size of a project, and what is edited
    meanwhile shifts nothing. Only issues of one second are paged by offset.
    """

    rich: ClassVar[bool] = False

    def __init__(self, client: Client) -> None:
        self.client = client
        self._seen: set[str] = set()
        self._epics: dict[str, str | None] = {}
        self.epic_fields: tuple[str, ...] = ()

    def search(
        self, jql: str, fields: Sequence[str], token: str | None, *, histories: bool = False
    ) -> tuple[list[Json], str | None]:
        """Read one page; a token is the second a window begins at, and the offset in it."""
        second, start = (int(part) for part in token.split(":")) if token else (None, 0)
        expand = ["changelog"] if histories else []
        answer = self._page(_since(jql, second), [*dict.fromkeys([*fields, "created"])], start, PAGE, expand)
        rows = answer.get("issues") or []
        fresh = [row for row in rows if str(row["id"]) not in self._seen]
        if not rows or start + len(rows) >= int(answer["total"]):
            self._seen = set()
            return fresh, None
        return fresh, self._following(rows, second, start)

    def _following(self, rows: list[Json], second: int | None, start: int) -> str:
        last = _second(rows[-1])
        if last == second:
            self._seen |= {str(row["id"]) for row in rows}
            return f"{last}:{start + len(rows)}"
        self._seen = {str(row["id"]) for row in rows if _second(row) == last}
        return f"{last}:0"

    def ids(self, jql: str) -> Iterator[str]:
        """Yield the ids of a query, in windows as the search does."""
        second, start = None, 0
        seen: set[str] = set()
        while True:
            answer = self._page(_since(jql, second), ["created"], start, _IDS)
            rows = answer.get("issues") or []
            yield from (str(row["id"]) for row in rows if str(row["id"]) not in seen)
            if not rows or start + len(rows) >= int(answer["total"]):
                return
            last = _second(rows[-1])
            start = start + len(rows) if last == second else 0
            seen = {str(row["id"]) for row in rows} | (seen if last == second else set())
            second = last

    def keys(self, jql: str) -> dict[str, str] | None:
        """Return the keys of the issues of a query by id, or ``None`` if they do not fit into one answer."""
        answer = self._page(jql, ["key"], 0, _IDS)
        rows = answer.get("issues") or []
        return None if len(rows) < int(answer["total"]) else {str(row["id"]): str(row["key"]) for row in rows}

    def count(self, jql: str) -> int:
        """Return the exact count of a query."""
        return int(self._page(jql, ["id"], 0, 0)["total"])

    def issues(self, ids: Iterable[str], fields: Sequence[str]) -> dict[str, Json]:
        """Read known issues by id; a query that is not validated passes over those that are gone or hidden."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Json] = {}
        for start in range(0, len(wanted), _KNOWN):
            some = wanted[start : start + _KNOWN]
            answer = self._page(f"id in ({', '.join(some)})", fields, 0, len(some))
            found.update({str(issue["id"]): issue for issue in answer.get("issues") or ()})
        return found

    def complete(self, issues: Sequence[Json], fields: Sequence[str]) -> None:
        """Put histories in order, and an epic's id beside its key; both came with the search."""
        for issue in issues:
            issue["changelog"] = {**(issue.get("changelog") or {}), "histories": history_of(issue)}
        keys = {key for issue in issues if (key := self._epic_key(issue))}
        self._learn(sorted(keys - self._epics.keys()))
        for issue in issues:
            key = self._epic_key(issue)
            if key and self._epics.get(key) and not issue["fields"].get("parent"):
                issue["fields"]["parent"] = {"id": self._epics[key], "key": key}

    def versions(self, project: str) -> Iterator[Json]:
        """Yield the versions of a project."""
        yield from listing(self.client.get(f"project/{project}/versions"), "versions")

    def _epic_key(self, issue: Json) -> str | None:
        return next((str(value) for name in self.epic_fields if (value := issue["fields"].get(name))), None)

    def _learn(self, keys: list[str]) -> None:
        """Find the ids of epics, which issues name by key; one that cannot be seen has none."""
        for start in range(0, len(keys), _KNOWN):
            some = keys[start : start + _KNOWN]
            answer = self._page(f"key in ({', '.join(some)})", ["id"], 0, len(some))
            self._epics.update(dict.fromkeys(some))
            self._epics.update({str(issue["key"]): str(issue["id"]) for issue in answer.get("issues") or ()})

    def _page(self, jql: str, fields: Sequence[str], start: int, size: int, expand: Sequence[str] = ()) -> Json:
        body: Json = {
            "jql": jql,
            "startAt": start,
            "maxResults": size,
            "fields": list(fields),
            "validateQuery": jql.startswith("project"),
        }
        if expand:
            body["expand"] = list(expand)
        return mapping(self.client.post(_SEARCH, body), _SEARCH)


def _since(jql: str, second: int | None) -> str:
    if second is None:
        return jql
    where, order, keys = jql.partition(_ORDER)
    return f"{where} AND created >= {second * 1000}{order}{keys}"


def _second(issue: Json) -> int:
    return int(instant(issue["fields"]["created"]).timestamp())
