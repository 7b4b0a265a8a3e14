"""The words of test-management apps in pmbridge's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pmbridge.connector import Evidence
from pmbridge.errors import AuthFailed, BadAnswer, NotFound, PermissionDenied, Rejected
from pmbridge.model import ExecutionStatus

_WORDS = {
    **dict.fromkeys(("pass", "passed", "ok"), ExecutionStatus.PASS),
    **dict.fromkeys(("fail", "failed", "nok"), ExecutionStatus.FAIL),
    **dict.fromkeys(("todo", "to do", "notrun", "not run", "not executed", "unexecuted"), ExecutionStatus.TODO),
    **dict.fromkeys(("executing", "wip", "in progress"), ExecutionStatus.EXECUTING),
    "aborted": ExecutionStatus.ABORTED,
    "blocked": ExecutionStatus.BLOCKED,
    **dict.fromkeys(("skipped", "not applicable"), ExecutionStatus.SKIPPED),
}
#: What an app that answers a part of what it was asked, or nothing, raises.
DEGRADING = (AuthFailed, PermissionDenied, NotFound, Rejected, BadAnswer)


def status_of(name: object, meanings: Mapping[str, str] | None = None, *, final: bool = True) -> ExecutionStatus:
    """Return what a status means; ``meanings`` map a site's own statuses to the ones every site has.

    A word that nobody knows is unknown, and one that is not final is still going on.
    """
    word = str(name or "").casefold()
    found = _WORDS.get(word) or _WORDS.get(str((meanings or {}).get(word, "")).casefold())
    if found is None:
        return ExecutionStatus.UNKNOWN if final else ExecutionStatus.EXECUTING
    return found


def moment(value: Any) -> datetime | None:
    """Read an instant as the apps write it: ISO 8601, or epoch seconds or milliseconds; ``None`` if it is none."""
    if value in (None, ""):
        return None
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def readable(app: str, remedy: str, notes: list[str]) -> Iterator[None]:
    """Turn what an app refuses into a note with the remedy, so that the rest is read."""
    try:
        yield
    except DEGRADING as error:
        notes.append(f"{app} was not read to its end: {error} {remedy}")


def pages(found: Iterable[Evidence], notes: list[str], app: str, remedy: str) -> Iterator[Evidence]:
    """Yield evidence as long as the app answers, and at the end what went wrong."""
    with readable(app, remedy, notes):
        yield from found
    if notes:
        yield Evidence(notes=tuple(notes))
