"""Authenticated requests to one Jira, answered with decoded JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec
import requests

from pmbridge import transport
from pmbridge.connector import Usage
from pmbridge.errors import Ambiguous, BadAnswer, ConnectorError
from pmbridge_jira.settings import JiraSettings
from pmbridge_jira.shape import Json, mapping

#: The interface of Cloud, where texts are documents, and that of Data Center, where they are strings.
CLOUD_API, SERVER_API = "/rest/api/3/", "/rest/api/2/"
AGILE = "/rest/agile/1.0/"
PAGE_SIZE = 100

T = TypeVar("T")

#: Requests that only read although they are sent with POST, by the end of their path.
_READING_POSTS = (
    "/search",
    "/search/jql",
    "/search/approximate-count",
    "/changelog/bulkfetch",
    "/issue/bulkfetch",
    "/comment/list",
    "/worklog/list",
)


def is_read(method: str, path: str) -> bool:
    """Tell requests that change nothing from those that do."""
    return method.upper() in ("GET", "HEAD") or path.rstrip("/").endswith(_READING_POSTS)


def explain(response: requests.Response) -> str:
    """Take the tracker's own sentence out of a refusal; empty where it gives none."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    messages = [str(text) for text in body.get("errorMessages") or ()]
    errors = body.get("errors")
    if isinstance(errors, dict):
        messages += [f"{name}: {text}" for name, text in errors.items()]
    return " ".join(messages or [str(body[key]) for key in ("message", "errorMessage") if body.get(key)])


class Listed(NamedTuple):
    """Rows of a collection, and how many there are by Jira's word."""

    rows: list[Json]
    total: int


class Client:
    """One session with one Jira. Paths are relative to the platform's interface unless they begin with a slash.

    Every address is built from the configured one; none is taken from an answer. Retries, pacing and errors are
    those of `pmbridge.transport`: requests that read, replace or delete may be repeated, a create never is.
    """

    def __init__(self, source: str, settings: JiraSettings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._source = source
        self._base = settings.url
        self.api = CLOUD_API
        self._jira, session = _open(settings)
        self._session = session
        self._meter = transport.mount(
            session,
            source=source,
            base_url=settings.url,
            explain=explain,
            is_read=is_read,
            secrets=(settings.auth.token.get_secret_value(),),
            ca_bundle=str(settings.ca_bundle) if settings.ca_bundle else None,
            sleep=sleep,
        )

    def get(self, path: str, **params: Any) -> Any:
        """Read one resource."""
        return self._send("GET", path, params=params)

    def post(self, path: str, body: Json, **params: Any) -> Any:
        """Ask or create with a body."""
        return self._send("POST", path, body=body, params=params)

    def ask(self, path: str, body: Json, decoder: msgspec.json.Decoder[T]) -> T:
        """Ask with a body, and decode of the answer what ``decoder`` knows; raises `BadAnswer` for another shape."""
        route, content = self._exchange("POST", path, body, None)
        try:
            return transport.decode_as(content, decoder)
        except msgspec.ValidationError as problem:
            raise BadAnswer(
                f"{self._source}: {path} has an unexpected shape ({problem}).", source=self._source
            ) from None
        except ValueError:
            raise self._unreadable("POST", route) from None

    def put(self, path: str, body: Json, **params: Any) -> Any:
        """Replace the named parts of one resource."""
        return self._send("PUT", path, body=body, params=params)

    def delete(self, path: str) -> None:
        """Delete one resource."""
        self._send("DELETE", path)

    def rows(self, path: str, key: str = "values", **params: Any) -> Iterator[Json]:
        """Read a collection that is paged by offset, row by row; raises `BadAnswer` for one that ends too early."""
        counted = total = 0
        for page in self._pages(path, key, params):
            yield from page[key]
            counted += len(page[key])
            total = page.get("total") or 0
        if counted < total:
            text = f"{self._source}: {path} says it has {total} rows and ends after {counted}."
            raise BadAnswer(text, source=self._source)

    def gathered(self, path: str, key: str = "values") -> Listed:
        """Read a collection whole, with the number of rows that Jira says it has."""
        rows: list[Json] = []
        total = 0
        for page in self._pages(path, key, {}):
            rows += page[key]
            total = page.get("total") or 0
        return Listed(rows, max(total, len(rows)))

    def _pages(self, path: str, key: str, params: Json) -> Iterator[Json]:
        """Read page after page: the next begins after the rows that came, not those asked for, since servers cap."""
        start = 0
        while True:
            page = mapping(self.get(path, startAt=start, maxResults=PAGE_SIZE, **params), path)
            page[key] = page.get(key) or []
            yield page
            start += len(page[key])
            if not page[key] or not _continues(page, start, len(page[key])):
                return

    def usage(self) -> Usage:
        """Return what the session has cost so far."""
        meter = self._meter
        return Usage(
            requests=meter.requests,
            writes=meter.writes,
            bytes_received=meter.bytes_received,
            waited_seconds=meter.waited_seconds,
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(self, method: str, path: str, *, body: Json | None = None, params: Json | None = None) -> Any:
        route, content = self._exchange(method, path, body, params)
        try:
            return transport.decode(content) if content else None
        except ValueError:
            raise self._unreadable(method, route) from None

    def _exchange(self, method: str, path: str, body: Json | None, params: Json | None) -> tuple[str, bytes]:
        route = path if path.startswith("/") else self.api + path
        content: Json = {} if body is None else {"json": body}
        response = self._session.request(method, self._base + route, params=params or {}, **content)
        return route, response.content

    def _unreadable(self, method: str, route: str) -> ConnectorError:
        source, request = self._source, f"{method} {route}"
        text = f"{source} answered {request} with something that is not JSON"
        if method == "POST" and not is_read(method, route):
            unknown = f"{text}: whether it was carried out is unknown."
            return Ambiguous(unknown, source=source, request=request)
        return BadAnswer(f"{text}: is {self._base} a Jira?", source=source, request=request)


def _continues(page: Json, start: int, count: int) -> bool:
    """Tell whether rows follow; servers give a total, or the mark of the last page, or neither."""
    if page.get("total") is not None:
        return bool(start < page["total"])
    return not page["isLast"] if "isLast" in page else count >= PAGE_SIZE


def _open(settings: JiraSettings) -> tuple[Any, requests.Session]:
    """Build the library's client without a request: its retries are off, they would repeat creates."""
    from jira import JIRA

    token = settings.auth.token.get_secret_value()
    who: Json = {"basic_auth": (settings.auth.email, token)} if settings.auth.email else {"token_auth": token}
    jira = JIRA(
        server=settings.url,
        max_retries=0,
        get_server_info=False,
        logging=False,
        timeout=settings.timeout_seconds,
        **who,
    )
    # The client closes its session when it is collected, so both are kept.
    return jira, jira._session
