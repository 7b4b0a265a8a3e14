"""The turning of a payload's unexpected shape into an error that says so."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any

from pmbridge.errors import BadAnswer

Json = dict[str, Any]


_ODD = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(slots=True)
class expected:
    """Raise `BadAnswer` in place of the errors that reading ``what`` raises when parts are missing or odd."""

    source: str
    what: str

    def __enter__(self) -> None:
        """Begin; nothing is opened."""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Tell what happened in terms of the answer."""
        if kind is not None and issubclass(kind, _ODD):
            text = f"{self.source}: {self.what} has an unexpected shape ({kind.__name__}: {problem})."
            raise BadAnswer(text, source=self.source) from problem


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
