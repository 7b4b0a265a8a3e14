"""How a sandbox Jira cuts lists into pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pmbridge.sandbox.jira.lookup import JiraCall, refusal

T = TypeVar("T")


def page(call: JiraCall, rows: Sequence[T], draw: Callable[[T], Any], *, default: int, most: int) -> dict[str, Any]:
    """Cut by ``startAt`` and ``maxResults`` and draw the rows of one page."""
    start, size, chosen = window(call, rows, default=default, most=most)
    return {
        "self": call.request.url,
        "maxResults": size,
        "startAt": start,
        "total": len(rows),
        "isLast": start + len(chosen) >= len(rows),
        "values": [draw(row) for row in chosen],
    }


def window(call: JiraCall, rows: Sequence[T], *, default: int, most: int) -> tuple[int, int, Sequence[T]]:
    """Return the start, the page size as applied and the rows of the page asked for."""
    start, size = call.integer("startAt", 0), call.integer("maxResults", default, most)
    return start, size, rows[start : start + size]


def seal(value: Any) -> str:
    """Make an opaque page token."""
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()


def unseal(token: object, kind: type[T]) -> T:
    """Read a page token back, or refuse with 400 when it holds nothing of this kind."""
    try:
        value = json.loads(base64.urlsafe_b64decode(str(token).encode()))
    except ValueError:
        value = None
    if not isinstance(value, kind):
        raise refusal(400, "The provided next page token is invalid or expired.")
    return value


def number(value: Any, default: int, most: int) -> int:
    """Read a page size from a body or a query, from 1 to ``most``."""
    try:
        return max(1, min(int(value), most))
    except (TypeError, ValueError):
        return default
