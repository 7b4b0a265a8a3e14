"""The turning of a payload's unexpected shape into an error that says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pmbridge.errors import BadAnswer

Json = dict[str, Any]


@contextmanager
def expected(source: str, what: str) -> Iterator[None]:
    """Raise `BadAnswer` in place of the errors that reading ``what`` raises when parts are missing or odd."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        kind = type(problem).__name__
        raise BadAnswer(f"{source}: {what} has an unexpected shape ({kind}: {problem}).", source=source) from problem


def mapping(answer: Any, path: str) -> Json:
    """Insist on a JSON object; raises `BadAnswer`."""
    if not isinstance(answer, dict):
        raise BadAnswer(f"Jira answered {path} with a {type(answer).__name__} where an object was promised.")
    return answer


def listing(answer: Any, path: str) -> list[Json]:
    """Insist on a JSON array; raises `BadAnswer`."""
    if not isinstance(answer, list):
        raise BadAnswer(f"Jira answered {path} with a {type(answer).__name__} where a list was promised.")
    return answer
