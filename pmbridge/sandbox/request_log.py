"""The record of every request a sandbox tracker was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and what became of it.

    ``path`` keeps encoded slashes encoded, ``query`` maps names to lists of values. ``status`` is 0 when the
    connection was dropped. ``write`` is false for a POST that only reads. ``answer`` is kept when the log keeps
    answers: JSON when it was JSON, else text.
    """

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    status: int
    at: datetime
    write: bool
    answer: Any = None


class RequestLog:
    """The requests in the order they were answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Recorded] = []
        self.keep_answers = False

    def add(self, entry: Recorded) -> None:
        """Append one request."""
        with self._lock:
            self._entries.append(entry)

    def writes(self) -> list[Recorded]:
        """Return the requests that change something, refused ones included."""
        return [entry for entry in self if entry.write]

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._entries.clear()

    def __iter__(self) -> Iterator[Recorded]:
        with self._lock:
            return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Recorded:
        return self._entries[index]
