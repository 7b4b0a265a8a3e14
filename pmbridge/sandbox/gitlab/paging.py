"""How a sandbox GitLab cuts lists into pages: by number, or by an opaque cursor."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from pmbridge.sandbox.exchange import Answer
from pmbridge.sandbox.gitlab.lookup import GitlabCall, bad_request

T = TypeVar("T")

_DEFAULT, _MOST = 20, 100
#: Lists that are longer do not say how long they are.
_COUNTED = 10_000


def page(call: GitlabCall, rows: Sequence[T], draw: Callable[[T], Any]) -> Answer:
    """Cut by ``page`` and ``per_page``; the headers say where the other pages are."""
    size = _size(call)
    number = max(1, call.integer("page", 1))
    pages = max(1, -(-len(rows) // size))
    chosen, counted = rows[(number - 1) * size : number * size], len(rows) <= _COUNTED
    places = {"prev": number - 1, "next": number + 1, "first": 1, "last": pages}
    reachable = {name: place for name, place in places.items() if 1 <= place <= pages}
    if not counted:
        del reachable["last"]
    headers = {
        "X-Page": str(number),
        "X-Per-Page": str(size),
        "X-Prev-Page": str(reachable.get("prev", "")),
        "X-Next-Page": str(reachable.get("next", "")),
        **({"X-Total": str(len(rows)), "X-Total-Pages": str(pages)} if counted else {}),
        "Link": ", ".join(_link(call, name, page=place, per_page=size) for name, place in reachable.items()),
    }
    return Answer([draw(row) for row in chosen], headers=headers)


def keyset(
    call: GitlabCall, rows: Sequence[T], key: Callable[[T], tuple[int, int]], draw: Callable[[T], Any]
) -> Answer:
    """Cut rows that are sorted by ``key`` after the place the ``cursor`` names; a row that moved is met again."""
    size, cursor = _size(call), call.text("cursor")
    start = bisect_right(rows, _unseal(cursor), key=key) if cursor else 0
    chosen = rows[start : start + size]
    headers = {"X-Per-Page": str(size)}
    if start + size < len(rows):
        headers["Link"] = _link(call, "next", cursor=_seal(key(chosen[-1])), per_page=size)
    return Answer([draw(row) for row in chosen], headers=headers)


def _size(call: GitlabCall) -> int:
    return max(1, call.integer("per_page", _DEFAULT, _MOST))


def _link(call: GitlabCall, name: str, **changed: Any) -> str:
    kept = [(key, value) for key, value in call.request.args.items(multi=True) if key not in changed]
    query = urlencode([*kept, *changed.items()])
    return f'<{call.address}?{query}>; rel="{name}"'


def _seal(key: tuple[int, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _unseal(cursor: str) -> tuple[int, int]:
    try:
        first, second = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return int(first), int(second)
    except (ValueError, TypeError):
        raise bad_request("cursor is invalid") from None
