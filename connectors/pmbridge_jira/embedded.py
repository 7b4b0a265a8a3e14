"""Histories that come inside the issues they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Required, TypedDict

import msgspec

from pmbridge_jira.histories import Edit, in_order, whole
from pmbridge_jira.shape import Json

#: The most edits that come with an issue. A list as long as that may be cut, whatever its stated total says.
MOST = 40


class Newest(TypedDict, total=False):
    """The newest edits of an issue, newest first, and how many there are of them all."""

    histories: list[Edit] | None
    total: int | None


class Known(TypedDict, total=False):
    """What of an issue's payload is kept; it stays a mapping, since it is stored as it came."""

    id: Required[str | int]
    key: Any
    fields: Any
    changelog: Newest | None


class KnownIssues(msgspec.Struct, rename="camel"):
    """One answer of the bulk reading of issues; ``issue_errors`` are those it could not carry."""

    issues: list[Known] | None = None
    issue_errors: list[Any] | None = None


class FoundIssues(msgspec.Struct, rename="camel"):
    """One page of a search."""

    issues: list[Known] | None = None
    is_last: bool | None = None
    next_page_token: str | None = None


def settled(log: Newest | None, fields: Collection[str]) -> Json | None:
    """Make a history of what came with an issue, oldest first; ``None`` where that is not known to be all of it.

    ``fields`` bounds it as the bulk changelog would, and none means every field.
    """
    if not log:
        return None
    found, total = log.get("histories") or [], log.get("total")
    if total is None or len(found) < total or len(found) >= MOST:
        return None
    # They come newest first: turned round, they rarely need to be sorted.
    return whole(in_order(_bounded(reversed(found), fields) if fields else reversed(found)))


def _bounded(edits: Iterable[Edit], fields: Collection[str]) -> Iterable[Edit]:
    for edit in edits:
        items = edit.items or ()
        if len(items) > 1:
            edit.items = items = [entry for entry in items if (entry.field_id or entry.field) in fields]
        # Nearly every edit is of one field.
        if len(items) > 1 or (items and (items[0].field_id or items[0].field) in fields):
            yield edit
