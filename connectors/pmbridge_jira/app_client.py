"""Authenticated requests to a test-management app that stands beside Jira on a host of its own."""

from __future__ import annotations

from typing import Any

import requests

from pmbridge import transport
from pmbridge.errors import BadAnswer


def only_reads(method: str, path: str) -> bool:
    """Tell that every request reads: questions and log-ins are sent with POST, and nothing else is."""
    return True


class AppClient:
    """One session with one app; every address is built from the configured one.

    ``token`` is sent with every request and masked in what goes out and comes back; an app that is logged in to with
    credentials gets them in a body, which therefore must not be masked.
    """

    def __init__(self, source: str, url: str, *, token: str | None = None) -> None:
        self._source = source
        self._base = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        if token is not None:
            self.bear(token)
        transport.mount(
            self._session,
            source=source,
            base_url=self._base,
            is_read=only_reads,
            secrets=(token,) if token else (),
        )

    def bear(self, token: str) -> None:
        """Send a bearer token from now on."""
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **params: Any) -> Any:
        """Read one resource."""
        return self._answer(self._session.get(self._base + path, params=params))

    def post(self, path: str, body: Any) -> Any:
        """Ask with a body."""
        return self._answer(self._session.post(self._base + path, json=body))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _answer(self, response: requests.Response) -> Any:
        try:
            return transport.decode(response.content)
        except ValueError:
            raise BadAnswer(f"{self._base} answered with something that is not JSON.", source=self._source) from None
