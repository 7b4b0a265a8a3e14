"""Authenticated HTTP to one GitLab server, answering with plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import gitlab
import requests

from pmbridge.errors import BadAnswer, NotFound, Rejected
from pmbridge.transport import Meter, Policy, decode, mount
from pmbridge_gitlab.rows import Row
from pmbridge_gitlab.settings import GitlabSettings

PER_PAGE = 100
#: How a server answers at the old address of a project that has a new one.
_MOVED = frozenset({301, 302, 307, 308})
GRAPHQL = "/api/graphql"
#: How long the time of an answer is believed to tell, with the seconds since, what time it is at the server.
_FRESH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing; ``following`` are the parameters that ask for the next page, empty on the last."""

    rows: list[Row]
    following: dict[str, str]


def following(response: requests.Response) -> dict[str, str]:
    """Take from the ``Link`` header how the next page is asked for.

    The address itself is dropped: a server behind a proxy writes its inner host there, and a hostile one may name
    a host that must never see the token.
    """
    query = parse_qs(urlsplit(response.links.get("next", {}).get("url", "")).query)
    for name in ("cursor", "page"):
        if query.get(name):
            return {name: query[name][0]}
    page = response.headers.get("X-Next-Page", "").strip()
    return {"page": page} if page else {}


def _dated(response: requests.Response) -> tuple[datetime, float] | None:
    """Return the time an answer tells, and when by our own count it came."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC), monotonic()
    except (KeyError, ValueError):
        return None


def is_question(method: str, path: str) -> bool:
    """Tell questions in the GraphQL language, all of which only read, from requests that change something."""
    return path.endswith(GRAPHQL)


class GitlabClient:
    """The only place that speaks to a GitLab server; raises the `ConnectorError` family."""

    def __init__(self, source: str, settings: GitlabSettings) -> None:
        self._source = source
        self._heard: tuple[datetime, float] | None = None
        token = settings.auth.token.get_secret_value()
        self._session = requests.Session()
        self.meter: Meter = mount(
            self._session,
            source=source,
            base_url=settings.url,
            policy=Policy(read_timeout=settings.timeout_seconds),
            is_read=is_question,
            secrets=(token,),
            ca_bundle=settings.ca_bundle,
        )
        self._gitlab = gitlab.Gitlab(
            settings.url,
            oauth_token=token,
            keep_base_url=True,
            session=self._session,
        )

    def get(self, path: str, **params: Any) -> Any:
        """Read one thing."""
        return self._json(self._request("get", path, params))

    def content(self, path: str) -> bytes:
        """Read a file as it is."""
        return self._request("get", path, {}).content

    def page(self, path: str, params: Mapping[str, Any]) -> Listing:
        """Read one page of a listing."""
        # Links come whole: the listing of an issue's links knows no pages.
        size = {} if path.endswith("/links") else {"per_page": PER_PAGE}
        response = self._request("get", path, {**size, **params})
        rows = self._json(response)
        if not isinstance(rows, list):
            raise self._unexpected("get", path, "a list")
        return Listing(rows, following(response))

    def every(self, path: str, **params: Any) -> Iterator[Row]:
        """Read a listing to its end; pages may be shorter than asked for, so that only the server's word ends it."""
        asked: dict[str, str] = {}
        while True:
            listing = self.page(path, {**params, **asked})
            yield from listing.rows
            if not listing.following or listing.following == asked:
                return
            asked = listing.following

    def clock(self) -> datetime:
        """Return the server's own time: from the last answer if it is fresh, else from that of a small request."""
        if self._heard is not None and monotonic() - self._heard[1] < _FRESH_SECONDS:
            return self._heard[0] + timedelta(seconds=int(monotonic() - self._heard[1]))
        return self.ask_clock()

    def ask_clock(self) -> datetime:
        """Ask the server for its time."""
        try:
            response = self._request("get", "/version", {})
        except NotFound as error:
            text = f"{self._source}: there is no GitLab at {self._gitlab.url} ({error}) "
            text += "Is `url` the tracker's base address?"
            raise BadAnswer(text, source=self._source, status=error.status, request=error.request) from None
        try:
            return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
        except (KeyError, ValueError):
            raise self._unexpected("get", "/version", "a Date header") from None

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Create something; returns the status and what the server made of it."""
        response = self._request("post", path, {}, dict(body))
        return response.status_code, self._json(response) if response.content else None

    def graphql(self, question: str, values: Mapping[str, Any]) -> Row:
        """Ask in the GraphQL language; raises `Rejected` with the server's words, which come with a good status."""
        body = {"query": question, "variables": dict(values)}
        answer = self._json(self._request("post", self._gitlab.url + GRAPHQL, {}, body))
        if not isinstance(answer, dict):
            raise self._unexpected("post", GRAPHQL, "an object")
        if answer.get("errors") or not isinstance(answer.get("data"), dict):
            errors: list[Row] = answer.get("errors") or [{}]
            words = "; ".join(str(error.get("message")) for error in errors)
            raise Rejected(
                f"{self._source} refused a question: {words}", source=self._source, request=f"POST {GRAPHQL}"
            )
        found: Row = answer["data"]
        return found

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something."""
        response = self._request("put", path, {}, dict(body))
        return self._json(response) if response.content else None

    def delete(self, path: str) -> None:
        """Delete something."""
        self._request("delete", path, {})

    def close(self) -> None:
        """Release connections."""
        self._session.close()

    def _request(
        self, method: str, path: str, params: Mapping[str, Any], body: dict[str, Any] | None = None
    ) -> requests.Response:
        try:
            return self._sent(method, path, params, body)
        except BadAnswer as error:
            if error.status in _MOVED and path.startswith("/projects/"):
                project = unquote(path.split("/")[2])
                text = f"{self._source}: {project} was renamed or moved: write its new path in `projects`."
                raise NotFound(text, source=self._source, status=error.status, request=error.request) from None
            raise

    def _sent(
        self, method: str, path: str, params: Mapping[str, Any], body: dict[str, Any] | None
    ) -> requests.Response:
        try:
            response = self._gitlab.http_request(
                method,
                path,
                post_data=body,
                query_parameters=dict(params),
                obey_rate_limit=False,
                max_retries=0,
                retry_transient_errors=False,
            )
            self._heard = _dated(response) or self._heard
            return response
        except gitlab.GitlabError as error:
            status = getattr(error, "response_code", None)
            raise BadAnswer(
                f"{self._source} answered {method.upper()} {path} in a way GitLab does not ({status}).",
                source=self._source,
                status=status,
                request=f"{method.upper()} {path}",
            ) from None

    def _json(self, response: requests.Response) -> Any:
        try:
            return decode(response.content)
        except ValueError:
            request = response.request
            raise self._unexpected(str(request.method), urlsplit(request.url or "").path, "JSON") from None

    def _unexpected(self, method: str, path: str, wanted: str) -> BadAnswer:
        return BadAnswer(
            f"{self._source} answered {method.upper()} {path} without {wanted}: is this the address of a GitLab?",
            source=self._source,
            request=f"{method.upper()} {path}",
        )
