"""Jira's histories as they are decoded: what has a meaning for us, and nothing of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec

from pmbridge_jira.instants import instant

#: How Jira writes an id, or the value of a field that has none.
Native: TypeAlias = str | int | float | None

_BEGINNING = datetime.min.replace(tzinfo=UTC)

_FIELD_NAMES = {"field_id": "fieldId", "before": "from", "after": "to", "old": "fromString", "new": "toString"}


class Account(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """Somebody whom Cloud knows by ``account_id``, Data Center by ``key``, and before 8.4 by ``name`` alone."""

    account_id: str | None = None
    key: str | None = None
    name: str | None = None
    display_name: str | None = None
    email_address: str | None = None
    account_type: str | None = None
    active: bool = False


class Entry(msgspec.Struct, rename=_FIELD_NAMES, omit_defaults=True, gc=False):
    """One field of an edit: ids where Jira has them, and the words of the time."""

    field: str | None = None
    field_id: str | None = None
    before: Native = None
    after: Native = None
    old: str | None = None
    new: str | None = None


class Edit(msgspec.Struct, omit_defaults=True, gc=False):
    """One edit of an issue; ``created`` is an instant once the edit has passed `in_order`."""

    id: str | int
    created: Any
    author: Account | None = None
    items: list[Entry] | None = None

    @property
    def by(self) -> str | None:
        """The id of the author; deleted and hidden users have none."""
        who = self.author
        return None if who is None else who.account_id or who.key or who.name


class IssueLog(msgspec.Struct, rename="camel"):
    """The edits of one issue in an answer of the bulk changelog."""

    issue_id: str | int
    change_histories: list[Edit] | None = None


class BulkLog(msgspec.Struct, rename="camel"):
    """One answer of the bulk changelog."""

    issue_change_logs: list[IssueLog] | None = None
    next_page_token: str | None = None


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits oldest first, those of one instant as they were numbered, with their instants read."""
    found = list(edits)
    last, ordered = _BEGINNING, True
    for edit in found:
        edit.created = at = instant(edit.created)
        if at <= last:
            ordered = False
        last = at
    if not ordered:
        found.sort(key=_place)
    return found


def _place(edit: Edit) -> tuple[datetime, int, str]:
    number = str(edit.id)
    return edit.created, len(number), number


def edits(payloads: Iterable[Mapping[str, Any]]) -> list[Edit]:
    """Read edits that came as part of a larger answer, or out of the store, oldest first."""
    return in_order(msgspec.convert(payloads, list[Edit]))


def history_of(issue: Mapping[str, Any]) -> Sequence[Edit]:
    """Return the edits of an issue's payload, decoded if they are not yet."""
    found = (issue.get("changelog") or {}).get("histories") or ()
    return found if not found or isinstance(found[0], Edit) else edits(found)


def whole(found: Sequence[Edit]) -> dict[str, Any]:
    """Make the part of a payload that holds a history which is known to be complete."""
    return {"histories": found, "total": len(found)}


def is_cut(issue: Mapping[str, Any]) -> bool:
    """Tell whether Jira says of a history, or of the time spent, that there is more than came."""
    worklog = (issue.get("fields") or {}).get("worklog")
    return _ends_early(issue.get("changelog"), "histories") or _ends_early(worklog, "worklogs")


def _ends_early(part: Mapping[str, Any] | None, rows: str) -> bool:
    return part is not None and int(part.get("total") or 0) > len(part.get(rows) or ())


def encoded(issue: Mapping[str, Any]) -> bytes:
    """Write a payload with its decoded edits as JSON."""
    return msgspec.json.encode(issue)
