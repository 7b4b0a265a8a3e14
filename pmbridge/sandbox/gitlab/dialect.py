"""The door of a sandbox GitLab: whom it lets in, in which words it refuses."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from pmbridge.sandbox.access import Token
from pmbridge.sandbox.exchange import Refusal
from pmbridge.sandbox.gitlab import (
    graphql,
    page,
    routes_delivery,
    routes_event,
    routes_issue,
    routes_merge_request,
    routes_milestone,
    routes_note,
    routes_site,
)
from pmbridge.sandbox.gitlab.state import GitlabSite


class GitlabDialect:
    """A token as bearer or in its own header, errors as ``message``."""

    routes = (
        *routes_site.ROUTES,
        *routes_issue.ROUTES,
        *routes_merge_request.ROUTES,
        *routes_event.ROUTES,
        *routes_note.ROUTES,
        *routes_milestone.ROUTES,
        *routes_delivery.ROUTES,
        *graphql.ROUTES,
        *page.ROUTES,
    )

    def authenticate(self, site: GitlabSite, request: Request) -> Token:
        """Return the token, or refuse with 401."""
        given = request.authorization
        secret = request.headers.get("PRIVATE-TOKEN")
        if secret is None and given is not None and given.type == "bearer":
            secret = given.token
        token = site.tokens.find(secret or "")
        if token is None:
            raise Refusal(401, {"message": "401 Unauthorized"})
        return token

    def read_only(self) -> Refusal:
        """Refuse a write with a token of a reading scope."""
        sentence = "The request requires higher privileges than provided by the access token."
        return Refusal(403, {"error": "insufficient_scope", "error_description": sentence, "scope": "api"})

    def failure(self, status: int) -> Any:
        """Draw an error."""
        if status == 404:
            return {"error": "404 Not Found"}
        return {"message": f"{status} {_NAMES.get(status, 'Internal Server Error')}"}


_NAMES = {405: "Method Not Allowed", 409: "Conflict", 429: "Too Many Requests", 503: "Service Unavailable"}
