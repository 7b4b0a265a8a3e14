"""A loopback tracker that plays a script and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from pmbridge.transport import Meter, mount

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """One scripted answer; ``hang_up`` closes the connection, after ``body`` bytes if there are any."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    declared: int | None = None


def answer_json(data: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(data).encode(), {"Content-Type": "application/json", **named})


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Tracker:
    """The server; the last answer of the script repeats."""

    def __init__(self) -> None:
        self.script: list[Answer] = [answer_json({})]
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        tracker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def play(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._send(tracker.next(Asked(self.command, self.path, dict(self.headers), body)))

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = play

            def _send(self, answer: Answer) -> None:
                if answer.hang_up and answer.declared is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                length = len(answer.body) if answer.declared is None else answer.declared
                self.send_header("Content-Length", str(length))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)
                if answer.hang_up:
                    self.close_connection = True

            def log_message(self, *args: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def next(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def play(self, *answers: Answer) -> None:
        self.script = list(answers)

    @property
    def requests(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    server = Tracker()
    yield server
    server.close()


@dataclass
class Client:
    """A plain session under the policy, with the waits it was told to make."""

    session: requests.Session
    meter: Meter
    waits: list[float]
    url: str

    def get(self, path: str = "/rest/api/2/issue/1", **options: Any) -> requests.Response:
        return self.session.get(self.url + path, **options)

    def post(self, path: str = "/rest/api/2/issue/1/comment", **options: Any) -> requests.Response:
        return self.session.post(self.url + path, json={"body": "hello"}, **options)


Connect = Callable[..., Client]


@pytest.fixture
def connect(tracker: Tracker) -> Iterator[Connect]:
    sessions: list[requests.Session] = []

    def make(**options: Any) -> Client:
        session = options.pop("session", None) or requests.Session()
        sessions.append(session)
        waits: list[float] = []
        url = options.pop("base_url", tracker.url)
        meter = mount(session, source="jira-main", base_url=url, sleep=waits.append, now=lambda: NOW, **options)
        return Client(session, meter, waits, url)

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def reply() -> Callable[..., Answer]:
    return answer_json


@pytest.fixture
def raw() -> type[Answer]:
    return Answer


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield int(silent.getsockname()[1])
