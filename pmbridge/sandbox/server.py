"""A tracker's HTTP server on loopback, running in a thread of this process."""

from __future__ import annotations

import socket
import threading
from typing import Any, Generic, TypeVar, cast

from werkzeug.http import http_date
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from pmbridge.errors import UsageError
from pmbridge.sandbox.application import Application, Dialect, Site
from pmbridge.sandbox.faults import Faults
from pmbridge.sandbox.request_log import RequestLog

HOST = "127.0.0.1"
#: How often the server looks whether it should stop.
POLL_SECONDS = 0.01

S = TypeVar("S", bound=Site)


class SandboxHandler(WSGIRequestHandler):
    """Serves without a word on stderr, at the time of the sandbox."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the ``Date`` of the answer: the only clock GitLab shows its clients."""
        application = cast("Application[Any]", self.server.app)
        return http_date(application.site.clock.now() if timestamp is None else timestamp)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing; the request log remembers."""


class TrackerServer(Generic[S]):
    """A site with its address, its faults and its request log; port 0 takes any free port."""

    def __init__(self, site: S, dialect: Dialect[S], port: int = 0) -> None:
        self.site = site
        self._application = Application(site, dialect)
        self._port = port
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def faults(self) -> Faults:
        """The misbehaviour in force."""
        return self._application.faults

    @property
    def requests(self) -> RequestLog:
        """Every request so far."""
        return self._application.requests

    @property
    def url(self) -> str:
        """The address, without a trailing slash; known once the server runs."""
        if self._server is None:
            raise RuntimeError("the sandbox tracker is not running: call start() first")
        return f"http://{HOST}:{self._server.port}"

    def start(self) -> None:
        """Begin to answer; a `UsageError` says that the port is taken."""
        if self._server is not None:
            return
        with _bound(self._port) as listening:
            self._server = make_server(
                HOST,
                self._port,
                self._application,
                threaded=True,
                request_handler=SandboxHandler,
                fd=listening.fileno(),
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server = self._thread = None


def _bound(port: int) -> socket.socket:
    # The server would end the whole program over a taken port; so it is given a socket that has one.
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"The sandbox cannot listen on {HOST}:{port} ({error.strerror}). Choose another port, or 0 for any."
        ) from None
