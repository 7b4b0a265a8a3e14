"""The doors of the apps: whom each lets in, and in which words it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Request

from pmbridge.sandbox.access import Token
from pmbridge.sandbox.exchange import Refusal, Route
from pmbridge.sandbox.testapps.state import TOKEN, AppSite


class BearerDialect:
    """Lets the bearer of the app's token in; every address only reads."""

    def __init__(self, routes: Sequence[Route], error_key: str = "error") -> None:
        self.routes = routes
        self._key = error_key

    def authenticate(self, site: AppSite, request: Request) -> Token:
        """Return the token, or refuse with 401."""
        given = request.authorization
        if given is None or given.type != "bearer" or given.token != TOKEN:
            raise Refusal(401, {self._key: "Authentication failed. Invalid client credentials or a Jira user."})
        return Token(TOKEN, "tester", write=False)

    def read_only(self) -> Refusal:
        """Refuse a write."""
        return Refusal(403, {self._key: "This token may only read."})

    def failure(self, status: int) -> Any:
        """Return the body of an error."""
        return {self._key: f"Request failed with status {status}."}
