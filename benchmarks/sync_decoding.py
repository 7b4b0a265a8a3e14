"""What decoding costs by itself: the answers of a tracker are kept once, and read again without a wire."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import requests
import urllib3
from requests.adapters import HTTPAdapter

from pmbridge.collector import rare_collection

#: What is asked is known by its method, address and body.
Key = tuple[str | None, str | None, Any]
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass
class Tape:
    """Answers by what was asked for; what is not on it is asked for, and kept."""

    answers: dict[Key, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)

    def send(self, adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Answer as the library's adapter does, from the tape where the answer is on it."""
        key = request.method, request.url, request.body
        if key not in self.answers:
            self.answers[key] = _kept(_SEND(adapter, request, **options))
        status, headers, body = self.answers[key]
        raw = urllib3.HTTPResponse(io.BytesIO(body), headers=headers, status=status, preload_content=False)
        return adapter.build_response(request, raw)  # type: ignore[no-untyped-call,no-any-return]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the tape answer in place of the wire."""

        def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            return self.send(adapter, request, **options)

        with patch.object(HTTPAdapter, "send", send):
            yield

    def texts(self) -> list[bytes]:
        """Return the answers that are JSON."""
        return [body for _, _, body in self.answers.values() if body[:1] in (b"{", b"[")]


_SEND = HTTPAdapter.send


def _kept(response: requests.Response) -> tuple[int, dict[str, str], bytes]:
    body = response.raw.read(decode_content=True)
    headers = {name: value for name, value in response.headers.items() if name.lower() not in _OF_THE_WIRE}
    return response.status_code, headers, body


def mapping(connector: Any, project: str) -> Callable[[], int]:
    """Return what reads a project as a sync does, and lets go of it: decoded and mapped, not stored, from a tape."""
    tape, pages = Tape(), _pages(connector, project)
    with tape.running():
        pages()

    def read() -> int:
        with tape.running():
            return pages()

    return read


def decoding(connector: Any, project: str) -> Callable[[], int]:
    """Return what decodes the answers that `mapping` reads, with the standard library and nothing else."""
    tape, pages = Tape(), _pages(connector, project)
    with tape.running():
        items = pages()
    texts = tape.texts()

    def read() -> int:
        for text in texts:
            json.loads(text)
        return items

    return read


def _pages(connector: Any, project: str) -> Callable[[], int]:
    reference = connector.fetch_reference([project])

    def read() -> int:
        with rare_collection():
            pages = connector.fetch_pages(project, since=None, cursor=None, reference=reference)
            return sum(len(page.items) for page in pages)

    return read
