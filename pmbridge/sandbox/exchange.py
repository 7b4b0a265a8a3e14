"""One exchange with a tracker, as a route's handler sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from pmbridge.sandbox.access import Token

S = TypeVar("S")


class Refusal(Exception):
    """The request is answered with an error of the tracker's own shape."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON body with a status and headers; ``None`` is an empty body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] | None = None


class Page(str):
    """A complete HTML document."""


@dataclass(frozen=True, slots=True)
class Call(Generic[S]):
    """One request to a tracker's ``site`` by the holder of ``token``; ``version`` is the API's, where one is named."""

    site: S
    token: Token
    request: Request
    version: str = ""

    @property
    def base(self) -> str:
        """The address the client used, without a trailing slash."""
        return self.request.host_url.rstrip("/")

    @property
    def address(self) -> str:
        """The request's own address without its query, encoded as it was sent."""
        raw = self.request.environ.get("REQUEST_URI", self.request.path)
        return self.base + str(raw).partition("?")[0]

    @property
    def body(self) -> Any:
        """The request's JSON, or its form as a dictionary."""
        return request_body(self.request)

    def text(self, name: str) -> str | None:
        """Return a query parameter, an empty one as ``None``."""
        return self.request.args.get(name) or None

    def integer(self, name: str, default: int, most: int | None = None) -> int:
        """Return a query parameter as a number from 0 to ``most``; nonsense gives the default."""
        value = max(0, self.request.args.get(name, default, type=int))
        return value if most is None else min(value, most)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a query parameter as a truth value."""
        value = self.request.args.get(name)
        return default if value is None else value.lower() in ("true", "1", "yes")


def request_body(request: Request) -> Any:
    """Read a request's JSON or form; ``None`` when there is none or it cannot be read."""
    if request.mimetype == "application/json" or request.mimetype.endswith("+json"):
        try:
            return request.get_json(cache=True)
        except BadRequest:
            return None
    return request.form.to_dict() or None


@dataclass(frozen=True, slots=True)
class Route:
    """One address: ``handler(call, **path_arguments)`` answers ``method`` on ``path`` (werkzeug's rule syntax).

    ``reads`` marks a POST that changes nothing, ``open`` an address that needs no token.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    reads: bool = False
    open: bool = False

    @property
    def write(self) -> bool:
        """Tell whether the route changes something."""
        return self.method != "GET" and not self.reads
