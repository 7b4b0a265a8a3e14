"""How Jira Cloud pages searches, histories and known issues."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

import msgspec

from pmbridge.errors import BadAnswer, NotFound, PermissionDenied, Rejected
from pmbridge_jira.client import PAGE_SIZE, Client
from pmbridge_jira.embedded import FoundIssues, KnownIssues, settled
from pmbridge_jira.histories import BulkLog, Edit, edits, in_order, whole
from pmbridge_jira.shape import Json, mapping

log = logging.getLogger(__name__)

#: As many edits as one answer of the bulk changelog may hold.
MAX_HISTORIES = 10_000
#: As many issues as one answer of a search for nothing but ids may hold.
MAX_IDS = 5000

_SEARCH, _CHANGELOG, _ISSUES = "search/jql", "changelog/bulkfetch", "issue/bulkfetch"

_LOGS, _KNOWN = msgspec.json.Decoder(BulkLog), msgspec.json.Decoder(KnownIssues)
_FOUND = msgspec.json.Decoder(FoundIssues)

#: What a certificate says of a Jira whose issues come without their histories.
APART = "Jira gives no histories with the issues it is asked for by id: they were asked for by themselves."


class Cloud:
    """Reads a Jira Cloud through one client.

    A hundred issues cost one request, whether they are known by id or searched for, since Jira puts up to forty edits
    inside each. The bulk changelog completes longer histories. Where it is refused, histories are
    read issue by issue, which is slower and as complete. ``notes`` say which short cuts this Jira does not know.
    """

    rich: ClassVar[bool] = True

    def __init__(self, client: Client) -> None:
        self.client = client
        self.notes: tuple[str, ...] = ()
        self._bulk = self._embeds = True

    def search(
        self, jql: str, fields: Sequence[str], token: str | None, *, histories: bool = False
    ) -> tuple[list[Json], str | None]:
        """Read one page; returns its issues and the token of the next page, ``None`` after the last."""
        body: Json = {"jql": jql, "fields": list(fields), "maxResults": PAGE_SIZE}
        if histories:
            body["expand"] = "changelog"
        if token is not None:
            body["nextPageToken"] = token
        answer = self.client.ask(_SEARCH, body, _FOUND)
        following = None if answer.is_last else answer.next_page_token or None
        return [{**issue} for issue in answer.issues or ()], following

    def ids(self, jql: str) -> Iterator[str]:
        """Yield the ids of a query; a page holds thousands where nothing else is asked for."""
        token, seen = None, set[str | None]()
        while token not in seen:
            seen.add(token)
            ids, token = self.some_ids(jql, token)
            yield from ids
            if token is None:
                return
        raise BadAnswer("Jira's search for ids came back to a page it had already sent.")

    def some_ids(self, jql: str, token: str | None) -> tuple[list[str], str | None]:
        """Read one page of ids; returns them and the token of the next page, ``None`` after the last."""
        body: Json = {"jql": jql, "fields": ["id"], "maxResults": MAX_IDS}
        if token is not None:
            body["nextPageToken"] = token
        answer = mapping(self.client.post(_SEARCH, body), _SEARCH)
        following = None if answer.get("isLast") else answer.get("nextPageToken") or None
        return [str(issue["id"]) for issue in answer.get("issues") or ()], following

    def keys(self, jql: str) -> dict[str, str] | None:
        """Return the keys of the issues of a query by id, or ``None`` if they do not fit into one answer."""
        body: Json = {"jql": jql, "fields": ["key"], "maxResults": MAX_IDS}
        answer = self.client.ask(_SEARCH, body, _FOUND)
        if not answer.is_last and answer.next_page_token:
            return None
        return {str(issue["id"]): str(issue.get("key")) for issue in answer.issues or ()}

    def versions(self, project: str) -> Iterator[Json]:
        """Yield the versions of a project, with the count of their issues."""
        return self.client.rows(f"project/{project}/version", expand="issuesstatus")

    def complete(self, issues: Sequence[Json], fields: Sequence[str]) -> None:
        """Give every issue its history; ``fields`` bounds it, and none means every field.

        Only those issues are asked about that did not bring all of theirs.
        """
        bound = frozenset(fields)
        brought = [settled(issue.get("changelog"), bound) for issue in issues]
        lacking = [str(issue["id"]) for issue, log in zip(issues, brought, strict=True) if log is None]
        found = self.histories(lacking, fields)
        for issue, log in zip(issues, brought, strict=True):
            issue["changelog"] = log or found.get(str(issue["id"])) or whole([])

    def count(self, jql: str) -> int:
        """Return the tracker's own count, which it calls approximate."""
        answer = mapping(self.client.post("search/approximate-count", {"jql": jql}), "search/approximate-count")
        return int(answer["count"])

    def issues(self, ids: Iterable[str], fields: Sequence[str]) -> dict[str, Json]:
        """Read known issues by id; those that are gone or hidden are absent."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Json] = {}
        for start in range(0, len(wanted), PAGE_SIZE):
            body: Json = {"issueIdsOrKeys": wanted[start : start + PAGE_SIZE], "fields": list(fields)}
            answer = mapping(self.client.post(_ISSUES, body), _ISSUES)
            found.update({str(issue["id"]): issue for issue in answer.get("issues") or ()})
        return found

    def with_histories(self, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Json]:
        """Read at most a hundred known issues as `issues` does, with their newest edits where this Jira gives them.

        An issue that it says it could not carry is asked for once more, without its edits.
        """
        if not ids or not self._embeds:
            return self.issues(ids, fields)
        body: Json = {"issueIdsOrKeys": list(ids), "fields": list(fields), "expand": ["changelog"]}
        try:
            answer = self.client.ask(_ISSUES, body, _KNOWN)
        except Rejected as refusal:
            log.warning("Issues with their histories were refused (%s): asking for each by itself.", refusal)
            self._apart()
            return self.issues(ids, fields)
        found: dict[str, Json] = {str(issue["id"]): {**issue} for issue in answer.issues or ()}
        if found and not any(issue.get("changelog") for issue in found.values()):
            self._apart()
        left = [native for native in ids if native not in found] if answer.issue_errors else []
        return {**found, **self.issues(left, fields)}

    def _apart(self) -> None:
        self._embeds, self.notes = False, (APART,)

    def histories(self, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Json]:
        """Read the edits of some issues, oldest first; ``fields`` bounds them, and none means every field."""
        if ids and self._bulk:
            try:
                return self._bulk_histories(ids, fields)
            except (NotFound, PermissionDenied, Rejected) as refusal:
                log.warning("The bulk changelog was refused (%s): reading histories issue by issue.", refusal)
                self._bulk = False
        return {issue: self._paged_history(issue) for issue in ids}

    def _paged_history(self, issue: str) -> Json:
        found = self.client.gathered(f"issue/{issue}/changelog")
        return {"histories": edits(found.rows), "total": found.total}

    def _bulk_histories(self, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Json]:
        gathered: dict[str, dict[str, Edit]] = {issue: {} for issue in ids}
        body: Json = {"issueIdsOrKeys": list(ids), "maxResults": MAX_HISTORIES}
        if fields:
            body["fieldIds"] = list(fields)
        seen: set[str] = set()
        while True:
            answer = self.client.ask(_CHANGELOG, body, _LOGS)
            _gather(answer, gathered)
            token = answer.next_page_token
            if not token:
                return {issue: whole(in_order(found.values())) for issue, found in gathered.items()}
            if token in seen:
                raise BadAnswer("Jira's bulk changelog came back to a page it had already sent.")
            seen.add(token)
            body["nextPageToken"] = token


def _gather(answer: BulkLog, into: dict[str, dict[str, Edit]]) -> None:
    """Merge one answer; an issue, and even an edit, may be spread over several."""
    for one in answer.issue_change_logs or ():
        found = into.setdefault(str(one.issue_id), {})
        for edit in one.change_histories or ():
            known = found.setdefault(str(edit.id), edit)
            if known is not edit:
                items = known.items or []
                known.items = items + [item for item in edit.items or () if item not in items]
