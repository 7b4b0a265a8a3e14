"""The WSGI application that answers for one tracker."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from pmbridge.sandbox.access import Token
from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.exchange import Answer, Call, Page, Refusal, Route, request_body
from pmbridge.sandbox.faults import Fault, FaultKind, Faults
from pmbridge.sandbox.request_log import Recorded, RequestLog

#: Every write over HTTP moves the clock by so much, so that ``updated`` moves too.
WRITE_STEP = timedelta(seconds=1)

HTML_ERROR = (
    "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><p>The server is busy.</p></body></html>"
)


class Site(Protocol):
    """What the application needs to know of a tracker's state."""

    clock: Clock


S = TypeVar("S", bound=Site)
S_contra = TypeVar("S_contra", bound=Site, contravariant=True)


class Dialect(Protocol[S_contra]):
    """How one tracker authenticates, and the shape of its refusals."""

    @property
    def routes(self) -> Sequence[Route]:
        """Return every address the tracker answers at."""

    def authenticate(self, site: S_contra, request: Request) -> Token:
        """Return the request's token or raise `Refusal`."""

    def read_only(self) -> Refusal:
        """Return the refusal of a write with a token that may only read."""

    def failure(self, status: int) -> Any:
        """Return the body of an error with ``status``."""


class Application(Generic[S]):
    """Routes requests to handlers, one at a time, through faults and into the log."""

    def __init__(self, site: S, dialect: Dialect[S]) -> None:
        self.site = site
        self.faults = Faults()
        self.requests = RequestLog()
        self._dialect = dialect
        self._map = Map([_rule(route) for route in dialect.routes], strict_slashes=False, merge_slashes=False)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request as WSGI wants it."""
        request = Request(environ)
        request.get_data()
        fault = self.faults.take(request.method, _path(request))
        time.sleep(self.faults.seconds)
        response, write = self._respond(request, fault)
        dropped = fault is not None and fault.kind in (FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER)
        self._record(request, response, write, dropped=dropped)
        if dropped:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError("the sandbox dropped the connection on demand")
        return response(environ, start_response)

    def _respond(self, request: Request, fault: Fault | None) -> tuple[Response, bool]:
        try:
            urls = self._map.bind_to_environ(request.environ)
            rule, arguments = urls.match(_path(request), return_rule=True)
            found: Route | None = rule.endpoint
        except HTTPException as error:
            found, arguments, missing = None, {}, error.code or 404
        write = found.write if found else request.method not in ("GET", "HEAD")
        if fault is not None and fault.kind in (FaultKind.FAIL, FaultKind.HTML, FaultKind.DROP_BEFORE):
            return self._misbehave(fault), write
        if found is None:
            return _json(self._dialect.failure(missing), missing), write
        response = self._handle(found, request, dict(arguments))
        if fault is not None and fault.kind is FaultKind.CUT:
            response.set_data(response.get_data()[: len(response.get_data()) // 2])
        if fault is not None and fault.kind is FaultKind.TAMPER and response.status_code < 300:
            response.set_data(json.dumps(fault.change(json.loads(response.get_data()))))
        return response, write

    def _misbehave(self, fault: Fault) -> Response:
        if fault.kind is FaultKind.HTML:
            return Response(HTML_ERROR.format("Bad Gateway"), fault.status, mimetype="text/html")
        return _json(self._dialect.failure(fault.status), fault.status, fault.headers)

    def _handle(self, route: Route, request: Request, arguments: dict[str, Any]) -> Response:
        version = arguments.pop("v", "")
        named = {name: unquote(value) if isinstance(value, str) else value for name, value in arguments.items()}
        try:
            with self._lock:
                token = self._admit(route, request)
                if route.write:
                    self.site.clock.advance(WRITE_STEP)
                result = route.handler(Call(self.site, token, request, version), **named)
        except Refusal as refusal:
            return _json(refusal.body, refusal.status, refusal.headers)
        return _response(result)

    def _admit(self, route: Route, request: Request) -> Token:
        if route.open:
            return Token("", "")
        token = self._dialect.authenticate(self.site, request)
        if route.write and not token.write:
            raise self._dialect.read_only()
        return token

    def _record(self, request: Request, response: Response, write: bool, *, dropped: bool) -> None:
        self.requests.add(
            Recorded(
                method=request.method,
                path=_path(request),
                query={name: request.args.getlist(name) for name in request.args},
                body=request_body(request),
                status=0 if dropped else response.status_code,
                at=self.site.clock.now(),
                write=write,
                answer=_content(response) if self.requests.keep_answers else None,
            )
        )


def _path(request: Request) -> str:
    """Return the path with encoded slashes left encoded: GitLab names projects by their whole path."""
    raw = str(request.environ.get("REQUEST_URI", request.path)).partition("?")[0]
    return unquote(re.sub("%2f", "%252F", raw, flags=re.IGNORECASE))


def _rule(route: Route) -> Rule:
    path = route.path.replace("{v}", "<any('2','3','latest'):v>")
    return Rule(path, methods=[route.method], endpoint=route)


def _response(result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, Page):
        return Response(result, mimetype="text/html")
    if isinstance(result, Answer):
        return _json(result.body, result.status, result.headers)
    return _json(result, 200)


def _json(body: Any, status: int, headers: Any = None) -> Response:
    text = "" if body is None else json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return Response(text, status, headers, mimetype="application/json")


def _content(response: Response) -> Any:
    if response.mimetype != "application/json" or not response.get_data():
        return response.get_data(as_text=True)
    try:
        return json.loads(response.get_data())
    except ValueError:
        return response.get_data(as_text=True)
