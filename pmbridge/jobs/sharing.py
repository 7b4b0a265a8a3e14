"""Keeping the workers of one source within what its tracker allows them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pmbridge.connector import Connector, Page
from pmbridge.errors import RateLimited
from pmbridge.store import Store
from pmbridge.store.budget import close, closed_until, spend

#: How long a tracker that refuses without saying for how long is left alone.
_REST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Share:
    """The budget of one source, which all its workers draw on through the store."""

    store: Store
    source: str
    per_minute: int | None
    wait: Callable[[float], None]

    def draw(self, requests: int) -> None:
        """Account for requests, and wait while the source is spent or closed."""
        now = datetime.now(UTC)
        with self.store.write(self._scope) as conn:
            pause = spend(conn, self.source, requests, per_minute=self.per_minute, now=now)
        if pause > timedelta():
            self.wait(pause.total_seconds())

    def refused(self, error: RateLimited) -> None:
        """Tell the other workers that the tracker wants to be left alone."""
        now = datetime.now(UTC)
        with self.store.write(self._scope) as conn:
            close(conn, self.source, error.retry_at or now + _REST, now=now)

    def reopens_at(self) -> datetime | None:
        """Return when the tracker may be asked again, ``None`` if at once."""
        with self.store.read() as conn:
            until = closed_until(conn, self.source)
        return until if until is not None and until > datetime.now(UTC) else None

    @property
    def _scope(self) -> str:
        return f"budget {self.source}"


def sharing(kind: type[Connector], share: Share) -> type[Connector]:
    """Return a connector of the same kind that draws on a share, page by page."""

    class Sharing(kind):  # type: ignore[valid-type,misc]
        """A connector among others of one source."""

        def fetch_pages(self, *arguments: Any, **options: Any) -> Iterator[Page]:
            """Yield pages, and account for each page's requests before the next one is asked for."""
            counted = self.usage().requests
            share.draw(0)
            try:
                for page in super().fetch_pages(*arguments, **options):
                    yield page
                    now = self.usage().requests
                    share.draw(now - counted)
                    counted = now
            except RateLimited as error:
                share.refused(error)
                raise

    return Sharing
