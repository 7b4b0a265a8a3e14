"""One request as the policy sees it, with the errors it can end in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pmbridge.errors import ConnectorError, RateLimited
from pmbridge.transport.explain import one_line
from pmbridge.transport.redact import Redactor

Error = TypeVar("Error", bound=ConnectorError)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt.

    ``repeat`` allows another one, after the ``asked`` seconds if the tracker named a time and at most
    ``attempts`` in all if that is fewer than the policy's.
    """

    error: ConnectorError
    repeat: bool = False
    asked: float | None = None
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request to ``source`` at ``site`` (scheme, host and port); ``reads`` changes nothing at the tracker."""

    source: str
    site: str
    method: str
    path: str
    reads: bool
    idempotent: bool
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def request(self) -> str:
        """The method and path, without query and secrets."""
        return Redactor(self.secrets)(f"{self.method} {self.path}")

    def error(self, kind: type[Error], text: str, *, status: int | None = None, said: str = "") -> Error:
        """Make an error that says what happened, where, and what the tracker itself says of it."""
        return kind(self._message(text, said), source=self.source, status=status, request=self.request)

    def rate_limited(self, text: str, *, retry_at: datetime | None, status: int, said: str = "") -> RateLimited:
        """Make the error of a tracker that asks for more patience than the policy has."""
        when = f" Try again at {retry_at:%Y-%m-%d %H:%M:%S} UTC." if retry_at else ""
        message = self._message(text + when, said)
        return RateLimited(message, retry_at=retry_at, source=self.source, status=status, request=self.request)

    def _message(self, text: str, said: str) -> str:
        quoted = f' The tracker says: "{one_line(said)}"' if said else ""
        return Redactor(self.secrets)(text + quoted)
