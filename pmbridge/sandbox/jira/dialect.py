"""The door of a sandbox Jira: whom it lets in, in which words it refuses."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from pmbridge.sandbox.access import Token
from pmbridge.sandbox.exchange import Refusal
from pmbridge.sandbox.jira import (
    page,
    routes_agile,
    routes_comment,
    routes_issue,
    routes_project,
    routes_site,
    server,
)
from pmbridge.sandbox.jira.lookup import refusal
from pmbridge.sandbox.jira.state import JiraSite

_SENTENCES = {
    404: "No resource is found at this address.",
    405: "The method is not allowed at this address.",
    429: "Rate limit exceeded.",
    503: "The service is temporarily unavailable.",
}


class JiraDialect:
    """Basic authentication with e-mail and token, errors as ``errorMessages``."""

    routes = (
        *server.ROUTES,
        *routes_site.ROUTES,
        *routes_project.ROUTES,
        *routes_issue.ROUTES,
        *routes_comment.ROUTES,
        *routes_agile.ROUTES,
        *page.ROUTES,
    )

    def authenticate(self, site: JiraSite, request: Request) -> Token:
        """Return the token that fits the e-mail, or on a Data Center the bearer's, or refuse with 401."""
        given = request.authorization
        if site.server and given is not None and given.type == "bearer":
            bearer = site.tokens.find(given.token or "")
            if bearer is not None:
                return bearer
        token = site.tokens.find(given.password or "") if given is not None and given.type == "basic" else None
        if given is None or token is None or site.users[token.user].email != given.username:
            words = "Client must be authenticated to access this resource."
            realm = {"WWW-Authenticate": 'Basic realm="Jira", OAuth realm="sandbox"'}
            raise Refusal(401, {"errorMessages": [words], "errors": {}}, realm)
        return token

    def read_only(self) -> Refusal:
        """Refuse a write with a token that may only read."""
        return refusal(403, "You do not have the permission to do this.")

    def failure(self, status: int) -> Any:
        """Draw an error."""
        return {"errorMessages": [_SENTENCES.get(status, "Internal server error.")], "errors": {}}
