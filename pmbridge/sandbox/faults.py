"""Misbehaviour on demand, for the requests that fit a rule."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """The ways a request can go wrong."""

    FAIL = "fail"
    DROP_BEFORE = "drop before"
    DROP_AFTER = "drop after"
    CUT = "cut"
    HTML = "html"
    TAMPER = "tamper"


@dataclass(slots=True)
class Fault:
    """One rule: the next ``left`` requests that fit ``method`` and ``path`` suffer ``kind``."""

    kind: FaultKind
    left: int
    method: str | None = None
    path: str | None = None
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[Any], Any] = lambda answer: answer

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a request is one this rule is waiting for."""
        if self.left <= 0 or (self.method is not None and self.method != method):
            return False
        return self.path is None or re.search(self.path, path) is not None


class Faults:
    """The rules in force, the oldest first; each request suffers at most one.

    Every rule takes ``method`` (``"POST"``) and ``path`` (a regular expression searched in the path without its
    query); without them it fits every request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._seconds = 0.0

    def fail_next(
        self,
        n: int = 1,
        *,
        status: int,
        retry_after: float | str | None = None,
        headers: Mapping[str, str] | None = None,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        """Answer the next ``n`` fitting requests with ``status`` instead of carrying them out."""
        extra = dict(headers or {})
        if retry_after is not None:
            extra["Retry-After"] = str(retry_after)
        self._add(Fault(FaultKind.FAIL, n, method, path, status, extra))

    def drop_next(self, n: int = 1, *, after_commit: bool, method: str | None = None, path: str | None = None) -> None:
        """Close the connection without an answer, before or after the request was carried out."""
        self._add(Fault(FaultKind.DROP_AFTER if after_commit else FaultKind.DROP_BEFORE, n, method, path))

    def cut_next(self, n: int = 1, *, method: str | None = None, path: str | None = None) -> None:
        """Carry the request out and answer with the first half of the JSON only."""
        self._add(Fault(FaultKind.CUT, n, method, path))

    def html_next(self, n: int = 1, *, status: int = 502, method: str | None = None, path: str | None = None) -> None:
        """Answer with a proxy's HTML page instead of carrying the request out."""
        self._add(Fault(FaultKind.HTML, n, method, path, status))

    def tamper_next(
        self, n: int = 1, *, change: Callable[[Any], Any], method: str | None = None, path: str | None = None
    ) -> None:
        """Carry the request out and answer with what ``change`` makes of the JSON: a row less, a total that lies."""
        self._add(Fault(FaultKind.TAMPER, n, method, path, change=change))

    def latency(self, seconds: float) -> None:
        """Wait so long before every answer, until it is set to 0."""
        self._seconds = seconds

    @property
    def seconds(self) -> float:
        """The latency in force."""
        return self._seconds

    def clear(self) -> None:
        """Behave well from now on."""
        with self._lock:
            self._rules.clear()
        self._seconds = 0.0

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault this request suffers and count it."""
        with self._lock:
            rule = next((rule for rule in self._rules if rule.fits(method, path)), None)
            if rule is not None:
                rule.left -= 1
            self._rules = [rule for rule in self._rules if rule.left > 0]
            return rule

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(fault)
