"""Time that was entered, corrected or taken back, found by Jira's own lists of it."""

from __future__ import annotations

from dataclasses import dataclass

from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge_jira.client import Client
from pmbridge_jira.shape import Json, listing, mapping

#: As many worklogs as one request may ask for.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Spent:
    """Ids of the issues on which time was entered or corrected, and of the worklogs that were taken back."""

    issues: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def spent(client: Client, since: int) -> Spent:
    """Ask what happened to time since an instant, in epoch milliseconds; what may not be read becomes a note.

    Two requests where nothing did, one more for each thousand worklogs. The issues of worklogs that are gone are
    not told.
    """
    try:
        entered, is_whole = _ids(client, "worklog/updated", since)
        gone, are_whole = _ids(client, "worklog/deleted", since)
        issues = _issues(client, [one for one in entered if one not in gone])
    except (NotFound, PermissionDenied, Rejected) as refusal:
        return Spent(notes=(f"Time on issues that nothing else touched was not looked for: {refusal}",))
    notes = () if is_whole and are_whole else (_CUT,)
    return Spent(tuple(issues), tuple(map(str, gone)), notes)


_CUT = (
    "Jira lists more worklogs of a single instant than fit on a page, so that some time may be missing: "
    "run `pmbridge sync --full`."
)


def _ids(client: Client, path: str, since: int) -> tuple[dict[int, None], bool]:
    """Return ids, and whether they are all; a page begins with the instant at which the last one ended."""
    found: dict[int, None] = {}
    while True:
        answer = mapping(client.get(path, since=since), path)
        rows = [int(row["worklogId"]) for row in answer.get("values") or ()]
        fresh = [row for row in rows if row not in found]
        found.update(dict.fromkeys(fresh))
        if answer.get("lastPage", True) or not rows:
            return found, True
        if not fresh and int(answer["until"]) <= since:
            return found, False
        since = int(answer["until"])


def _issues(client: Client, worklogs: list[int]) -> dict[str, None]:
    issues: dict[str, None] = {}
    for start in range(0, len(worklogs), _AT_ONCE):
        body: Json = {"ids": worklogs[start : start + _AT_ONCE]}
        issues.update(dict.fromkeys(str(row["issueId"]) for row in listing(client.post("worklog/list", body), "list")))
    return issues
